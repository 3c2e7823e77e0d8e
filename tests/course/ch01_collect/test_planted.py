"""Chapter 01: what students write, right and wrong, through the visible check and the mark."""

import hashlib
import os
import re
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
import pandas as pd
import pytest

from dcgan_lib.collect.sources import is_photograph
from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()


# 1.1: photographs per person


@planted.right("photographs-per-person")
def by_walking(folder):
    counts = {}
    for place, _, files in os.walk(folder):
        photographs = [name for name in files if is_photograph(Path(place, name))]
        if photographs:
            counts[os.path.relpath(place, folder).replace(os.sep, "/")] = len(photographs)
    return counts


@planted.right("photographs-per-person")
def by_counter(folder):
    photographs = filter(is_photograph, folder.glob("**/*"))
    return Counter(str(PurePosixPath(path.relative_to(folder)).parent) for path in photographs)


@planted.right("photographs-per-person")
def by_pandas(folder):
    paths = [path for path in folder.rglob("*") if is_photograph(path)]
    people = pd.Series([path.relative_to(folder).parent.as_posix() for path in paths])
    return people.value_counts().to_dict()


@planted.right("photographs-per-person")
def by_defaultdict(folder):
    counts = defaultdict(int)
    for path in sorted(folder.rglob("*.*")):
        counts[path.parent.relative_to(folder).as_posix()] += is_photograph(path)
    return {person: count for person, count in counts.items() if count}


