"""What stands beside the faces: what the run was trained on, and how much it copies."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from dcgan_lib.collect import DATABASES
from dcgan_lib.shared import CourseError
from dcgan_lib.train import load_settings, load_split


def database_of(run: str | Path, name: str | None = None) -> str | None:
    """The database that a run was trained on: as named, or as its folder's name begins.

    Raises:
        CourseError: there is no database of this name.
    """
    if name is None:
        begun = Path(run).resolve().name
        fitting = [one for one in DATABASES if begun == one or begun.startswith(f"{one}-")]
        return max(fitting, key=len, default=None)
    if name not in DATABASES:
        raise CourseError(
            f"There is no such database. Expected one of {', '.join(DATABASES)}. Received: "
            f"{name!r}. Name the one that the run was trained on: its credit stands on the page."
        )
    return name


def photographs(run: str | Path, database: str | None) -> str:
    """HTML: what the run was trained on, by whom, on what terms."""
    count = f"<p>{training_count(run):,} photographs"
    if database is None:
        return f"{count}. Whoever published this page didn't say of whom, or by whom.</p>"
    known = DATABASES[database]
    credit = f"<p>{escape(known.credit)}.</p>" if known.credit else ""
    terms = f"<p>{escape(known.terms)}</p>"
    return f"{count}: {escape(known.title)}.</p>{credit}{terms}"


def copies(run: str | Path) -> str:
    """HTML: the memorisation in the run's ``report.json`` in plain words, or that there is none."""
    report = _report(run)
    share = report.get("memorisation")
    if share is None:
        return (
            "<p>Whether these faces are copies of the photographs was not measured for this run. "
            "A program that has seen few photographs for long copies most.</p>"
        )
    return (
        f"<p>Measured on {report['count']} faces: of a generated face and a new photograph, "
        "the face was the one nearer to what the program had seen in "
        f"<strong>{100 * share:.0f} of 100</strong> pairs. 50 would be as new as a new photograph, "
        f"100 copies.</p><p>{_reading(share)} Where the new photographs show people whom the "
        "program had seen, the measure is lenient.</p>"
    )


def how_made(run: str | Path, bits: int) -> str:
    """HTML: how the run was trained, in a line."""
    settings = load_settings(run)
    return escape(
        f"A DCGAN of this course's profile {settings.profile}, {settings.epochs} "
        f"{'epoch' if settings.epochs == 1 else 'epochs'}, {settings.image_size}×"
        f"{settings.image_size} pixels, its weights in {bits} bits."
    )


def training_count(run: str | Path) -> int:
    """How many photographs the run was trained on."""
    return len(load_split(run)["train"])


def _report(run: str | Path) -> dict:
    path = Path(run) / "report.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _reading(share: float) -> str:
    if share > 0.8:
        return "So this program knows its photographs largely by heart: expect near copies."
    if share > 0.6:
        return "So some of these faces lean on a photograph that the program was shown."
    return "So these faces are no nearer to its photographs than new photographs would be."
