"""Chapter 14: its checks accept what is right; its figures show it; its sliders move a face."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from dcgan_course import ch14_animate as lesson
from dcgan_course.ch14_animate import truths
from dcgan_course.ch14_animate.people import FEW_PEOPLE, FEW_PHOTOGRAPHS
from dcgan_course.checking import CheckFailed
from dcgan_lib import get_settings, load_face_set
from dcgan_lib.beyond import animate


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """The small set of whole people, and a portrait in its photograph."""
    data = tmp_path_factory.mktemp("data")
    faces = load_face_set(lesson.people_faces(data, get_settings("tiny")))
    photograph = next(iter(sorted((data / "raw" / "orl-people").glob("s*/*.pgm"))))
    return faces, animate.read_portrait(photograph)


@pytest.fixture(scope="module")
def motions(people):
    faces, _ = people
    fields = animate.motions_from_middle(faces.images, animate.by_person(faces))
    return animate.principal_motions(fields, 3)


def test_the_right_answers_pass(capsys):
    lesson.check_warp_back(truths.warp_back)
    lesson.check_main_ways(truths.main_ways)
    lesson.check_fade(truths.fade)
    lesson.check_follow(truths.follow)
    assert capsys.readouterr().out.count("✓") == 4


def test_a_check_says_where_to_look():
    with pytest.raises(CheckFailed, match="y counts rows"):
        lesson.check_warp_back(lambda image, field: truths.warp_back(image, field * [1, -1]))
    with pytest.raises(CheckFailed, match="is anything subtracted"):
        lesson.check_main_ways(lambda fields, n: truths.main_ways(fields - fields.mean(0), n))
    with pytest.raises(CheckFailed, match="The border still moves"):
        lesson.check_fade(lambda side, margin: np.ones((side, side)))
    with pytest.raises(CheckFailed, match="two bends"):
        lesson.check_follow(lambda place, own, a, driving, b: own + place - driving)


def test_the_small_set_holds_whole_people(people):
    faces, _ = people
    sizes = [len(rows) for rows in animate.by_person(faces).values()]
    assert len(sizes) == FEW_PEOPLE and min(sizes) >= FEW_PHOTOGRAPHS - 1


def test_stitching_beyond_the_crop_shows_no_seam_and_keeps_the_motion(people, motions):
    _, portrait = people
    field = motions.field([2.0])
    pictures, seams, kept = lesson.stitch(portrait, field, truths.fade(64, 12))
    assert all(picture.shape == portrait.photograph.shape for picture in pictures.values())
    assert seams["untouched"] > 0.01
    assert seams["your fade"] < 0.002 and seams["beyond the crop"] < 0.002
    assert kept["your fade"] < 0.9 < kept["beyond the crop"]


def test_a_slider_moves_the_face_from_end_to_end(people, motions):
    _, portrait = people
    box = lesson.explore_motions(portrait, motions, ["turn", "tilt", "nod"])
    seen = {box.picture.value}
    for control in box.controls.values():
        for end in (control.min, control.max):
            control.value = end
            seen.add(box.picture.value)
            assert not box.message.value
        control.value = 0.0
    assert len(seen) == 7


def test_whom_a_moved_face_is_taken_for(people):
    faces, _ = people
    owners = animate.by_person(faces)

    def still(portrait, driver, film):
        yield from [portrait.face] * len(driver)

    table = lesson.identity_table(faces.images, owners, {"still": still})
    assert table.loc["still", "owner"] == 1
    assert table.loc["still", "driver"] <= 0.2
    assert 0.5 < table.loc["photographs", "owner"] <= 1


def test_its_figures_are_drawn(people, motions):
    faces, portrait = people
    images = faces.images[:4]
    field = motions.field([1.0])
    figures = [
        lesson.draw_field(images[0], images[1], field, animate.warp(images[0], field)),
        lesson.draw_motions(portrait, motions, ["turn", "tilt"]),
        lesson.draw_pairs(images, images),
        lesson.draw_reenactment({"source": images, "target": images}, rows=2),
        lesson.draw_failure(
            animate.failure_by_motion(images[:2], images[2:], animate.references(), 2)
        ),
        lesson.draw_parts(*images[:2], np.ones((64, 64, 1)), *images[2:]),
    ]
    assert all(isinstance(figure, Figure) for figure in figures)
