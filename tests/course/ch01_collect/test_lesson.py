"""Chapter 01: its checks tell right from wrong, its figures show what they say."""

from __future__ import annotations

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from dcgan_course.ch01_collect import (
    bits,
    checks as check,
    file_plots,
    people as persons,
    plots,
    widgets,
)
from dcgan_course.checking import CheckFailed
from dcgan_lib.collect.archives import unpack
from dcgan_lib.collect.collection import collect
from dcgan_lib.collect.databases import DATABASES
from dcgan_lib.collect.sources import is_photograph

ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
PAGES = (b"<!doctype html", b"<html")


@pytest.fixture(scope="module")
def orl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collect("orl", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def people(orl: Path) -> persons.People:
    return persons.read_people(orl)


def words(figure: plots.Figure) -> str:
    """Every word in a figure, outside of axes and in them."""
    texts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        texts += [text.get_text() for text in axes.texts]
        texts += [label.get_text() for label in axes.get_yticklabels()]
        texts += [axes.get_title(), axes.get_xlabel()]
    return "\n".join(texts)


# Exercise 1.1


def per_person(folder: Path) -> dict[str, int]:
    paths = [path for path in folder.rglob("*") if is_photograph(path)]
    return dict(Counter(path.parent.relative_to(folder).as_posix() for path in paths))


def test_counting_is_checked(orl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check.check_photographs_per_person(per_person, orl)
    assert "Exercise 1.1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda folder: {}, r"Expected 400 in all.*Received: 0"),
        (lambda folder: 400, "should be a dictionary. Received: 400"),
        (
            lambda folder: dict(Counter(p.parent.name for p in folder.rglob("*.pgm"))),
            "a folder of other files too.*Expected 6 in all. Received: 0",
        ),
        (
            lambda folder: dict(
                Counter(p.parent.relative_to(folder).as_posix() for p in folder.rglob("*.*"))
            ),
            "Are all subfolders looked into",
        ),
        (
            lambda folder: dict(
                Counter(p.parent.name for p in folder.rglob("*") if is_photograph(p))
            ),
            "the people are others.*as seen from the folder",
        ),
        (
            lambda folder: dict(
                Counter(p.parent.name for p in folder.glob("*/*") if is_photograph(p))
            ),
            "Expected 6 in all. Received: 3",
        ),
    ],
)
def test_wrong_counts_are_refused(wrong: Callable, message: str, orl: Path) -> None:
    with pytest.raises(CheckFailed, match=message):
        check.check_photographs_per_person(wrong, orl)


# Exercise 1.2


def changed(one: bytes, other: bytes) -> int:
    sums = [hashlib.sha256(data).hexdigest() for data in (one, other)]
    return sum(a != b for a, b in zip(*sums, strict=True))


def test_changed_digits_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    check.check_changed_digits(changed)
    assert "Exercise 1.2" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        lambda one, other: 60,
        lambda one, other: None,
        lambda one, other: 64 - changed(one, other),
        lambda one, other: sum(
            a != b
            for a, b in zip(
                hashlib.sha256(one).digest(), hashlib.sha256(other).digest(), strict=True
            )
        ),
        lambda one, other: sum(a != b for a, b in zip(one, other, strict=False)),
        lambda one, other: len(
            set(hashlib.sha256(one).hexdigest()) ^ set(hashlib.sha256(other).hexdigest())
        ),
    ],
)
def test_other_numbers_of_digits_are_refused(wrong: Callable) -> None:
    with pytest.raises(CheckFailed, match="number of digits that differ is another one"):
        check.check_changed_digits(wrong)


# Exercise 1.3


def kind(start: bytes) -> str:
    if start.startswith(ARCHIVES):
        return "archive"
    return "page" if start.lstrip().lower().startswith(PAGES) else "other"


def test_kinds_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    check.check_kind_of(kind)
    assert "Exercise 1.3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda start: "archive" if start[:2] == b"PK" else "page", "A gzip archive"),
        (lambda start: kind(start) if start[:4] != b"PK\5\6" else "other", "An empty zip archive"),
        (
            lambda start: "archive" if start.startswith(ARCHIVES)
            else "page" if start.startswith(b"<!DOCTYPE html") else "other",
            "A web page in small letters was taken for something else. Expected 'page'",
        ),
        (
            lambda start: "archive" if start.startswith(ARCHIVES)
            else "page" if start.lower().startswith(PAGES) else "other",
            "A web page after two empty lines",
        ),
        (
            lambda start: "archive" if start.startswith(ARCHIVES)
            else "page" if b"<html" in start.lower() else "other",
            "A web page after|A note that only mentions",
        ),
        (lambda start: kind(start).upper(), "Expected 'archive'. Received: 'ARCHIVE'"),
        (lambda start: kind(start) if start else None, "An empty file"),
        (lambda start: "archive" if start[:1] == b"P" else kind(start), r"A photograph \(PGM\)"),
    ],
)  # fmt: skip
def test_wrong_kinds_are_refused(wrong: Callable, message: str) -> None:
    with pytest.raises(CheckFailed, match=message):
        check.check_kind_of(wrong)


