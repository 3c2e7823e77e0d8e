"""The paper's guidelines as switches, and a study of what each does (chapter 10; section 6)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dcgan_lib.evaluate import evaluate_run
from dcgan_lib.rules.rulebook import AS_WRITTEN, MAIN, RULES, turned
from dcgan_lib.rules.verdicts import MEASURES
from dcgan_lib.settings import Settings, get_settings
from dcgan_lib.shared import CourseError, atomic_path, one_at_a_time
from dcgan_lib.train import BrokeDown, faces_at, find_grids, is_run, read_history, train

COUNT = 300  # generated faces that each run is measured by
FACES = 8  # of each run that are shown


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


def read_study(out: str | Path) -> pd.DataFrame:
    """Every finished run of a study.

    Returns:
        One row per run: rule, seed, ended ("finished", or why not), seconds, and the figures of
        ``evaluate_run`` (NaN for a run that broke down).

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
    return pd.read_csv(Path(__file__).with_name("study.csv"))


def rule_faces(out: str | Path, rules: Sequence[str], seed: int = 0) -> dict[str, np.ndarray]:
    """The first faces of a study's runs, from the same noise, of their last epoch, unselected.

    Args:
        out: folder of the study.
        rules: names in ``rules.RULES``, or "as-written".
        seed: of the runs.

    Returns:
        Rule → uint8 (8, side, side, 3), RGB; rules whose runs left no grid are absent.
    """
    found = {}
    for rule in rules:
        run = Path(out) / f"{rule}-seed{seed}"
        epochs = list(find_grids(run))
        if len(epochs) > 1:  # of more than the start
            found[rule] = faces_at(run, epochs[-1])[:FACES]
    return found


def _run_and_measure(
    faces: str | Path, run: Path, settings: Settings, count: int
) -> dict[str, Any]:
    ended = {"ended": "finished"}
    try:
        done = train(faces, run, settings, resume=is_run(run))
        if done.epoch < done.epochs:
            raise KeyboardInterrupt
        ended |= evaluate_run(run, faces, count).to_dict()
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