@planted.wrong("photographs-per-person")
def every_file(folder):
    return Counter(
        path.parent.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@planted.wrong("photographs-per-person")
def pgm_files_alone(folder):
    return Counter(path.parent.relative_to(folder).as_posix() for path in folder.rglob("*.pgm"))


@planted.wrong("photographs-per-person")
def endings_in_small_letters_alone(folder):
    endings = {".jpg", ".jpeg", ".png", ".pgm", ".bmp", ".webp", ".tif", ".tiff"}
    found = [path for path in folder.rglob("*") if path.suffix in endings]
    return Counter(path.parent.relative_to(folder).as_posix() for path in found)


@planted.wrong("photographs-per-person")
def the_first_level_alone(folder):
    counts = {}
    for person in folder.iterdir():
        if person.is_dir():
            count = sum(map(is_photograph, person.iterdir()))
            if count:
                counts[person.name] = count
    return counts


@planted.wrong("photographs-per-person")
def by_the_last_folders_name(folder):
    return Counter(path.parent.name for path in folder.rglob("*") if is_photograph(path))


@planted.wrong("photographs-per-person")
def by_the_whole_path(folder):
    return Counter(str(path.parent) for path in folder.rglob("*") if is_photograph(path))


@planted.wrong("photographs-per-person")
def by_the_first_folders_name(folder):
    found = [path.relative_to(folder) for path in folder.rglob("*") if is_photograph(path)]
    return Counter(path.parts[0] for path in found)


@planted.wrong("photographs-per-person")
def one_for_each_folder(folder):
    return {
        path.parent.relative_to(folder).as_posix(): 1
        for path in folder.rglob("*")
        if is_photograph(path)
    }


@planted.wrong("photographs-per-person")
def the_number_of_people(folder):
    return len({path.parent for path in folder.rglob("*") if is_photograph(path)})


@planted.wrong("photographs-per-person")
def an_empty_dictionary(folder):
    return {}


# 1.2: digits of a checksum that change


def digest(data):
    return hashlib.sha256(data).hexdigest()


@planted.right("changed-digits")
def by_index(one, other):
    a, b = digest(one), digest(other)
    changed = 0
    for place in range(64):
        if a[place] != b[place]:
            changed += 1
    return changed


@planted.right("changed-digits")
def by_whole_numbers(one, other):
    difference = int(digest(one), 16) ^ int(digest(other), 16)
    return sum((difference >> 4 * place) & 15 != 0 for place in range(64))


@planted.right("changed-digits")
def by_arrays(one, other):
    a, b = (np.frombuffer(digest(data).encode(), np.uint8) for data in (one, other))
    return np.count_nonzero(a != b)


@planted.right("changed-digits")
def what_is_left_of_64(one, other):
    hashes = hashlib.new("sha256", one), hashlib.new("sha256", other)
    return 64 - sum(map(str.__eq__, *(made.hexdigest() for made in hashes)))


@planted.wrong("changed-digits")
def digits_that_stay(one, other):
    return sum(a == b for a, b in zip(digest(one), digest(other), strict=True))


@planted.wrong("changed-digits")
def bytes_of_the_checksum(one, other):
    a, b = hashlib.sha256(one).digest(), hashlib.sha256(other).digest()
    return sum(x != y for x, y in zip(a, b, strict=True))


@planted.wrong("changed-digits")
def bits_of_the_checksum(one, other):
    return (int(digest(one), 16) ^ int(digest(other), 16)).bit_count()


@planted.wrong("changed-digits")
def bytes_of_the_files(one, other):
    return sum(x != y for x, y in zip(one, other, strict=False))


@planted.wrong("changed-digits")
def sets_of_digits(one, other):
    return len(set(digest(one)) - set(digest(other)))


@planted.wrong("changed-digits")
def another_checksum(one, other):
    a, b = hashlib.md5(one).hexdigest(), hashlib.md5(other).hexdigest()
    return sum(x != y for x, y in zip(a, b, strict=True))


@planted.wrong("changed-digits")
def all_or_none(one, other):
    return 0 if digest(one) == digest(other) else 64


@planted.wrong("changed-digits")
def the_prediction(one, other):
    return 60


@planted.wrong("changed-digits")
def up_to_the_first_change(one, other):
    for place, (a, b) in enumerate(zip(digest(one), digest(other), strict=True)):
        if a != b:
            return 64 - place
    return 0


# 1.3: archive or web page

ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
PAGES = (b"<!doctype html", b"<html")


def page_or_other(start):
    return "page" if start.lstrip().lower().startswith(PAGES) else "other"


@planted.right("kind-of")
def by_patterns(start):
    if re.match(rb"PK\x03\x04|PK\x05\x06|\x1f\x8b|BZh|\xfd7zXZ\x00", start):
        return "archive"
    return "page" if re.match(rb"\s*(<!doctype html|<html)", start, re.IGNORECASE) else "other"


@planted.right("kind-of")
def by_slices(start):
    kinds = {head: "archive" for head in ARCHIVES}
    for head, kind in kinds.items():
        if start[: len(head)] == head:
            return kind
    text = start.strip().lower()
    return "page" if text[:14] == PAGES[0] or text[:5] == PAGES[1] else "other"


@planted.right("kind-of")
def by_text(start):
    if any(start.startswith(head) for head in ARCHIVES):
        return "archive"
    text = start.decode("ascii", errors="replace").lstrip(" \t\r\n").casefold()
    return "page" if text.startswith(("<html", "<!doctype html")) else "other"


@planted.wrong("kind-of")
def pk_is_enough(start):
    heads = (b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
    return "archive" if start.startswith(heads) else page_or_other(start)


@planted.wrong("kind-of")
def empty_zips_forgotten(start):
    heads = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
    return "archive" if start.startswith(heads) else page_or_other(start)


@planted.wrong("kind-of")
def one_byte_of_gzip(start):
    return "archive" if start.startswith((*ARCHIVES, b"\x1f")) else page_or_other(start)


@planted.wrong("kind-of")
def two_letters_of_bzip(start):
    return "archive" if start.startswith((*ARCHIVES, b"BZ")) else page_or_other(start)


@planted.wrong("kind-of")
def xz_without_its_zero(start):
    return "archive" if start.startswith((*ARCHIVES, b"\xfd7zXZ")) else page_or_other(start)


@planted.wrong("kind-of")
def xz_forgotten(start):
    return "archive" if start.startswith(ARCHIVES[:4]) else page_or_other(start)


@planted.wrong("kind-of")
def heads_anywhere(start):
    return "archive" if any(head in start for head in ARCHIVES) else page_or_other(start)


@planted.wrong("kind-of")
def space_before_archives_too(start):
    return "archive" if start.lstrip().startswith(ARCHIVES) else page_or_other(start)


@planted.wrong("kind-of")
def pages_as_the_table_writes_them(start):
    if start.startswith(ARCHIVES):
        return "archive"
    return "page" if start.lstrip().startswith(PAGES) else "other"


@planted.wrong("kind-of")
def pages_without_space_before(start):
    if start.startswith(ARCHIVES):
        return "archive"
    return "page" if start.lower().startswith(PAGES) else "other"


@planted.wrong("kind-of")
def pages_after_spaces_and_lines_but_no_tab(start):
    if start.startswith(ARCHIVES):
        return "archive"
    return "page" if start.lstrip(b" \r\n").lower().startswith(PAGES) else "other"


@planted.wrong("kind-of")
def html_anywhere(start):
    if start.startswith(ARCHIVES):
        return "archive"
    return "page" if b"html" in start.lower() else "other"


@planted.wrong("kind-of")
def every_file_is_text(start):
    text = start.decode("utf-8")
    return "archive" if text.startswith("PK") else page_or_other(start)


@planted.wrong("kind-of")
def text_against_bytes(start):
    return "archive" if str(start).startswith("PK") else page_or_other(start)


# 1.4: names that stay inside


@planted.right("is-safe")
def by_pathlib(name):
    drive = re.match("[A-Za-z]:", name)
    posix = PurePosixPath(name)
    plain = PureWindowsPath(name).as_posix() == name or "\\" not in name
    return not posix.is_absolute() and ".." not in posix.parts and not drive and plain


@planted.right("is-safe")
def by_one_pattern(name):
    return re.search(r"^/|\\|^[A-Za-z]:|(^|/)\.\.(/|$)", name) is None


@planted.right("is-safe")
def one_rule_after_another(name):
    if name.startswith("/"):
        return False
    for part in name.split("/"):
        if part == "..":
            return False
    if "\\" in name:
        return False
    return not (len(name) > 1 and name[1] == ":" and name[0].isalpha())


@planted.right("is-safe")
def a_verdict_of_numpys(name):
    drive = name[1:2] == ":" and name[:1].lower() in "abcdefghijklmnopqrstuvwxyz"
    rules = [name[:1] != "/", ".." not in name.split("/"), "\\" not in name, not drive]
    return np.all(rules)


def has_drive(name):
    return name[1:2] == ":" and name[0].isalpha()


@planted.wrong("is-safe")
def two_dots_anywhere(name):
    return not (name.startswith("/") or ".." in name or "\\" in name or has_drive(name))


@planted.wrong("is-safe")
def two_dots_at_the_start_alone(name):
    return not (name.startswith(("/", "..")) or "\\" in name or has_drive(name))


@planted.wrong("is-safe")
def where_the_path_comes_out(name):
    landing = os.path.normpath(name)
    return not (landing.startswith(("/", "../")) or landing == ".." or "\\" in name)


@planted.wrong("is-safe")
def without_backslashes_rule(name):
    return not (name.startswith("/") or ".." in name.split("/") or has_drive(name))


@planted.wrong("is-safe")
def without_drives_rule(name):
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name)


@planted.wrong("is-safe")
def any_colon(name):
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name)


@planted.wrong("is-safe")
def any_second_colon(name):
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name or name[1:2] == ":")


@planted.wrong("is-safe")
def drives_in_capitals_alone(name):
    drive = name[1:2] == ":" and name[0].isupper()
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name or drive)


@planted.wrong("is-safe")
def absolute_names_let_in(name):
    return not (".." in name.split("/") or "\\" in name or has_drive(name))


@planted.wrong("is-safe")
def the_other_way_round(name):
    return name.startswith("/") or ".." in name.split("/") or "\\" in name or has_drive(name)


@planted.wrong("is-safe")
def the_match_itself(name):
    return None if re.search(r"^/|\\|^[A-Za-z]:|(^|/)\.\.(/|$)", name) else "safe"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory, orl_photographs):
    return SolvedChapter("01", tmp_path_factory.mktemp("asked"), orl=orl_photographs)


class TestAnswers(PlantedTests):
    planted = planted
