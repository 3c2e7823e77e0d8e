"""The report on a class: who has what and why, nothing lost, nothing that students wrote runs."""

import csv
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pytest

from dcgan_classroom.gradebook import file_names, read_class, student_table
from dcgan_classroom.grading.results import read_result, write_result
from dcgan_classroom.marking import Decision, decided
from dcgan_classroom.marking.form import COLUMNS
from dcgan_classroom.reporting import clean, similar
from dcgan_classroom.reporting.outputs import shown_outputs, visible_source
from dcgan_classroom.reporting.overview import changes
from dcgan_classroom.reporting.report import write_report
from dcgan_classroom.spreadsheet import defused
from dcgan_lib.shared.errors import CourseError
from tests.support.graded_class import (
    ATTACKER,
    CHAPTERS,
    COPIED,
    LONG,
    PAYLOADS,
    PROSE,
    grade_class,
    handed_in,
    write_class,
)

CELL = (CHAPTERS[0], "mean-words")


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """A graded class (not to be changed), and its solved chapters."""
    folder = tmp_path_factory.mktemp("class")
    return grade_class(folder / "out", folder / "course"), folder / "course"


@pytest.fixture(scope="session")
def reported(graded, tmp_path_factory):
    """The class's report (not to be changed)."""
    out = tmp_path_factory.mktemp("reported") / "out"
    shutil.copytree(graded[0], out)
    return write_report(out, notebooks=graded[1], report=lambda line: None).parent


@pytest.fixture
def own(graded, reported, tmp_path):
    """A copy of class and report to change, and a function that reports on it again."""
    shutil.copytree(graded[0], tmp_path / "out")
    shutil.copytree(reported, tmp_path / "out" / "report")
    lines = []

    def again(**options):
        write_report(tmp_path / "out", notebooks=graded[1], report=lines.append, **options)
        return lines

    return tmp_path / "out", again


def page(reported, student, name="index"):
    students = {student, *read_class(reported.parent).students}
    folder = file_names(students)[student]
    return (reported / "students" / folder / f"{name}.html").read_text("utf-8")


def words(text):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(text.split())


# What a student gets back


def test_a_student_reads_every_mark_and_its_reason(reported):
    text = words(page(reported, "Bob"))
    assert "0 of 10 points" in text and "The mean of 1 and 2 is not 1.5." in text
    assert "attempt 2" in text and "nothing handed in" in text and "not marked yet" in text


def test_the_notebook_has_its_marks_beside_the_graded_cells(reported):
    text = page(reported, "Ada Lovelace", CHAPTERS[0])
    check = text.index('id="spread-check"')
    assert "4 of 4 points" in words(text[check : text.index("</section>", check)])
    assert "data:image/png;base64," in text and '<table class="dataframe">' in text
    assert 'href="#spread-check"' in text and 'class="k"' in text  # highlighted


def test_the_marked_notebook_opens_in_jupyter(reported):
    path = next((reported / "students").glob(f"Ada*/{CHAPTERS[0]}.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    place = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    mark = notebook.cells[place.index("spread-check") + 1]
    assert "4 of 4 points" in mark.source and mark.metadata.tags == ["mark"]
    kinds = {
        kind
        for cell in notebook.cells
        for out in cell.get("outputs", [])
        for kind in out.get("data", {})
    }
    assert kinds == {"image/png", "image/jpeg", "text/html", "text/plain"}


def test_hidden_tests_are_never_shown(reported):
    for path in reported.rglob("*.*"):
        assert b"secret test" not in path.read_bytes() and b"HIDDEN" not in path.read_bytes(), path
    cell = nbformat.v4.new_code_cell(
        "f()\n### BEGIN HIDDEN TESTS\nassert g()\n### END HIDDEN TESTS"
    )
    cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=["assert g()"])]
    assert visible_source(cell) == "f()\n" and list(shown_outputs(cell)) == []


def test_long_outputs_are_folded_and_bounded():
    cell = nbformat.v4.new_code_cell("x")
    text = "".join(f"{number}\n" for number in range(200_000)) + "x" * 10_000
    cell.outputs = [nbformat.v4.new_output("stream", text=part) for part in (text[:9], text[9:])]
    (shown,) = shown_outputs(cell)
    assert shown.folded and shown.lines == 200_001 and len(shown.html) < 5_000
    assert "199,701 lines left out" in shown.html
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/plain": "a"})] * 500
    assert len(list(shown_outputs(cell))) == 61


def test_a_submission_that_did_not_end_says_why(reported):
    assert "took too long" in words(page(reported, "Zoë/../..", CHAPTERS[0]))


