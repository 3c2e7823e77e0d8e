"""The class by its roster: everybody is there, under the roster's name, and strangers are named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from dcgan_classroom.gradebook.book import ClassBook, Handin
from dcgan_classroom.gradebook.times import moment
from dcgan_classroom.grading import Result, missing_result
from dcgan_classroom.roster import Handed, Roster, match_people

STRANGER = "not in the roster"


def enrolled(book: ClassBook, roster: Roster) -> ClassBook:
    """The class with everybody of the roster in it.

    Who handed in nothing has a result "missing" with 0 points in each chapter. A submission that
    belongs to nobody of the roster keeps its name and its marks, and is named among the problems.

    Args:
        book: the class as it was graded.
        roster: the class list.
    """
    handed = [
        Handed(result.student, result.number)
        for results in book.handed_in.values()
        for result in results
    ]
    matched, unmatched = match_people(roster, handed)
    names = {name: person.name for name, person in matched.items()}
    handed_in = _renamed(book, names)
    for person in roster.people:
        for chapter in book.chapters:
            key = (person.name, chapter.name)
            nothing = missing_result(*key, chapter.cells, "Nothing was handed in.")
            handed_in.setdefault(key, (nothing,))
    aliases: dict[str, tuple[str, ...]] = {}
    for name, student in sorted(names.items()):
        aliases[student] = (*aliases.get(student, ()), name)
    problems = [
        *((name, f"This is {STRANGER}. {why}") for name, why in sorted(unmatched.items())),
        *(
            (", ".join(known), f"By the roster these are one person, {student}.")
            for student, known in aliases.items()
            if len(known) > 1
        ),
    ]
    return replace(
        book,
        handed_in=handed_in,
        counted={key: results[-1] for key, results in handed_in.items()},
        people={person.name: person for person in roster.people},
        aliases=aliases,
        problems=(*problems, *book.problems),
    )


def _renamed(book: ClassBook, names: dict[str, str]) -> dict[Handin, tuple[Result, ...]]:
    """All attempts by the roster's names, numbered again where two names are one person's."""
    found: dict[Handin, list[Result]] = defaultdict(list)
    for (student, chapter), results in book.handed_in.items():
        found[names.get(student, student), chapter] += results
    handed_in = {}
    for (student, chapter), results in found.items():
        there = [result for result in results if result.status != "missing"] or results[-1:]
        if len({result.student for result in there}) > 1:
            there.sort(key=_order)
            there = [replace(one, attempt=place) for place, one in enumerate(there, 1)]
        handed_in[student, chapter] = tuple(replace(one, student=student) for one in there)
    return handed_in


def _order(result: Result) -> tuple[float, int]:
    handed_in = moment(result.submitted)
    return (handed_in.timestamp() if handed_in else 0.0, result.attempt)
