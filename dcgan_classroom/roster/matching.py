"""Whose a submission is: by the platform's number, else by address, login or name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dcgan_classroom.roster.people import CANVAS, OTHER, Person, Roster

STATED_NUMBER = re.compile(r"\((\d+)\)$")


@dataclass(frozen=True)
class Handed:
    """What a grading knows of somebody: a name, and the platform's number or ""."""

    name: str
    number: str = ""


def match_people(
    roster: Roster, handed: Iterable[Handed]
) -> tuple[dict[str, Person], dict[str, str]]:
    """Find the person behind each name that submissions came under.

    The number counts where roster and submissions come from the same platform; a name, address or
    login counts where only one person has it. Nobody is guessed.

    Args:
        roster: the class list.
        handed: one or more for each name.

    Returns:
        The person by name, and for each other name a sentence that says why there is none.
    """
    numbers = {person.number: person for person in roster.people if person.number}
    by_text = _by_text(roster.people)
    by_number: dict[str, Person] = {}
    by_name: dict[str, Person] = {}
    unmatched: dict[str, str] = {}
    for one in handed:
        number = _number(one)
        same = _same(by_text, one.name, number)
        if number and roster.kind == CANVAS:  # its numbers are people's, in every assignment
            same = [person for person in same if person.number in ("", number)]
        if number in numbers and roster.kind != OTHER:
            by_number[one.name] = numbers[number]
        elif len(same) == 1:
            by_name[one.name] = same[0]
        elif same:
            names = " and ".join(person.name for person in same)
            unmatched[one.name] = f"It could be {names}: the roster has both under this name."
        else:
            unmatched[one.name] = "The roster has nobody of this name, number or address."
    for name in _rivals(by_name, by_number):
        person = by_name.pop(name)
        unmatched[name] = f"{person.name} of the roster has work under another such name."
    matched = by_name | by_number
    return matched, {name: why for name, why in unmatched.items() if name not in matched}


def _rivals(by_name: Mapping[str, Person], by_number: Mapping[str, Person]) -> list[str]:
    """Names that differ in case and signs only, which may be two people: all but the exact one."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, person in (by_name | by_number).items():
        held[person.name, plain(STATED_NUMBER.sub("", name))].append(name)
    return [
        name
        for (person, _), names in held.items()
        for name in names
        if len(names) > 1 and name not in by_number and name != person
    ]


def _number(one: Handed) -> str:
    """The platform's number, which stands in the name too where several people have that name."""
    stated = STATED_NUMBER.search(one.name)
    return one.number or (stated[1] if stated else "")


def _same(by_text: Mapping[str, list[Person]], name: str, number: str) -> list[Person]:
    bare = STATED_NUMBER.sub("", name)
    found = by_text.get(plain(name), []) or by_text.get(plain(bare), [])
    if len(found) > 1 and number:
        return [person for person in found if person.number == number] or found
    return found


def _by_text(people: Iterable[Person]) -> dict[str, list[Person]]:
    held: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for text in sorted(_texts(person)):
            held[text].append(person)
    return held


def _texts(person: Person) -> set[str]:
    """Everything that somebody's folder may be called, made plain."""
    bare = re.sub(r" \([^)]*\)$", "", person.name)
    first, _, last = bare.partition(" ")
    *firsts, final = bare.split(" ")
    names = [person.name, bare, f"{last}{first}", f"{final}{''.join(firsts)}"]
    names += [person.email, person.email.partition("@")[0], person.login, person.number]
    return {plain(name) for name in names} - {""}


def plain(text: str) -> str:
    """A name as it can be compared: letters and digits of any script, without case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.combining(sign))
