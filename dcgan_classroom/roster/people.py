"""The class list: names, numbers, addresses and groups, as Moodle, Canvas or a human write it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dcgan_classroom.spreadsheet import read_csv
from dcgan_lib.shared import CourseError

CANVAS, MOODLE_WORKSHEET, OTHER = "Canvas", "Moodle worksheet", "other"
COLUMNS = {  # what a column may be called, lower case
    "name": ("name", "student", "full name", "display name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "number": ("number", "id", "id number", "idnumber", "student id", "identifier"),
    "email": ("email", "e-mail", "email address", "mail"),
    "login": ("login", "username", "sis login id", "user name"),
    "group": ("group", "groups", "section"),
}
ADVICE = (
    "Take Canvas's gradebook export, Moodle's grading worksheet or list of participants, or a "
    "table with the columns name, email, group."
)


@dataclass(frozen=True)
class Person:
    """Somebody in the class.

    Attributes:
        name: as pages show it; no two people of a roster have the same.
        number: that the platform gives, as in its file names, or "".
        email: address, or "".
        login: name to log in with, or "".
        group: or section, or "".
        row: the roster's own columns.
    """

    name: str
    number: str
    email: str
    login: str
    group: str
    row: Mapping[str, str]


@dataclass(frozen=True)
class Roster:
    """A class list.

    Attributes:
        kind: ``CANVAS`` or ``MOODLE_WORKSHEET``, whose numbers stand in the names of their
            exports' files too, or ``OTHER``.
        columns: of the file, in order.
        people: in the file's order.
        possible: the points of each assignment, by column, as far as the file says so (Canvas).
    """

    kind: str
    columns: tuple[str, ...]
    people: tuple[Person, ...]
    possible: Mapping[str, float]


def read_roster(path: str | Path) -> Roster:
    """Read a class list.

    Args:
        path: a CSV: Canvas's gradebook export, Moodle's grading worksheet, list of participants
            or gradebook export, or a table made by hand with a column ``name`` (or first and last
            name) and as many of number, email, login and group as there are.

    Raises:
        CourseError: the file can't be read, has no column of names or no people, or has the same
            person twice.
    """
    columns, rows = read_csv(path, "The roster", ADVICE)
    found = {
        what: next((name for name in columns if name.lower() in known), "")
        for what, known in COLUMNS.items()
    }
    if not found["name"] and not (found["first"] and found["last"]):
        raise CourseError(
            "The roster has no names. Expected: a column name, or First name and Last name. "
            f"Received: {path} with {', '.join(columns)}. {ADVICE}"
        )
    kind = _kind(columns)
    people = [_person(row, found) for row in rows if not _is_note(row, found, kind)]
    people = [person for person in people if person.name]
    if not people:
        raise CourseError(
            f"The roster is empty. Expected: one row for each student. Received: {path} without "
            f"any. {ADVICE}"
        )
    notes = [row for row in rows if _is_note(row, found, kind)]
    return Roster(
        kind=kind,
        columns=tuple(columns),
        people=tuple(_told_apart(people, path)),
        possible=_possible(notes),
    )


def _kind(columns: list[str]) -> str:
    if {"Student", "ID", "Section"} <= set(columns):
        return CANVAS
    is_worksheet = {"Identifier", "Grade"} <= set(columns)
    return MOODLE_WORKSHEET if is_worksheet else OTHER


def _is_note(row: Mapping[str, str], found: Mapping[str, str], kind: str) -> bool:
    """Canvas writes what can be had between its header and its students, without a number."""
    return kind == CANVAS and not row[found["number"]].strip()


def _possible(notes: list[dict[str, str]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in notes:
        for column, text in row.items():
            with suppress(ValueError):
                found[column] = float(text)
    return found


def _person(row: Mapping[str, str], found: Mapping[str, str]) -> Person:
    text = {what: " ".join(row.get(name, "").split()) for what, name in found.items()}
    name = text["name"] or f"{text['first']} {text['last']}".strip()
    last, comma, first = name.partition(", ")
    return Person(
        name=f"{first} {last}" if comma else name,
        number=re.sub(r"^\D+(?=\d+$)", "", text["number"]),  # Moodle's is "Participant 123"
        email=text["email"],
        login=text["login"],
        group=text["group"],
        row=row,
    )


def _told_apart(people: list[Person], path: str | Path) -> list[Person]:
    """People of one name get what tells them apart behind it."""
    held = Counter(person.name.casefold() for person in people)
    named = [
        replace(one, name=f"{one.name} ({one.number or one.email or one.login})")
        if held[one.name.casefold()] > 1
        else one
        for one in people
    ]
    twice = [name for name, count in Counter(one.name for one in named).items() if count > 1]
    if twice:
        raise CourseError(
            "Some people of the roster can't be told apart. Expected: a number or an address for "
            f"each of those who have one name. Received: {path} with {', '.join(twice[:3])} more "
            "than once. Add a column number or email, or take out the row that is there twice."
        )
    return named
