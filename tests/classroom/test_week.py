"""The instructor's guide, followed word for word: from the roster to what goes back to Moodle."""

import csv
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dcgan_classroom.gradebook import read_policy
from tests.support.fixture_class import BEGIN, END, expected_row
from tests.support.hand_in import CLASS

REPOSITORY = Path(__file__).parents[2]
GUIDE = (REPOSITORY / "docs" / "instructor_guide.md").read_text("utf-8")


def blocks(text: str, kind: str = "") -> list[str]:
    """What stands between fences of a kind, such as "toml"; "" for commands."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    return [block for told, block in found if told == kind]


def commands(section: str) -> list[list[str]]:
    """The commands of a section of the guide, without the one that enters the environment."""
    text = GUIDE[GUIDE.index(f"## {section}") :].split("\n## ")[0]
    lines = "\n".join(blocks(text)).splitlines()
    return [shlex.split(line) for line in lines if line.startswith("python -m ")]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.long
def test_the_week_of_the_guide(tmp_path):
    tmp_path.chmod(0o755)
    week, filled = tmp_path / "week", tmp_path / "marks_by_hand.csv"
    places = {"build/week": str(week), "~/Downloads/marks_by_hand.csv": str(filled)}

    def run(line: list[str]) -> None:
        for told, here in places.items():
            line = [word.replace(told, here) for word in line]
        subprocess.run([sys.executable, *line[1:]], cwd=REPOSITORY, check=True, timeout=500)

    *first, last = commands("The whole week in ten minutes")
    for line in first:
        run(line)
    report = week / "graded" / "report"
    book = {row["student"]: row for row in rows(report / "gradebook.csv")}
    assert (
        float(book["Grace Hopper"]["score"]) == 0 and book["Grace Hopper"]["missing"] == "01_sums"
    )
    assert float(book["Emmy Noether"]["deducted"]) == pytest.approx(0.9)
    assert float(book["Alan Turing"]["score"]) == float(book["Ada Lovelace"]["score"]) == 7
    assert "Mallory" in book and "not in the roster" in (report / "index.html").read_text("utf-8")

    table = rows(report / "marks_by_hand.csv")
    for row in table:
        if row["student"] == "Ada Lovelace":
            row |= {
                "rubric": "counts the additions | says why they are so many",
                "comment": "Good.",
            }
    with filled.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    run(last)

    upload = report / "upload"
    ada = rows(upload / "moodle_worksheet.csv")[0]
    assert ada["Identifier"] == "Participant 3301" and ada["Grade"] == "100.00"
    assert "Good." in ada["Feedback comments"]
    assert rows(upload / "moodle_grades.csv")[0]["1 · Sums"] == "9.00"
    with zipfile.ZipFile(upload / "moodle_feedback.zip") as packed:
        page = packed.read("Ada Lovelace_3301_assignfeedback_file_01_sums.html").decode()
    assert "counts the additions (+1)" in page and "Good." in page


def test_the_guides_table_is_the_class_of_fixtures():
    written = GUIDE.split(BEGIN)[1].split(END)[0]
    lines = [line[2:-2] for line in written.splitlines() if line.endswith(" | ✓ |")]
    rows = [tuple(line.split(" | ")) for line in lines]
    assert sorted(row[:3] for row in rows) == sorted(map(expected_row, CLASS))
    assert all(expected == found for (_, expected, _, found, _) in rows)


def test_the_policy_of_the_guide_is_one(tmp_path):
    (example,) = blocks(GUIDE, "toml")
    (tmp_path / "policy.toml").write_text(example, "utf-8")
    policy = read_policy(tmp_path / "policy.toml")
    assert policy.attempt == "best" and policy.per_day == 10 and len(policy.extensions) == 2
    assert policy.weights and policy.rubric and policy.comments


def test_every_option_that_the_guide_names_is_there():
    from typer.main import get_command

    from dcgan_classroom.__main__ import app

    known = get_command(app).commands
    lines = "\n".join(blocks(GUIDE)).splitlines()
    lines = [line for line in lines if line.startswith("python -m dcgan_classroom ")]
    assert len(lines) > 8
    for line in lines:
        command, *words = shlex.split(line, comments=True)[3:]
        options = {option for one in known[command].params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
