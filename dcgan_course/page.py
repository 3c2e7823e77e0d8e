"""An executed chapter as a page that needs nobody else: no script, no network."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from dcgan_lib.shared import atomic_path

TEMPLATE = """{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block extra_css -%}<style>math { font-size: 1.15em }</style>{%- endblock -%}
"""  # a widget without a kernel is a slider that does nothing; a still picture stands beside each


def write_page(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write an executed notebook as HTML.

    Formulas are MathML, which browsers draw by themselves; links to other chapters lead to their
    pages.

    Args:
        notebook: format 4, executed.
        path: the page's file.

    Raises:
        OSError: the file can't be written.
    """
    resources = {"metadata": {"name": title(notebook)}}
    body, _ = _Exporter(raw_template=TEMPLATE).from_notebook_node(notebook, resources)
    with atomic_path(path) as part:
        part.write_text(body, encoding="utf-8")


def title(notebook: nbformat.NotebookNode) -> str:
    """A chapter's title, from its first line."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return f"<p>{convert(body, display='block')}</p>\n"

    def inline_math(self, body: str) -> str:
        return convert(body)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, re.sub(r"^(\w+)\.ipynb$", r"\1.html", url), title)


class _Exporter(HTMLExporter):
    @jinja2.pass_context
    def markdown2html(self, context: jinja2.runtime.Context, source: str) -> str:
        return MarkdownWithMath(renderer=_Renderer(escape=False)).render(source)
