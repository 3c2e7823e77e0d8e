"""What a cell put out, made safe and short enough to show and to hand back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nbformat
from markupsafe import Markup, escape
from nbformat import NotebookNode

from dcgan_classroom.reporting.clean import clean_html, clean_markdown, picture_address, plain
from dcgan_course import HIDDEN, HIDDEN_END

MOST_OUTPUTS = 60  # of one cell
SHOWN_LINES = 25  # of an output; a longer one is folded
HEAD, TAIL, WIDEST = 200, 100, 1000  # lines kept of a very long output, and signs in one of them


@dataclass(frozen=True)
class Shown:
    """One output as a page shows it: safe HTML, its kind, and how long it is."""

    kind: str
    html: Markup
    lines: int = 0

    @property
    def folded(self) -> bool:
        """Whether a page shows it only on demand."""
        return self.lines > SHOWN_LINES


def visible_source(cell: NotebookNode) -> str:
    """A cell's source without hidden tests, should it hold any."""
    pattern = rf"^[ \t]*{HIDDEN}.*?(?:{HIDDEN_END}[^\n]*\n?|\Z)"
    return re.sub(pattern, "", cell.source, flags=re.DOTALL | re.MULTILINE)


def error_of(cell: NotebookNode) -> str:
    """The first error among a cell's outputs, such as "NameError: name 'x' is not defined"."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            first = plain(str(output.get("evalue", ""))).strip().partition("\n")[0]
            return f"{plain(str(output.get('ename', 'Error')))}: {first}"[:160].rstrip(": ")
    return ""


def shown_outputs(cell: NotebookNode) -> Iterator[Shown]:
    """A code cell's outputs as a page shows them, bounded in number and length."""
    for place, output in enumerate(_merged(cell.get("outputs", []))):
        if place == MOST_OUTPUTS:
            yield Shown("note", Markup("More outputs are left out."))
            return
        if output.output_type == "stream":
            yield _text(output.text, "stderr" if output.get("name") == "stderr" else "text")
        elif output.output_type == "error":
            if HIDDEN not in cell.source:  # its traceback would show the hidden test
                lines = plain("\n".join(output.get("traceback", []))) or error_of(cell)
                yield _text(re.sub(r"\A-+\n", "", lines), "error")
        else:
            yield from _shown_data(output.get("data", {}))


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        alike = output.output_type == last.get("output_type") == "stream"
        if alike and output.get("name") == last.get("name"):
            merged[-1] = nbformat.from_dict({**last, "text": last["text"] + output.text})
        else:
            merged.append(output)
    return merged


def _shown_data(data: Mapping[str, object]) -> Iterator[Shown]:
    for kind in ("image/png", "image/jpeg"):
        address = picture_address(kind, data.get(kind))
        if address:
            yield Shown("picture", Markup(f'<img src="{address}" alt="A figure of this cell">'))
            return
    text = data.get("text/plain", "")
    if "application/vnd.jupyter.widget-view+json" in data:
        yield Shown("note", Markup("A widget was here; it moves in Jupyter only."))
    elif isinstance(data.get("text/html"), str) and (html := clean_html(data["text/html"])):
        yield Shown("html", html, html.count("<tr"))
    elif isinstance(data.get("text/markdown"), str):
        yield Shown("html", clean_markdown(data["text/markdown"]))
    elif isinstance(text, str) and text:
        yield _text(text, "text")
    elif data:
        kinds = ", ".join(sorted(map(str, data)))[:100]
        yield Shown("note", escape(f"An output that can't be shown here: {kinds}"))


def _text(text: str, kind: str) -> Shown:
    lines = plain(text).rstrip("\n").split("\n")
    return Shown(kind, escape("\n".join(_bounded(lines))), len(lines))


def _bounded(lines: list[str]) -> list[str]:
    if len(lines) > HEAD + TAIL:
        note = f"… {len(lines) - HEAD - TAIL:,} lines left out …"
        lines = [*lines[:HEAD], note, *lines[-TAIL:]]
    return [line if len(line) <= WIDEST else f"{line[:WIDEST]} …" for line in lines]


def kept_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """A code cell's outputs as a notebook may keep them: text, clean tables and pictures."""
    merged = _merged(cell.get("outputs", []))[:MOST_OUTPUTS]
    return [output for one in merged for output in _kept(one, cell)]


def _kept(output: NotebookNode, cell: NotebookNode) -> list[NotebookNode]:
    if output.output_type == "stream":
        text = "\n".join(_bounded(plain(output.text).split("\n")))
        return [nbformat.v4.new_output("stream", name=output.name, text=text)]
    if output.output_type == "error":
        if HIDDEN in cell.source:
            return []
        lines = _bounded(plain("\n".join(output.traceback)).split("\n"))
        name, value = plain(output.ename), plain(output.evalue)[:WIDEST]
        return [nbformat.v4.new_output("error", ename=name, evalue=value, traceback=lines)]
    data = {
        kind: output.data[kind]
        for kind in ("image/png", "image/jpeg")
        if picture_address(kind, output.data.get(kind))
    }
    html = output.data.get("text/html")
    if isinstance(html, str) and (shown := clean_html(html)):
        data["text/html"] = str(shown)
    if isinstance(output.data.get("text/plain"), str):
        data["text/plain"] = "\n".join(_bounded(plain(output.data["text/plain"]).split("\n")))
    return [nbformat.v4.new_output("display_data", data=data)] if data else []
