"""Pages from templates: everything escaped, nothing that runs or is fetched."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dcgan_classroom.gradebook import EXCUSED
from dcgan_classroom.grading import Mark
from dcgan_classroom.reporting.clean import CODE_STYLE, CONTENT_POLICY, plain
from dcgan_lib.shared import atomic_path

TEMPLATES = Path(__file__).parent / "templates"


def write_page(path: Path, template: str, script: str = "", **values: object) -> None:
    """Write one page, whole or not at all.

    Args:
        path: of the page.
        template: name of a file in ``templates``.
        script: the only program that the page may run: the policy names it by its hash.
        values: what the template shows.
    """
    policy = CONTENT_POLICY
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
    text = (
        _environment()
        .get_template(template)
        .render(policy=policy, code_style=Markup(CODE_STYLE), script=Markup(script), **values)
    )
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8", errors="replace")


def script(name: str) -> str:
    """A program of ours from ``templates``."""
    return (TEMPLATES / name).read_text("utf-8")


def data_block(values: object) -> Markup:
    """JSON that can stand in a page's ``<script type="application/json">``."""
    text = json.dumps(values)  # ASCII only
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def points_text(mark: Mark) -> str:
    """A mark in words, such as "1.5 of 2 points"."""
    if mark.status == EXCUSED:
        return "excused"
    points = f"{mark.points:.4g} {noun(mark.points, 'point')}"
    return f"not marked yet ({points})" if mark.score is None else f"{mark.score:.4g} of {points}"


def noun(count: float, word: str) -> str:
    """A word as it stands behind a number: "student" behind 1, "students" behind all others."""
    return word if count == 1 else f"{word}s"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda value: f"{value:.4g}"
    environment.filters["percent"] = lambda value: f"{100 * value:.0f}%"
    environment.filters["noun"] = noun
    environment.filters["plain"] = plain
    environment.filters["points_text"] = points_text
    environment.filters["deadline"] = lambda text: text.replace("T", " ", 1)
    environment.filters["day"] = lambda text: text[:16].replace("T", " ")
    return environment
