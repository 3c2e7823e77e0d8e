"""A table of ours runs nothing in a spreadsheet, however that splits its cells."""

import csv

import pandas as pd
import pytest

from dcgan_classroom.spreadsheet import defused, read_csv, undefused, write_csv

TEXTS = (
    "=1+1",
    "a;=cmd|' /C calc'!A0",
    "well; -1 point",
    "one\n=2\n\t@x",
    "Ada;\t=HYPERLINK(1)",
    "\t=1",
    " ＝1",
)


@pytest.mark.parametrize("text", TEXTS)
def test_what_would_run_is_defused_and_comes_back(text):
    assert undefused(defused(text)) == text


@pytest.mark.parametrize("text", ["plain", "a = b", "it's; 'quoted'", "3 - 2; 1", "-", " ", ""])
def test_what_would_not_run_stays(text):
    assert defused(text) == text == undefused(text)


def test_no_cell_begins_as_a_formula_whatever_separates_cells(tmp_path):
    write_csv(pd.DataFrame({"name": list(TEXTS), "n": 1.5}), tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_text("utf-8-sig")
    for delimiter in ",;\t":
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            begins = [cell.lstrip(' "') for cell in row]
            assert not [cell for cell in begins if cell.startswith(("=", "+", "-", "@", "＝"))]


def test_commas_semicolons_and_tabs_are_read(tmp_path):
    for sign in ",;\t":
        (tmp_path / "t.csv").write_text(f"a{sign}b\n1{sign}x\n\n2\n")
        header, rows = read_csv(tmp_path / "t.csv", "The table", "Save it.")
        assert header == ["a", "b"] and rows == [{"a": "1", "b": "x"}, {"a": "2", "b": ""}]