# Exercise 1.4


def safe(name: str) -> bool:
    drive = name[1:2] == ":" and name[0].isalpha()
    return not (name.startswith("/") or ".." in name.split("/") or "\\" in name or drive)


def test_safe_names_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    check.check_is_safe(safe)
    assert "Exercise 1.4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda name: True, r"disagree on '../1.pgm'. Expected False. Received: True"),
        (lambda name: False, "disagree on 's1/1.pgm'"),
        (lambda name: None if safe(name) else False, "Received: None"),
        (lambda name: safe(name) and ".." not in name, "one..pgm"),
        (lambda name: safe(name) or name.startswith("/"), "disagree on '/1.pgm'"),
        (lambda name: safe(name) or "\\" in name, "on Windows"),
        (lambda name: safe(name) or name[1:2] == ":", "disagree on 'C:/1.pgm'"),
        (lambda name: safe(name) and ":" not in name, "10 o'clock"),
        (lambda name: safe(name) or name[0] != ".", "s1/../../1.pgm"),
    ],
)
def test_wrong_verdicts_are_refused(wrong: Callable, message: str) -> None:
    with pytest.raises(CheckFailed, match=message):
        check.check_is_safe(wrong)


@pytest.mark.parametrize("name", check.MEMBER_NAMES)
def test_the_library_does_what_the_check_says(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr(name, b"face")
    if check.library_accepts(name):
        assert unpack(tmp_path / "a.zip", tmp_path / "out") == 1
    else:
        with pytest.raises(ValueError, match="was refused"):
            unpack(tmp_path / "a.zip", tmp_path / "out")


def test_refused_members_are_those_that_land_outside() -> None:
    table = check.landings()
    assert list(table.index) == list(check.MEMBER_NAMES)
    inside = table["on Linux"].str.startswith("/home/me/faces/") & table[
        "on Windows"
    ].str.startswith("C:\\me\\faces\\")
    assert list(inside) == [check.library_accepts(name) for name in check.MEMBER_NAMES]


# Figures


def test_people_are_read_in_the_order_of_their_numbers(people: persons.People) -> None:
    assert list(people) == [f"s{number}" for number in range(1, 41)]
    assert {len(row) for row in people.values()} == {10}
    assert {photograph.shape for photograph in people["s9"]} == {(112, 92, 3)}


def test_a_sheet_has_a_row_for_each_label(people: persons.People) -> None:
    grid = plots.draw_sheet({"a": people["s1"], "b": people["s2"][:3]}).axes[0].get_images()[0]
    pixels = np.asarray(grid.get_array())
    assert pixels.shape == (2 * 116 + 4, 10 * 96 + 4, 3)
    assert np.array_equal(pixels[4:116, 4:96], people["s1"][0])
    assert (pixels[120:232, 4 + 3 * 96 :] == 255).all()  # the shorter row ends in white
    assert "40 people" in words(plots.draw_faces_of_all(people))


def test_photographs_of_other_sizes_fit_a_sheet() -> None:
    wide, one = np.zeros((50, 400, 3), np.uint8), np.zeros((1, 1, 3), np.uint8)
    pixels = np.asarray(plots.draw_sheet({"a": [wide, one]}).axes[0].get_images()[0].get_array())
    assert (pixels[60, 10:90] == 0).all() and (pixels[10] == 255).all()


@pytest.mark.parametrize("number", [1, 40])
def test_a_person_is_drawn_with_all_photographs(people: persons.People, number: int) -> None:
    figure = plots.draw_person(people, number)
    assert f"s{number}: 10 photographs" in words(figure) and "6–10" in words(figure)


@pytest.mark.parametrize("number", [0, 41])
def test_nobody_beyond_the_last_is_drawn(people: persons.People, number: int) -> None:
    with pytest.raises(ValueError, match=rf"There are 40 people. Received: number={number}"):
        plots.draw_person(people, number)


def test_brightness_goes_from_dark_to_light(people: persons.People) -> None:
    axes = plots.draw_brightness(people).axes[0]
    assert len(axes.get_xticks()) == 40 and len(axes.lines) == 80
    means = [np.mean(line.get_ydata()) for line in axes.lines[1::2]]
    assert means == sorted(means)


def test_spread_splits_the_whole_variance(people: persons.People) -> None:
    maps = persons.deviations(people)
    everything = np.stack([p for row in people.values() for p in row]).mean(axis=-1)
    assert np.allclose(maps["between"] ** 2 + maps["within"] ** 2, everything.var(axis=0))
    assert np.allclose(maps["mean"], everything.mean(axis=0))
    assert (maps["between"] ** 2).mean() > (maps["within"] ** 2).mean()  # as the chapter says
    assert "between people\n58% of the variance" in words(plots.draw_spread(people))


@pytest.mark.parametrize("name", list(DATABASES))
def test_a_card_shows_all_of_the_terms(name: str) -> None:
    figure = plots.draw_card(name)
    shown = " ".join(words(figure).split())
    assert DATABASES[name].terms in shown and DATABASES[name].licence in shown
    renderer = FigureCanvasAgg(figure).get_renderer()
    lowest = min(text.get_window_extent(renderer).y0 for text in figure.texts)
    assert lowest > 0  # nothing runs off the card


@pytest.mark.parametrize(("bit", "value"), [(0, 1), (7, 128), (8, 256), (15, 32768)])
def test_one_bit_is_turned_over(bit: int, value: int) -> None:
    assert int.from_bytes(bits.flip_bit(bytes(2), bit), "little") == value
    assert bits.flip_bit(bits.flip_bit(b"face", bit), bit) == b"face"


@pytest.mark.parametrize(("byte", "bit"), [(0, 0), (0, 7), (14, 0), (10_317, 0), (10_317, 7)])
def test_a_flipped_bit_changes_the_checksum(orl: Path, byte: int, bit: int) -> None:
    data = (orl / "s1" / "1.pgm").read_bytes()
    count = changed(data, bits.flip_bit(data, byte * 8 + bit))
    figure = file_plots.draw_flipped_bit(data, byte, bit)
    assert f"{count} of 64 digits differ" in words(figure)
    readable = len(figure.axes[1].get_images()) == 1
    assert readable == (byte >= 14) and len(figure.axes[1].lines) == (byte >= 14)


@pytest.mark.parametrize(("byte", "bit"), [(-1, 0), (4, 0), (0, 8)])
def test_bits_that_are_not_there_are_refused(byte: int, bit: int) -> None:
    with pytest.raises(ValueError, match="There are 4 bytes of 8 bits"):
        file_plots.draw_flipped_bit(b"face", byte, bit)


def test_changed_digits_are_counted_beside_chance() -> None:
    axes = file_plots.draw_changed_digits([60] * 7 + [0, 64]).axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert (heights[60], heights[0], heights[64]) == (7, 1, 1)
    assert sum(axes.lines[0].get_ydata()) == pytest.approx(9)


def test_first_bytes_are_shown_as_numbers_and_letters() -> None:
    shown = words(file_plots.draw_first_bytes({"a.zip": b"PK\x03\x04", "nothing": b""}))
    assert {"a.zip", "50", "4b", "P", "K", "03", "nothing"} <= set(shown.split("\n"))


def test_gender_shades_shows_twelve_rates() -> None:
    axes = plots.draw_gender_shades().axes[0]
    assert sorted(bar.get_width() for bar in axes.patches)[-1] == 34.7
    assert len(axes.patches) == 12


# Widgets


def test_the_menu_changes_the_card() -> None:
    box = widgets.explore_databases()
    before = box.picture.value
    box.controls["name"].value = "celeba"
    assert box.picture.value != before and box.message.value == ""


def test_the_slider_changes_the_person(people: persons.People) -> None:
    box = widgets.explore_people({name: people[name] for name in ("s1", "s2")})
    before = box.picture.value
    box.controls["number"].value = 2
    assert box.picture.value != before
    box.controls["number"].max = 3
    box.controls["number"].value = 3
    assert "There are 2 people" in box.message.value


def test_the_sliders_change_the_bit(orl: Path) -> None:
    box = widgets.explore_flipped_bit((orl / "s1" / "1.pgm").read_bytes())
    pictures = {box.picture.value}
    for byte, bit in ((0, 0), (10_317, 7)):
        box.controls["byte"].value, box.controls["bit"].value = byte, bit
        pictures.add(box.picture.value)
    assert len(pictures) == 3 and box.message.value == ""
