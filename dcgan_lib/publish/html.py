"""The page as one file: its parts from ``page/``, and a run's own values in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "page"
PARTS = {
    "style": "style.css",
    "engine": "engine.js",
    "worker": "worker.js",
    "latent_js": "latent.js",
    "picture": "picture.js",
    "page": "page.js",
    "scenes": "scenes.js",
}


def page_part(name: str) -> str:
    """The source of one of the page's parts, such as ``engine.js``."""
    return (FOLDER / name).read_text("utf-8")


def build_page(data: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The page, which needs no other file and asks nobody for anything.

    Args:
        data: what its scripts read, plain values for JSON.
        texts: HTML for each place in ``index.html`` that isn't one of its parts.
    """
    script = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    values = {name: page_part(file) for name, file in PARTS.items()} | {"data": script} | texts
    return re.sub(r"\{\{(\w+)\}\}", lambda place: values[place[1]], page_part("index.html"))
