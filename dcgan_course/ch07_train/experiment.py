"""One training with one setting changed, beside the same training as it was (exercise 7.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pandas as pd

from dcgan_course.checking import require, shown
from dcgan_lib import Settings, batches, get_settings, load_faces
from dcgan_lib.shared import CourseError
from dcgan_lib.train import DCGAN, Guard

Experiment = tuple[str, object, str, str]  # setting, value, figure, higher or lower
FIGURES = ("d_loss", "g_loss", "d_real", "d_fake")
WAYS = ("higher", "lower")
ASKED = (  # settings that forty updates on one folder of faces ask
    "generator_width",
    "discriminator_width",
    "kernel_size",
    "leaky_slope",
    "batch_norm",
    "batch_norm_momentum",
    "pooling",
    "fully_connected",
    "generator_activation",
    "discriminator_activation",
    "output",
    "noise",
    "latent_dim",
    "batch_size",
    "learning_rate",
    "discriminator_steps",
    "beta_1",
    "label_smoothing",
    "augment",
)


def experiment_settings(**changes: object) -> Settings:
    """The settings that an experiment starts from: `tiny`, at 32×32, without an average.

    Args:
        changes: settings by name.
    """
    return get_settings("tiny", **({"image_size": 32, "moving_average": 0} | changes))


def short_run(folder: str | Path, updates: int = 40, **changes: object) -> pd.DataFrame:
    """Train small networks for a moment.

    Args:
        folder: of faces.
        updates: of G.
        changes: settings by name.

    Returns:
        ``FIGURES`` of each update, one row each.

    Raises:
        CourseError: a setting is unknown or out of range, or a loss is no number.
    """
    settings = experiment_settings(**changes)
    gan = DCGAN(settings)
    gan.compile()
    served = batches(load_faces(folder, 32), settings.batch_size, seed=0, epochs=updates)
    steps = {"epochs": updates, "steps_per_epoch": 1, "shuffle": False, "verbose": 0}
    history = gan.fit(served, **steps, callbacks=[Guard()]).history
    return pd.DataFrame({name: history[name] for name in FIGURES})


def try_experiment(
    folder: str | Path, experiment: Experiment, seeds: Iterable[int], updates: int = 40
) -> pd.DataFrame:
    """Train as it was and with the change, and ask the figure over the last half of the updates.

    Args:
        folder: of faces.
        experiment: what to change, to what, which figure, and "higher" or "lower".
        seeds: one pair of runs for each.
        updates: of G in each run.

    Returns:
        A row for each seed: ``as it was``, ``changed`` and ``as foreseen``.
    """
    setting, value, figure, way = require_experiment(experiment)
    rows = {}
    for seed in seeds:
        before, after = (
            short_run(folder, updates, seed=seed, **changes)[figure][updates // 2 :].mean()
            for changes in ({}, {setting: value})
        )
        foreseen = after > before if way == "higher" else after < before
        rows[seed] = {"as it was": before, "changed": after, "as foreseen": bool(foreseen)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("seed")


def require_experiment(experiment: object) -> Experiment:
    """The experiment as it came, or what is wrong with its form.

    Raises:
        CheckFailed: it isn't one change of a setting that training asks, with a figure and a way.
    """
    require(
        isinstance(experiment, tuple | list) and len(experiment) == 4,
        'Expected four things: a setting, its new value, a figure, and "higher" or "lower". '
        f"Received: {shown(experiment)}.",
    )
    setting, value, figure, way = experiment
    before = experiment_settings().to_dict()
    known = {field.name for field in fields(Settings)}
    require(
        setting in known,
        f"There is no such setting. Expected one of {', '.join(ASKED)}. "
        f"Received: {shown(setting)}.",
    )
    require(
        setting in ASKED,
        f"These forty updates never ask for {setting}. Expected one of {', '.join(ASKED)}. "
        f"Received: {shown(setting)}.",
    )
    try:
        changed = experiment_settings(**{setting: value})
    except (CourseError, TypeError) as error:
        problem = str(error).split("Choose another")[0].strip()
        require(False, f"This value can't be used. {problem}")
    require(
        getattr(changed, setting) != before[setting],
        f"Nothing is changed. Expected another value of {setting} than {before[setting]!r}. "
        f"Received: {shown(value)}.",
    )
    require(
        figure in FIGURES,
        f"There is no such figure. Expected one of {', '.join(FIGURES)}. Received: "
        f"{shown(figure)}.",
    )
    require(
        way in WAYS,
        f"Say which way the figure will go. Expected 'higher' or 'lower'. Received: {shown(way)}.",
    )
    return setting, value, figure, way
