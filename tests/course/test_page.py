"""Executed chapters as pages: readable without a network."""

import re

import nbformat
import pytest

from dcgan_course.chapters import find_chapters, read_notebook
from dcgan_course.page import write_page


@pytest.fixture
def page(tmp_path):
    def write(*cells):
        path = tmp_path / "page.html"
        write_page(nbformat.v4.new_notebook(cells=list(cells)), path)
        return path.read_text("utf-8")

    return write


def markdown(text):
    return nbformat.v4.new_markdown_cell(text)


def test_formulas_are_drawn_by_the_browser_itself(page):
    text = page(markdown("# 1 · A title\n\nFrom $z_i * w$ to $$\\frac{a}{b}$$ and 5 $.\n"))
    assert text.count("<math") == 2 and "<mfrac>" in text and 'display="block"' in text
    assert "\\frac" not in text and "<title>1 · A title</title>" in text


def test_a_link_to_a_chapter_leads_to_its_page(page):
    text = page(markdown("# T\n\n[next](08_evaluate.ipynb) [far](https://example.org/a.ipynb)"))
    assert 'href="08_evaluate.html"' in text and 'href="https://example.org/a.ipynb"' in text


def test_a_page_asks_nobody_for_anything(page):
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "VBox()"}
    cell = nbformat.v4.new_code_cell("panel")
    cell.outputs = [nbformat.v4.new_output("display_data", view)]
    notebook = nbformat.v4.new_notebook(cells=[markdown("# T"), cell])
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    text = page(*notebook.cells)
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"https?:", text)


@pytest.mark.parametrize("path", find_chapters(), ids=lambda path: path.stem)
def test_every_formula_of_the_chapters_is_drawn(path, tmp_path):
    write_page(read_notebook(path), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    prose = re.sub(r"<pre.*?</pre>|<code.*?</code>|<style.*?</style>", "", text, flags=re.DOTALL)
    assert "$$" not in prose and "\\frac" not in prose
