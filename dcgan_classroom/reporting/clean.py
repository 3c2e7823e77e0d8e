"""What students wrote, made safe to show: allowed tags, pictures that are pictures, plain text.

Everything passes an allow-list, and every page says as well that it runs and loads nothing
(``CONTENT_POLICY``), so that what slips through the one is stopped by the other.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote

import bleach
import mistune
from markupsafe import Markup
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'"
TAGS = {"a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del"}
TAGS |= {
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
}
TAGS |= {"li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup"}
TAGS |= {"table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"}
PROTOCOLS = {"http", "https", "mailto", "data"}
CLASSES = ("math", "dataframe")
LEFT_OPEN = {"br", "col", "colgroup", "dd", "dt", "hr", "img", "input", "li", "p"}
LEFT_OPEN |= {"tbody", "td", "tfoot", "th", "thead", "tr"}
DROPPED = re.compile(r"<(script|style|svg|title|template)\b", re.I)  # with all they hold
ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x1b\\|\x07|\Z)|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]",
    re.S,
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
TURNED = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # turn a line's reading direction
KINDS = {"image/png": "PNG", "image/jpeg": "JPEG"}
MOST_HTML, MOST_MARKDOWN, MOST_CODE = 100_000, 30_000, 50_000  # characters that are rendered
MOST_DEPTH, MOST_TAGS = 60, 6000  # the sanitiser's time grows with the square of the depth
MOST_PICTURE, MOST_PIXELS = 8_000_000, 40_000_000  # bytes and pixels of one picture

MATH = re.compile(r'<span class="math">\\\((.*?)\\\)</span>', re.S)  # without its delimiters

_markdown = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "math"])
_formatter = HtmlFormatter(nowrap=True)
CODE_STYLE = HtmlFormatter(style="default").get_style_defs(".code")


def clean_html(text: str, allowed: Callable[[str, str, str], bool] | None = None) -> Markup | None:
    """HTML with nothing but allowed tags and attributes; None for what is too long or too deep.

    Args:
        text: any HTML.
        allowed: whether a tag may have an attribute with this value; by default the usual ones.
    """
    if len(text) > MOST_HTML:
        return None
    text = _without_dropped(text)
    if not _bearable(text):
        return None
    cleaner = bleach.Cleaner(TAGS, allowed or _allowed, PROTOCOLS, strip=True, strip_comments=True)
    return Markup(cleaner.clean(text))


def clean_markdown(source: str, attachments: dict[str, dict[str, str]] | None = None) -> Markup:
    """Markdown as safe HTML, with the pictures that are attached to its cell.

    Formulas stay as they were typed: nothing may run that would set them.
    """
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        names.append(unquote(found[1]))
        return f"attachment-{len(names) - 1}"

    def address(found: re.Match[str]) -> str:
        bundle = (attachments or {}).get(dict(enumerate(names)).get(int(found[1]), ""), {})
        known = filter(None, (picture_address(*one) for one in bundle.items()))
        return f'src="{next(known, "")}"'

    shown = _rendered(re.sub(r"attachment:([^)\s\"'>]+)", place, source))
    if shown is None:
        return Markup(f"<pre>{escape(plain(source))}</pre>")
    return Markup(re.sub(r'src="attachment-(\d+)"', address, shown))


@lru_cache(maxsize=4096)  # most cells are the course's own, the same for everybody
def _rendered(source: str) -> Markup | None:
    if len(source) > MOST_MARKDOWN:
        return None
    text = MATH.sub(r'<span class="math">\1</span>', _markdown(_visible(source)))
    return clean_html(text, _allowed_in_markdown)


def plain(text: str) -> str:
    """Text as a terminal leaves it: no colours, no control characters, no overwritten lines."""
    lines = ESCAPES.sub("", text).replace("\r\n", "\n").split("\n")
    kept = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    kept = "".join(sign for sign in kept if sign in "\n\t" or not CONTROL.match(sign))
    return _visible(kept)


@lru_cache(maxsize=4096)
def code(source: str) -> Markup:
    """Python source, coloured."""
    source = _visible(source)
    if len(source) > MOST_CODE:
        source = f"{source[:MOST_CODE]}\n# … {len(source) - MOST_CODE:,} characters left out"
    return Markup(highlight(source, PythonLexer(stripnl=False), _formatter).rstrip("\n"))


def picture_address(kind: str, data: object) -> str | None:
    """A data URL of a picture that really is one, of bearable size; None for anything else.

    Args:
        kind: MIME type; only PNG and JPEG are let through.
        data: base64, as notebooks hold it.
    """
    if kind not in KINDS or not isinstance(data, str) or len(data) > MOST_PICTURE * 4 / 3:
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(raw), formats=[KINDS[kind]]) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
    except (
        binascii.Error,
        ValueError,
        OSError,
        SyntaxError,
        Warning,
        Image.DecompressionBombError,
    ):
        return None
    return f"data:{kind};base64,{base64.b64encode(raw).decode()}"


def _without_dropped(text: str) -> str:
    kept, at, unclosed = [], 0, set()
    for start in DROPPED.finditer(text):
        name = start[1].lower()
        if start.start() < at or name in unclosed:
            continue
        end = re.compile(rf"</{name}[^>]*(?:>|\Z)", re.I).search(text, start.end())
        if end is None:
            unclosed.add(name)  # the sanitiser shows what follows as text
            continue
        kept.append(text[at : start.start()])
        at = end.end()
    return "".join([*kept, text[at:]])


def _visible(text: str) -> str:
    return TURNED.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", text)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "src":
        kind, _, data = value.removeprefix("data:").partition(";base64,")
        return tag == "img" and value.startswith("data:") and bool(picture_address(kind, data))
    if name == "href":
        return tag == "a" and bool(re.match(r"(?:https?://|mailto:)[^\s]+\Z", value, re.I))
    if name == "class":
        return value in CLASSES
    if name in ("colspan", "rowspan", "start"):
        return value.isascii() and value.isdigit() and len(value) < 4
    return name in ("alt", "title") or (name == "align" and value in ("left", "right", "center"))


def _allowed_in_markdown(tag: str, name: str, value: str) -> bool:
    attached = name == "src" and re.fullmatch(r"attachment-\d{1,4}", value)
    return (tag == "img" and bool(attached)) or _allowed(tag, name, value)


class _Shape(HTMLParser):
    """How many tags there are, and how deep they stand in tags that have to be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.most = 0
        self.open: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Count one more; it makes the text deeper unless the next tag closes it."""
        self.count += 1
        self.open[tag] += tag not in LEFT_OPEN
        self.most = max(self.most, self.open.total())

    def handle_endtag(self, tag: str) -> None:
        """Count one less, if there is one to close."""
        self.open[tag] -= self.open[tag] > 0


def _bearable(text: str) -> bool:
    shape = _Shape()
    shape.feed(text)
    return shape.most <= MOST_DEPTH and shape.count <= MOST_TAGS
