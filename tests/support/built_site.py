"""A built site as a browser would find it: what each page says, asks for and links to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

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

    def _leads_somewhere(self, name: str, address: str) -> bool:
        if urlparse(address).scheme:
            return True
        path, anchor = urldefrag(urljoin(f"/{name}", address))
        target = self.root / unquote(path).lstrip("/")
        if target.suffix != ".html" or not anchor:
            return target.is_file()
        page = self.pages.get(target.relative_to(self.root).as_posix())
        return bool(page and page.find(id=unquote(anchor)))


def _addresses(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.find_all(href=True):
        yield tag["href"]
    for tag in page.find_all(src=True):
        yield tag["src"]
