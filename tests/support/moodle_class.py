"""A small class on Moodle, from roster to upload: what its instructor has on Friday evening.

    python -m tests.support.moodle_class build/week

writes ``moodle.zip`` ("Download all submissions"), ``worksheet.csv`` ("Download grading
worksheet", the roster) and ``policy.toml``. Five people are in the roster; one of them handed in
nothing, one was late, one improved on a first attempt, and one more isn't in the roster.
"""

import csv
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.support import honest
from tests.support.hand_in import SUMS, Book, Traps

NO_TRAPS = Traps(secret="", places=(), port=0, theirs=(), nonce="")
DEADLINE = "2026-11-27T23:59"
IN_TIME, LATE = (2026, 11, 27, 20, 0, 0), (2026, 11, 28, 8, 30, 0)
PEOPLE = {  # number in this exercise: name, address, group
    "3301": ("Ada Lovelace", "ada@example.org", "Monday"),
    "3302": ("George Boole", "george@example.org", "Monday"),
    "3303": ("Emmy Noether", "emmy@example.org", "Friday"),
    "3304": ("Grace Hopper", "grace@example.org", "Friday"),
    "3305": ("Alan Turing", "alan@example.org", "Friday"),
}
POLICY = """attempt = "best"
comments = ["Give an example.", "Say it in your own words."]

[late]
per_day = 10         # percent of a chapter's points, for each day begun
grace_minutes = 15
at_most = 50

[extensions]
"Grace Hopper" = 2026-12-04T23:59:00

[weights]
"01_sums/greet-check" = 2

[rubric."01_sums/slow-discussion"]
"counts the additions" = 1
"says why they are so many" = 1
"""


def right(book: Book) -> None:
    """Every answer is the solved chapter's."""
    book.answer("slow-discussion", "About n²/2: each sum adds up all numbers before it again.")


def forgets_the_empty(book: Book) -> None:
    """The sums start from the first value, which isn't there when there are none."""
    honest.forgets_the_empty(book)
    book.answer("slow-discussion", "It takes too long.")


HANDED_IN: list[tuple[str, str, str, tuple[int, ...], Callable[[Book], None]]] = [
    ("Ada Lovelace", "3301", "01_sums.ipynb", IN_TIME, right),
    ("George Boole", "3302", "01_sums.ipynb", IN_TIME, forgets_the_empty),
    ("Emmy Noether", "3303", "01_sums.ipynb", LATE, right),
    ("Alan Turing", "3305", "attempt 1/01_sums.ipynb", IN_TIME, forgets_the_empty),
    ("Alan Turing", "3305", "attempt 2/01_sums.ipynb", IN_TIME, right),
    ("Mallory", "9999", "01_sums.ipynb", IN_TIME, forgets_the_empty),
]


def write_moodle_class(folder: str | Path) -> None:
    """Write the three files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "moodle.zip", "w") as packed:
        for name, number, file, moment, fill in HANDED_IN:
            book = Book(SUMS, NO_TRAPS)
            fill(book)
            path = f"{name}_{number}_assignsubmission_file_/{file}"
            packed.writestr(zipfile.ZipInfo(path, moment), book.bytes())
    with (folder / "worksheet.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        columns = ["Identifier", "Full name", "Email address", "Status", "Groups"]
        rows.writerow([*columns, "Grade", "Maximum Grade", "Feedback comments"])
        for number, (name, email, group) in PEOPLE.items():
            rows.writerow([f"Participant {number}", name, email, "", group, "", "100.00", ""])
    (folder / "policy.toml").write_text(POLICY, "utf-8")


if __name__ == "__main__":
    write_moodle_class(sys.argv[1])
