"""A built site as a browser would find it: what each page says, asks for and links to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

from bs4 import BeautifulSoup

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
FOREIGN = re.compile(r"^(?:https?:)?//")
IN_STYLES = re.compile(r"(?:url\(|@import )\s*[\"']?((?:https?:)?//[^\"')\s]+)")


class BuiltSite:
    """The files below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def pages(self) -> dict[str, BeautifulSoup]:
        """Path below the root → the page."""
        return {
            path.relative_to(self.root).as_posix(): BeautifulSoup(
                path.read_text("utf-8"), "html.parser"
            )
            for path in sorted(self.root.rglob("*.html"))
            if not path.name.endswith("-macros.html")  # the theme's parts, which aren't pages
        }

    @cached_property
    def texts(self) -> dict[str, str]:
        """Path below the root → what the page says, with one space for each stretch of them."""
        return {name: " ".join(page.get_text().split()) for name, page in self.pages.items()}

    def broken_links(self) -> list[str]:
        """Links of pages to files that aren't there, and to places that the other page lacks."""
        return [
            f"{name}: {address}"
            for name, page in self.pages.items()
            if not name.startswith("_static/")
            for address in _addresses(page)
            if not self._leads_somewhere(name, address)
        ]

    def asked_of_others(self) -> list[str]:
        """What a browser would fetch from somewhere else as it opens a page."""
        asked = [
            f"{name}: {tag.get(LOADED[tag.name])}"
            for name, page in self.pages.items()
            for tag in page.find_all(list(LOADED))
            if FOREIGN.match(tag.get(LOADED[tag.name]) or "")
        ]
        styles = [
            f"{path.name}: {match}"
            for path in self.root.rglob("*.css")
            for match in IN_STYLES.findall(path.read_text("utf-8"))
        ]
        return asked + styles

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        return {
            name: {tag["id"] for tag in page.find_all(id=True)} for name, page in self.pages.items()
        }

    def _leads_somewhere(self, name: str, address: str) -> bool:
        parts = urlparse(urljoin(f"/{name}", address))
        if parts.netloc or parts.scheme:  # of others
            return True
        target = unquote(parts.path).lstrip("/")
        if target not in self.pages or not parts.fragment:
            return (self.root / target).is_file()
        return unquote(parts.fragment) in self._ids[target]


def _addresses(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.find_all(href=True):
        yield tag["href"]
    for tag in page.find_all(src=True):
        yield tag["src"]
