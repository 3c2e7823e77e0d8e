"""The gallery of generated faces, from the list beside the pictures."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path

from dcgan_lib.collect import DATABASES

LIST = "images/gallery.toml"
FIGURE = """:::{{figure}} images/{file}
:alt: {title}
:class: faces

**{title}.** {note} Made by profile `{recipe}`:

```
{command}
```
:::
"""


def write_gallery(sources: Path) -> None:
    """Add the pictures of ``images/gallery.toml`` to ``gallery.md``, set by set.

    Raises:
        KeyError: an entry lacks a key, or its set isn't one of ``DATABASES``.
    """
    by_set: dict[str, list[dict[str, str]]] = defaultdict(list)
    for picture in tomllib.loads((sources / LIST).read_text("utf-8"))["picture"]:
        by_set[picture["set"]].append(picture)
    parts = [_section(name, pictures) for name, pictures in by_set.items()]
    page = sources / "gallery.md"
    page.write_text("\n".join([page.read_text("utf-8"), *parts]), "utf-8")


def _section(name: str, pictures: list[dict[str, str]]) -> str:
    known = DATABASES[name]
    head = (
        f"## {known.title}\n\nPhotographs: {known.credit}; {known.licence}. "
        f"[What this database is](databases/{name}.md).\n"
    )
    return "\n".join([head, *(FIGURE.format(**picture) for picture in pictures)])