def test_a_page_leads_to_no_other_student(reported):
    for path in (reported / "students").rglob("*.html"):
        for link in re.findall(r'href="([^"]+)"', path.read_text("utf-8")):
            assert link.startswith(("#", "http")) or (path.parent / link.split("#")[0]).is_file()


# Nothing that a student wrote runs


class Tags(HTMLParser):
    """Collects tags and attributes that could run or fetch anything."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        bad = (
            "script iframe object embed link base form svg math video audio foreignobject noscript"
        )
        if tag in bad.split():
            self.found.append(tag)
        for name, value in attrs:
            link = (value or "").strip().lower()
            if name.startswith("on") or (name == "src" and not link.startswith("data:image/")):
                self.found.append((tag, name, value))
            if re.match(r"(java|vb)script:|data:text|data:image/svg", re.sub(r"\s", "", link)):
                self.found.append((tag, name, value))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_disarmed(payload):
    for make in (clean.clean_html, clean.clean_markdown):
        assert Tags(str(make(payload))).found == []
        assert Tags(str(make(f"[a]({payload}) ![b]({payload} 'c')\n\n> {payload}"))).found == []
    assert "style=" not in clean.clean_html(payload)


def test_no_page_holds_anything_that_runs(reported):
    pages = list(reported.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        text = path.read_text("utf-8")
        found = Tags(text).found
        if path.name == "index.html" and path.parent == reported:
            found = [one for one in found if one != "svg"]  # the figures are ours
        own = ["script", "script"] if path.name == "to_mark.html" else []
        found = [one for one in found if one != "noscript"]
        assert found == own, path
        assert re.search(r'Policy" content="default-src &#39;none&#39;; img-src data:;', text)


def test_the_marked_notebook_keeps_no_script(reported):
    path = next((reported / "students").glob(f"Eve*/{CHAPTERS[0]}.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert set(data) <= {"text/html", "text/plain", "image/png", "image/jpeg"}
            assert Tags(data.get("text/html", "")).found == []
    marks = [c.source for c in nbformat.read(path, 4).cells if c.metadata.get("tags") == ["mark"]]
    assert len(marks) == 3 and not any("<script" in mark for mark in marks)


def test_pictures_are_pictures():
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQ"
    png += "AAAABJRU5ErkJggg=="
    assert clean.picture_address("image/png", f"{png[:20]}\n{png[20:]}").endswith(png)
    for kind, data in (
        ("image/jpeg", png),
        ("image/svg+xml", png),
        ("image/png", "PHN2Zz4="),
        ("image/png", '"onerror=x'),
        ("image/png", 7),
    ):
        assert clean.picture_address(kind, data) is None
    shown = clean.clean_markdown("![a](attachment:b.png)", {"b.png": {"image/png": png}})
    assert f'src="data:image/png;base64,{png}"' in shown
    assert "attachment" not in clean.clean_markdown("![a](attachment-0) ![b](attachment:c.png)")


def test_text_is_plain():
    assert clean.plain("\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07a\x00\x9b2J") == "red a"
    assert clean.plain("10%\r100%\r\nnext") == "100%\nnext"
    assert clean.plain("a\u202eb") == "a⟨U+202E⟩b" and "⟨U+2066⟩" in clean.code("x = '\u2066'")


def test_what_would_take_the_sanitiser_long_is_shown_as_text():
    for text in ("<b>" * 20_000, "<b></i>" * 10_000, "<a b='" * 30_000, "<p><b></b>" * 9_000):
        assert clean.clean_html(text) is None
    assert "&lt;b&gt;" in clean.clean_markdown("<b>" * 20_000)


# What the instructor gets


def test_the_gradebook_has_a_row_for_everybody(reported):
    table = pd.read_csv(reported / "gradebook.csv").set_index("student")
    assert table.loc["Ada Lovelace", "score"] == 5 and table.loc["Bob", "score"] == 0
    assert table.loc["Ada Lovelace", "to_mark"] == 2 and table.loc["Bob", "missing"] == CHAPTERS[1]
    assert table.loc["ada lovelace", "late"] == CHAPTERS[0] and len(table) == 5
    parquet = pd.read_parquet(reported / "gradebook.parquet")
    assert ATTACKER in set(parquet["student"]) and list(parquet["points"]) == [10.0] * 5
    marks = pd.read_parquet(reported / "marks.parquet")
    assert len(marks) == 5 * 3 + 2 and marks["score"].isna().sum() == 7


def test_the_last_attempt_counts(reported):
    book = read_class(reported.parent)
    assert book.counted["Bob", CHAPTERS[0]].attempt == 2 and book.attempts["Bob", CHAPTERS[0]] == 2


def test_of_two_results_of_one_attempt_the_newer_counts(own):
    out, _ = own
    old = next(path for path in sorted((out / "results").glob("*")) if "4--04" in path.name)
    result = read_result(old)
    newer = {**vars(result), "key": "11", "seconds": 9.0}
    write_result(type(result)(**newer), old.with_name("0-newer.json"))
    assert read_class(out).counted[result.student, result.chapter].seconds == 9.0


def test_what_grading_found_missing_is_missing(own):
    out, again = own
    result = read_class(out).counted["Ada Lovelace", CHAPTERS[1]]
    marks = (replace(result.marks[0], score=0.0, status="missing", reason="Nothing came."),)
    values = {"student": "Bob", "attempt": 0, "status": "missing", "executed": "", "marks": marks}
    write_result(replace(result, **values), out / "results" / "missing.json")
    again()
    assert "nothing handed in 0 of 3" in words(page(out / "report", "Bob"))
    assert student_row(out, "Bob")["missing"] == CHAPTERS[1]
    rows = pd.read_csv(out / "report" / "marks_by_hand.csv")
    assert len(rows) == 7 and (rows["student"] == "Bob").sum() == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1", "＝1"])
def test_no_cell_of_a_table_begins_as_a_formula(text):
    assert defused(text).startswith("'") and defused(1.5) == 1.5 and defused("a=1") == "a=1"


def test_the_tables_hold_no_formula(reported):
    for path in reported.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_names_of_folders_are_safe_and_differ():
    students = [
        "Ann",
        "ann",
        "a/../b",
        "a_.._b",
        "..",
        "CON",
        "",
        "x" * 300,
        "Zoe\u0308",
        "Zoë",
        "李",
    ]
    names = list(file_names(students).values())
    assert len({name.casefold() for name in names}) == len(students)
    assert all(
        re.fullmatch(r"[^\W.][\w.-]{0,80}", name) and ".." not in name.split("/") for name in names
    )
    assert names[4].startswith("student") and names[5] != "CON" and names[-1] == "李"


def test_the_class_page_shows_what_failed_and_with_what(reported):
    text = words((reported / "index.html").read_text("utf-8"))
    assert "Exercise 4.2: how far apart values are 4 · Means 3 of 5" in text
    assert "1 student: NameError: name &#39;leng&#39; is not defined" in text
    assert "2 students: NotImplementedError" in text and "mean 1.9 of 4" in text


def test_mistakes_are_grouped_by_their_message_whatever_its_names_and_numbers(own):
    out, again = own
    for path in (out / "results").glob("*.json"):
        values = json.loads(path.read_text("utf-8"))
        if values["student"] in ("Ada Lovelace", "ada lovelace", "Zoë/../.."):
            values["marks"][0] |= {
                "score": 0,
                "reason": f"`f{len(path.name)}` gives {path.name[0]}.",
            }
            path.write_text(json.dumps(values), "utf-8")
    again()
    text = words((out / "report" / "index.html").read_text("utf-8"))
    exercise = text[text.index("What to teach again") :]
    assert "4 of 5 teach again 3 students: `f" in exercise and "1 student: NameError" in exercise
    assert "one of the answers" in exercise


def test_roster_and_policy_are_kept_for_later_reports(own, tmp_path):
    out, again = own
    (tmp_path / "roster.csv").write_text("name,email\nAda Lovelace,a@x.org\nGrace Hopper,g@x.org\n")
    (tmp_path / "policy.toml").write_text("[late]\nper_day = 10\n[weights]\n05_words = 2\n")
    again(roster=tmp_path / "roster.csv", policy=tmp_path / "policy.toml")
    for _ in range(2):
        table = pd.read_csv(out / "report" / "gradebook.csv").set_index("student")
        assert table.loc["Grace Hopper", "points"] == 13 and table.loc["Grace Hopper", "score"] == 0
        assert table.loc["ada lovelace", "deducted"] == pytest.approx(0.7)
        text = words((out / "report" / "index.html").read_text("utf-8"))
        assert "Bob This is not in the roster." in text and "costs 10% of" in text
        assert "0.7 points taken for being late" in words(page(out / "report", "ada lovelace"))
        assert "nothing handed in" in words(page(out / "report", "Grace Hopper"))
        again()
    assert (out / "report" / "upload" / "moodle_grades.csv").is_file()


def test_marks_by_hand_stay_when_a_roster_gives_other_names(own, tmp_path):
    out, again = own
    again(marks=fill(out, "1.5", "well said", student="Bob"))
    (tmp_path / "roster.csv").write_text("name,email\nRobert Hooke,bob@example.org\n")
    again(roster=tmp_path / "roster.csv")
    again()
    assert student_row(out, "Robert Hooke")["score"] == 1.5
    assert "well said" in words(page(out / "report", "Robert Hooke"))


def test_a_rubric_for_no_exercise_is_refused(own, tmp_path):
    (tmp_path / "policy.toml").write_text('[rubric."04_means/none"]\n"a" = 1\n')
    with pytest.raises(CourseError, match=r"\[rubric\] can't be used.*04_means/none"):
        own[1](policy=tmp_path / "policy.toml")


def test_one_is_singular(tmp_path, graded):
    write_class(tmp_path / "out", handed_in("Ada", (1, 4, 1.0)))
    text = words(write_report(tmp_path / "out", notebooks=graded[1]).read_text("utf-8"))
    assert "1 student " in text and "1 notebook " in text and "1 students" not in text


def test_the_class_page_names_late_missing_and_broken_work(reported):
    text = words((reported / "index.html").read_text("utf-8"))
    assert "ada lovelace 04_means 2026-11-21 09:30 05_words" in text
    assert "04_means of Zoë/../.. : took too long" in text and "no notebook" in text
    assert "The last attempt counts" in text


def test_every_link_of_the_class_page_leads_somewhere(reported):
    from urllib.parse import unquote

    text = (reported / "index.html").read_text("utf-8")
    links = [unquote(link.split("#")[0]) for link in re.findall(r'href="([^"]+)"', text)]
    assert len(links) > 15 and all((reported / link).exists() for link in links)


def test_renamed_copies_are_shown_and_own_work_is_not(reported):
    text = (reported / "similar.html").read_text("utf-8")
    assert words(text).count("100% · 04_means") == 1
    assert "Ada Lovelace" in text and "ada lovelace" in text and "Bob" not in text


def work(code, prose=""):
    return [similar.Written("a", "code", code), similar.Written("b", "markdown", prose)]


def test_likeness_looks_through_names_and_comments_only():
    other = "def spread(values):\n    import statistics\n    return statistics.pstdev(values)\n"
    (pair,) = similar.similar_pairs(
        "c", {"a": work(LONG), "b": work(COPIED), "c": work(other)}, None
    )
    assert (pair.first, pair.second, pair.share) == ("a", "b", 1.0)
    longer = " ".join(
        [PROSE, "Outliers move it, and nothing in it tells so, nor how many there are."]
    )
    (pair,) = similar.similar_pairs(
        "c", {"a": work("", longer), "b": work("", longer.upper())}, None
    )
    assert pair.cells[0][0].grade_id == "b"


def test_what_was_handed_out_or_everybody_wrote_is_no_likeness():
    release = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LONG)])
    assert similar.similar_pairs("c", {"a": work(LONG), "b": work(LONG)}, release) == []
    assert similar.similar_pairs("c", {str(n): work(LONG) for n in range(6)}, None) == []


# Marks by hand


def fill(out, score, comment="", student="Ada Lovelace", change=lambda rows: rows):
    table = pd.read_csv(out / "report" / "marks_by_hand.csv", dtype=str, keep_default_na=False)
    rows = (table["student"] == student) & (table["grade_id"] == CELL[1])
    assert list(table.columns) == list(COLUMNS) and rows.sum() == 1
    table.loc[rows, ["score", "comment"]] = score, comment
    path = out.parent / "filled.csv"
    change(table).to_csv(path, index=False, encoding="utf-8-sig")
    return path


def test_marks_by_hand_count_and_stay(own):
    out, again = own
    path = fill(out, "1.5", "=well said")
    assert again(marks=path) == []
    for _ in range(2):  # with the table, and without it
        assert student_row(out, "Ada Lovelace")["score"] == 6.5
        text = words(page(out / "report", "Ada Lovelace"))
        assert "1.5 of 2 points" in text and "=well said" in text
        again()


def student_row(out, student):
    return pd.read_csv(out / "report" / "gradebook.csv").set_index("student").loc[student]


def test_a_spreadsheet_may_save_semicolons_and_decimal_commas(own):
    out, again = own
    path = fill(out, "0,5")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    again(marks=path)
    assert student_row(out, "Ada Lovelace")["score"] == 5.5


@pytest.mark.parametrize(
    ("score", "change", "message"),
    [
        ("2.1", lambda rows: rows, "Some marks can't be given.* '2.1' for Ada Lovelace"),
        ("-1", lambda rows: rows, "from 0 to its points"),
        ("nan", lambda rows: rows, "'nan' for Ada"),
        ("two", lambda rows: rows, "'two' for Ada"),
        (
            "1",
            lambda rows: rows.replace("Ada Lovelace", "Adda"),
            "for nobody.*Received in .*Adda, 04",
        ),
        ("1", lambda rows: pd.concat([rows, rows]), "a second time"),
        ("1", lambda rows: rows.drop(columns="score"), "can't be read.*columns student, chapter"),
    ],
)
def test_marks_that_can_not_be_given_are_refused(own, score, change, message):
    out, again = own
    with pytest.raises(CourseError, match=f"(?s){message}"):
        again(marks=fill(out, score, change=change))


def test_no_marks_file_is_refused(own):
    with pytest.raises(CourseError, match="no such file"):
        own[1](marks="nowhere.csv")


def test_a_mark_of_an_answer_that_changed_is_given_anew(own):
    out, again = own
    path = fill(out, "2", change=lambda rows: rows.replace(PROSE, "an earlier answer"))
    (line,) = again(marks=path)
    assert "Ada Lovelace" in line and "marked again" in line
    assert student_row(out, "Ada Lovelace")["score"] == 5


# Grading again, and other programs


def test_a_second_grading_shows_who_gained_and_who_lost(graded, own, tmp_path):
    out, again = own
    for path in (out / "results").glob("*.json"):
        values = json.loads(path.read_text("utf-8"))
        if values["student"] == "Bob" and values["attempt"] == 2:
            values["marks"][0]["score"] = 1
        if values["student"] == "Ada Lovelace" and values["chapter"] == CHAPTERS[0]:
            values["marks"][1]["score"] = 3
        path.write_text(json.dumps(values), "utf-8")
    found = changes(read_class(graded[0]), read_class(out))
    assert [(one.student, one.before, one.now) for one in found] == [
        ("Ada Lovelace", 4, 3),
        ("Bob", 0, 1),
    ]
    again(before=graded[0])
    text = words((out / "report" / "index.html").read_text("utf-8"))
    assert "2 students, 2 marks" in text and "4 3 -1" in text and "0 1 +1" in text


def test_nbgrader_reads_the_marks(own, tmp_path):
    from nbgrader.api import Gradebook

    from dcgan_classroom.exports.nbgrader_database import write_database

    book = read_class(own[0])
    decision = Decision(
        student="Ada Lovelace",
        chapter=CELL[0],
        grade_id=CELL[1],
        answer_id="",
        score=1.5,
        comment="well said",
    )
    marked = decided(book, [decision], {})
    for one in (book, marked):  # the second export takes the first one's place
        assert write_database(one, tmp_path / "gradebook.db") == 7
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(CHAPTERS[0], "Ada Lovelace")
        assert (submission.score, submission.max_score) == (
            6.5,
            7,
        ) and not submission.needs_manual_grade
        assert len(gradebook.assignment_submissions(CHAPTERS[0])) == 5
        place = (CELL[1], CHAPTERS[0], CHAPTERS[0], "Ada Lovelace")
        assert gradebook.find_comment(*place).comment == "well said"
        assert gradebook.find_submission(CHAPTERS[0], ATTACKER).needs_manual_grade
        late = gradebook.find_submission(CHAPTERS[0], "ada lovelace")
        assert late.total_seconds_late == 15.5 * 3600


def test_a_file_that_is_no_database_is_refused(own, tmp_path):
    from dcgan_classroom.exports.nbgrader_database import write_database

    (tmp_path / "x.db").write_text("a shopping list, long enough to be no database at all" * 40)
    with pytest.raises(CourseError, match="can't be exported"):
        write_database(read_class(own[0]), tmp_path / "x.db")


def test_a_folder_without_a_grading_is_refused(tmp_path):
    with pytest.raises(CourseError, match=r"nothing to report on.*class\.json"):
        write_report(tmp_path)


def test_reporting_again_gives_the_same_pages(own):
    out, again = own
    before = {path: path.read_bytes() for path in (out / "report").rglob("*.*")}
    again()
    assert {path: path.read_bytes() for path in (out / "report").rglob("*.*")} == before


def test_a_class_of_nobody_has_a_page(tmp_path, graded):
    (tmp_path / "class.json").write_bytes((graded[0] / "class.json").read_bytes())
    assert "0 students" in words(write_report(tmp_path, notebooks=graded[1]).read_text("utf-8"))
    assert student_table(read_class(tmp_path)).empty


def test_the_command_reports(own, capsys):
    from dcgan_classroom.reporting.command import report_command

    report_command(own[0], notebooks=own[0])
    assert capsys.readouterr().out == f"Look at {own[0] / 'report' / 'index.html'}\n"
