"""The paper's guidelines as switches, and a study of what each does (chapter 10; section 6)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from scipy import stats

from dcgan_lib.evaluate import evaluate
from dcgan_lib.files import CourseError, atomic_path, one_at_a_time
from dcgan_lib.monitor import BrokeDown, read_history
from dcgan_lib.settings import Settings, get_settings
from dcgan_lib.train import train

AS_WRITTEN = "as-written"
NORMALISED = "BatchNormalization in both"
COUNT = 300  # generated faces that each run is measured by
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rule:
    """A rule, and the change of settings that breaks it alone."""

    letter: str  # of the paper's guideline (section 6), or "" for a neighbour
    says: str
    turned: str  # what a run does instead
    changes: dict[str, Any] = field(hash=False)  # settings that differ from those as written


RULES: dict[str, Rule] = {
    "pooling": Rule("a", "strides, no pooling", "pooling in D, upsampling in G", {"pooling": True}),
    "no-batch-norm": Rule("b", NORMALISED, "no BatchNormalization", {"batch_norm": "none"}),
    "fully-connected": Rule(
        "c", "no fully connected layers", "hidden dense layers", {"fully_connected": True}
    ),
    "leaky-in-g": Rule("d", "ReLU in G", "LeakyReLU in G", {"generator_activation": "leaky_relu"}),
    "relu-in-d": Rule("e", "LeakyReLU in D", "ReLU in D", {"discriminator_activation": "relu"}),
    "batch-norm-in-d-only": Rule(
        "b", NORMALISED, "BatchNormalization in D only", {"batch_norm": "discriminator"}
    ),
    "batch-norm-in-g-only": Rule(
        "b", NORMALISED, "BatchNormalization in G only", {"batch_norm": "generator"}
    ),
    "batch-norm-everywhere": Rule(
        "b",
        "not on G's output or D's input",
        "BatchNormalization everywhere",
        {"batch_norm": "everywhere"},
    ),
    "sigmoid": Rule("d", "tanh at G's end", "sigmoid, images in [0, 1]", {"output": "sigmoid"}),
    "normal-noise": Rule("", "z uniform in [-1, 1]", "z from N(0, 1)", {"noise": "normal"}),
    "beta-0.9": Rule("", "Adam's β1 0.5", "β1 0.9, Keras's default", {"beta_1": 0.9}),
    "rate-0.0002": Rule(
        "", "learning rate 0.0003", "rate 0.0002 (Radford et al.)", {"learning_rate": 0.0002}
    ),
    "kernel-5": Rule("", "kernels 4×4", "kernels 5×5", {"kernel_size": 5}),
    "smoothing": Rule(
        "", "real faces labelled 1", "labels of 0.9 (Salimans et al.)", {"label_smoothing": 0.1}
    ),
    "average": Rule("", "G as it is", "moving average of G, 0.98", {"moving_average": 0.98}),
    "translation": Rule(
        "", "D sees faces as they are", "faces shifted (Zhao et al.)", {"augment": "translation"}
    ),
    "d-twice": Rule(
        "", "one update of D for each of G", "two updates of D", {"discriminator_steps": 2}
    ),
}
MAIN = ("pooling", "no-batch-norm", "fully-connected", "leaky-in-g", "relu-in-d")


@dataclass(frozen=True)
class Measure:
    """A figure of ``evaluate`` that a study compares; ``better`` is "lower" or "higher"."""

    label: str
    better: str


MEASURES: dict[str, Measure] = {
    "sliced_wasserstein": Measure("sliced Wasserstein distance", "lower"),
    "haar_acceptance": Measure("accepted by the cascade", "higher"),
    "precision": Measure("precision", "higher"),
    "coverage": Measure("coverage", "higher"),
}


def study_settings(profile: str | None = None, **changes: Any) -> Settings:
    """What every run of a study shares: the paper's rules and Table 1, on small images.

    Profiles other than ``tiny`` give 40 epochs at 32×32 in batches of 16: 880 updates within a
    minute on two cores (the paper's 64 would give 200). ``changes`` are settings by name.
    """
    small = {"image_size": 32, "moving_average": 0.0, "learning_rate": 0.0003}
    if get_settings(profile).profile == "tiny":
        return get_settings("tiny", **(small | changes))
    return get_settings("quick", **(small | {"epochs": 40} | changes))


def run_study(
    faces: str | Path,
    out: str | Path,
    rules: Sequence[str] = MAIN,
    seeds: int = 5,
    settings: Settings | None = None,
    *,
    count: int = COUNT,
    resume: bool = False,
    report: Callable[[str], object] = print,
) -> pd.DataFrame:
    """Train the DCGAN as written, and with each rule turned, over several seeds, and measure all.

    Every run has the same number of updates of G. Seeds set the weights, the noise, the order
    of the faces and which of them are held out; the same seed is used with each rule, so that
    differences are taken in pairs. A run that is done is not done again; the checkpoints of a
    run that was measured are deleted.

    Args:
        faces: folder of cropped faces.
        out: folder of the study, made here: a run per rule and seed, ``study.json``,
            ``results.csv``.
        rules: names in ``RULES``.
        seeds: how many, at least 1 (2 for intervals).
        settings: what all runs share; by default ``study_settings()``.
        count: how many faces each run is measured by, at least 2.
        resume: go on with the study in ``out``, which may get further rules and seeds.
        report: receives a line per run.

    Returns: as ``read_study``.

    Raises:
        CourseError: unknown rules, a study that exists, or other settings than it was begun with.
        KeyboardInterrupt: after Ctrl-C; what was finished is kept.
    """
    settings = settings or study_settings()
    out = Path(out)
    runs = [(rule, seed) for seed in range(seeds) for rule in (AS_WRITTEN, *rules)]
    with one_at_a_time(out):
        _check(out, rules, seeds, settings.to_dict() | {"count": count}, resume)
        for number, (rule, seed) in enumerate(runs, 1):
            run = out / f"{rule}-seed{seed}"
            if not (run / "result.json").exists():
                values = _run_and_measure(faces, run, turned(settings, rule, seed), count)
                _keep(run, values | {"rule": rule, "seed": seed})
                report(f"{number:3} of {len(runs)}: {_line(rule, seed, values)}")
        table = read_study(out)
        with atomic_path(out / "results.csv") as part:
            table.to_csv(part, index=False, float_format="%.6g")
    return table


def turned(settings: Settings, rule: str, seed: int) -> Settings:
    """The settings of one run of a study: one rule turned, or none for "as-written"."""
    changes = {} if rule == AS_WRITTEN else RULES[rule].changes
    epochs = settings.epochs
    quiet = {"sample_every": epochs, "keep_every": epochs, "sample_count": 16}
    return replace(settings, seed=seed, **quiet, **changes)


def read_study(out: str | Path) -> pd.DataFrame:
    """Every finished run of a study.

    Returns:
        One row per run: rule, seed, ended ("finished", or why not), seconds, and the figures of
        ``evaluate`` (NaN for a run that broke down).

    Raises:
        CourseError: there is no finished run in this folder.
    """
    found = sorted(Path(out).glob("*/result.json"))
    if not found:
        raise CourseError(
            f"There is no study here. Expected a folder that `python -m dcgan_lib rules` wrote "
            f"to. Received: {out}, without a finished run. Name the folder given as --out."
        )
    order = (AS_WRITTEN, *RULES)
    rows = [json.loads(path.read_text("utf-8")) for path in found]
    rows.sort(key=lambda row: (order.index(row["rule"]), row["seed"]))
    nothing = dict.fromkeys(MEASURES, float("nan"))  # for a run that broke down
    return pd.DataFrame([nothing | row for row in rows])


def stored_study() -> pd.DataFrame:
    """The study that comes with the course (docs/rules_study.md), as ``read_study`` gives it."""
    return pd.read_csv(Path(__file__).with_name("rules_study.csv"))


def compare(table: pd.DataFrame, measure: str, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """What turning each rule does to one figure, as differences between runs of the same seed.

    Args:
        table: as ``read_study`` gives it.
        measure: a key of ``MEASURES``.
        confidence: of each rule's interval alone, between 0 and 1.

    Returns:
        One row per rule: rule, seeds (pairs), broke (runs that broke down where the one as
        written did not), mean (of the rule turned), change (mean difference to the run as
        written), low and high (its interval by Student's t, NaN for fewer than two pairs), and
        verdict: "holds" where turning the rule makes the figure worse, "does not hold" where it
        makes it better, each with the interval on one side of 0, else "undecided". A run that
        broke down is the worst: where all did, the rule "holds", and where any did, it is never
        said not to.
    """
    by_rule = {name: rows.set_index("seed")[measure] for name, rows in table.groupby("rule")}
    written = by_rule[AS_WRITTEN]
    rows = [
        {"rule": name} | _compared(by_rule[name], written, MEASURES[measure].better, confidence)
        for name in RULES
        if name in by_rule
    ]
    return pd.DataFrame(rows)


def interval(pairs: pd.Series, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of a mean by Student's t: low, high; NaN for fewer than two values."""
    if len(pairs) < 2:
        return float("nan"), float("nan")
    reach = stats.t.ppf((1 + confidence) / 2, len(pairs) - 1) * stats.sem(pairs)
    return pairs.mean() - reach, pairs.mean() + reach


def _compared(
    turned: pd.Series, written: pd.Series, better: str, confidence: float
) -> dict[str, Any]:
    differences = (turned - written).dropna()  # of seeds where both ran
    broke = int((turned.isna() & written.reindex(turned.index).notna()).sum())
    low, high = interval(differences, confidence)
    worse, best = (low > 0, high < 0) if better == "lower" else (high < 0, low > 0)
    verdict = "undecided"
    if worse or (broke and differences.empty):
        verdict = "holds"
    elif best and not broke:
        verdict = "does not hold"
    values = {"seeds": len(differences), "broke": broke, "mean": turned.mean()}
    values |= {"change": differences.mean(), "low": low, "high": high}
    return values | {"verdict": verdict}


def _run_and_measure(
    faces: str | Path, run: Path, settings: Settings, count: int
) -> dict[str, Any]:
    ended = {"ended": "finished"}
    try:
        done = train(faces, run, settings, resume=True)
        if done.epoch < done.epochs:
            raise KeyboardInterrupt
        ended |= evaluate(run, faces, count).to_dict()
    except BrokeDown as error:
        ended["ended"] = str(error)
    return ended | {"seconds": read_history(run)["seconds"].sum()}  # of the epochs alone


def _keep(run: Path, values: dict[str, Any]) -> None:
    with atomic_path(run / "result.json") as part:
        part.write_text(json.dumps(values), "utf-8")
    shutil.rmtree(run / "checkpoints", ignore_errors=True)  # only now: a killed run needs them


def _check(
    out: Path, rules: Sequence[str], seeds: int, plain: dict[str, Any], resume: bool
) -> None:
    unknown = [rule for rule in rules if rule not in RULES]
    if unknown or seeds < 1:
        raise CourseError(
            f"The study can't be run. Expected at least one seed, and rules among "
            f"{', '.join(RULES)}. Received: seeds={seeds}, rules={', '.join(rules)}. "
            "Correct --rules or --seeds."
        )
    path = out / "study.json"
    if not path.exists():
        with atomic_path(path) as part:
            part.write_text(json.dumps(plain, indent=1), "utf-8")
        return
    before = {"count": COUNT} | json.loads(path.read_text("utf-8"))
    changed = [key for key in plain if before.get(key) != plain[key]]
    if changed or not resume:
        received = ", ".join(f"{key}={plain[key]!r}" for key in changed) or "a new study"
        raise CourseError(
            f"There is a study in this folder. Expected --resume with the settings that it was "
            f"begun with. Received: {received} for {out}. Resume as it was begun (rules and "
            "seeds may be added), or choose another --out."
        )


def _line(rule: str, seed: int, values: dict[str, Any]) -> str:
    figures = [f"{name} {values[name]:.3g}" for name in MEASURES if name in values]
    done = ", ".join(figures) or values["ended"]
    return f"{rule}, seed {seed}: {values['seconds']:.0f} s; {done}"
