"""Motion without a network: fields, flow, principal motions, stitching, portraits and films."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image

from dcgan_lib import load_face_set
from dcgan_lib.beyond import animate
from dcgan_lib.beyond.animate.command import MARK
from dcgan_lib.evaluate import ms_ssim
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.films import read_mp4, with_caption, write_gif, write_mp4

SIDE = 64


@pytest.fixture(scope="module")
def faces_of_people(faces):
    return load_face_set(faces)


@pytest.fixture(scope="module")
def person(faces_of_people):
    rows = next(iter(animate.by_person(faces_of_people).values()))
    return faces_of_people.images[rows]


@pytest.fixture(scope="module")
def fields(faces_of_people):
    people = animate.by_person(faces_of_people)
    return animate.motions_from_middle(faces_of_people.images, people)


def constant(x, y, side=SIDE):
    return np.full((side, side, 2), [x, y], np.float32)


def swirl(amount=2.0):
    rows, columns = np.mgrid[:SIDE, :SIDE] * (2 * np.pi / SIDE)
    return (amount * np.dstack([np.sin(rows), np.cos(columns)])).astype(np.float32)


def test_a_field_of_whole_pixels_shifts_the_picture(person):
    moved = animate.warp(person[0], constant(3, -2))
    assert np.array_equal(moved[2:, :-3], person[0][:-2, 3:])
    assert np.array_equal(moved[:, -1], moved[:, -4])  # beyond the edge, the outermost go on


def test_a_warp_stays_in_the_range_of_its_picture(person):
    face = person[0].astype(np.float32) / 127.5 - 1
    moved = animate.warp(face, swirl(4))
    assert moved.dtype == np.float32 and moved.min() >= face.min() and moved.max() <= face.max()
    with pytest.raises(CourseError, match=r"can't be warped.*\(32, 32, 2\).*resize_field"):
        animate.warp(face, constant(0, 0, 32))


def test_a_tapered_field_leaves_the_border_where_it_is():
    tapered = animate.taper(swirl(), 12)
    border = np.concatenate([tapered[0], tapered[-1], tapered[:, 0], tapered[:, -1]])
    assert not border.any()
    assert np.array_equal(tapered[12:-12, 12:-12], swirl()[12:-12, 12:-12])
    assert np.array_equal(animate.taper(swirl(), 0), swirl())
    for margin in (-1, 33):
        with pytest.raises(CourseError, match="from 0 to 32"):
            animate.taper(swirl(), margin)


def test_a_larger_picture_moves_by_longer_ways():
    assert np.allclose(animate.resize_field(constant(1, -2), 128), constant(2, -4, 128))
    assert animate.extend(constant(1, 2), 5).shape == (SIDE + 10, SIDE + 10, 2)


def test_optical_flow_finds_a_motion_that_is_known(person):
    field = swirl()
    found = animate.optical_flow(person[0], animate.warp(person[0], field))
    inner = np.s_[8:-8, 8:-8]
    off = np.hypot(*np.moveaxis(found[inner] - field[inner], -1, 0))
    assert np.median(off) < 0.5


def test_the_best_affine_finds_an_affine_and_gives_up_in_peace(person):
    field = constant(3, -2)
    found = animate.best_affine(person[0], animate.warp(person[0], field))
    assert np.abs(found[16:-16, 16:-16] - field[16:-16, 16:-16]).max() < 0.5
    flat = np.zeros_like(person[0])
    assert not animate.best_affine(flat, flat).any()


def test_flow_brings_a_photograph_to_the_pose_of_another(person):
    sources, targets = person[:4], person[1:5]
    table = animate.measure_reenactment(sources, targets, animate.references())
    assert table.loc["optical flow", "MS-SSIM"] > table.loc["source unmoved", "MS-SSIM"] + 0.1
    assert table.loc["source unmoved", "sharpness"] == 1
    assert (table["L1"] > 0).all()


def test_principal_motions_are_orthogonal_and_the_largest_first(faces_of_people, fields):
    people = animate.by_person(faces_of_people)
    assert len(fields) == len(faces_of_people.names) - len(people)
    motions = animate.principal_motions(fields, 4)
    rows = motions.fields.reshape(4, -1)
    products = rows @ rows.T
    assert np.allclose(products, np.diag(np.diag(products)), atol=1e-2 * products.max())
    assert (np.diff(motions.shares) < 0).all() and motions.shares.sum() < 1
    assert np.allclose(motions.amounts(motions.field([1, -2, 0.5])), [1, -2, 0.5, 0], atol=1e-3)


def test_too_few_photographs_of_a_person_are_named(faces_of_people):
    alone = type(faces_of_people)(faces_of_people.images[:2], ["s1/1.png", "s2/1.png"])
    with pytest.raises(CourseError, match="no two of one person"):
        animate.by_person(alone)
    with pytest.raises(CourseError, match="from 1 to 3"):
        animate.principal_motions(np.zeros((3, 4, 4, 2)), 4)


def test_a_portrait_moves_in_its_photograph_without_a_seam(orl_photographs):
    portrait = animate.read_portrait(orl_photographs / "s2" / "1.pgm")
    assert portrait.photograph.shape == (112, 92, 3) and portrait.face.shape == (64, 64, 3)
    field = animate.taper(constant(3, 0), 4) + constant(2, 0)
    moved = animate.move_portrait(portrait, field)
    square = animate.wider_square(portrait)
    assert animate.seam(portrait.photograph, moved, *square) < 0.002
    assert np.abs(moved.astype(int) - portrait.photograph).mean() > 2
    assert np.array_equal(animate.move_portrait(portrait, 0 * field), portrait.photograph)


def test_a_generated_face_is_a_portrait_as_it_is(person):
    portrait = animate.portrait_of(person[0])
    assert np.array_equal(portrait.face, person[0]) and portrait.side == SIDE


def test_what_shows_no_face_is_refused(tmp_path):
    with pytest.raises(CourseError, match="no face to move"):
        animate.portrait_of(np.full((200, 150, 3), 90, np.uint8))
    with pytest.raises(CourseError, match="there is no such file"):
        animate.read_portrait(tmp_path / "nobody.png")


def test_a_crop_beyond_the_photograph_is_pasted_as_far_as_it_goes():
    photograph, crop = np.zeros((20, 30, 3), np.uint8), np.full((10, 10, 3), 200, np.uint8)
    pasted = animate.paste_back(photograph, crop, -4, 15, 10)
    assert (pasted[15:, :6] == 200).all() and pasted.sum() == 200 * 5 * 6 * 3
    assert not photograph.any()
    with pytest.raises(CourseError, match="can't be pasted back"):
        animate.paste_back(photograph, crop, 31, 0, 10)


def test_the_share_of_a_motion_that_is_kept():
    field = swirl()
    assert animate.motion_kept(field, field) == pytest.approx(1)
    assert animate.motion_kept(field, field / 2) == pytest.approx(0.5)
    assert animate.motion_kept(0 * field, field) == 1


def test_a_portrait_follows_a_folder_and_a_film(person, orl_photographs, tmp_path):
    for number, face in enumerate(person[:3]):
        Image.fromarray(face).save(tmp_path / f"{number}.png")
    faces, film = animate.driver_faces(tmp_path)
    assert not film and np.array_equal(faces, person[:3])
    portrait = animate.read_portrait(orl_photographs / "s2" / "1.pgm")
    frames = list(animate.follow_by_flow(portrait, faces, film))
    assert len(frames) == animate.frame_count(faces, film) == 24
    assert np.array_equal(frames[0], portrait.photograph)  # the first face is where it starts
    steps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(frames)]
    assert max(steps) < 12  # no jump

    photograph = animate.read_portrait(orl_photographs / "s3" / "1.pgm").photograph
    shifted = [np.roll(photograph, by, axis=1) for by in (0, 2, 4, 6)]
    write_mp4(np.stack(shifted), tmp_path / "driver.mp4", rate=12.5)
    faces, film = animate.driver_faces(tmp_path / "driver.mp4")
    assert film and len(faces) == 4
    moved = [animate.smooth_flow(faces[0], face)[16:48, 16:48, 0].mean() for face in faces]
    assert moved == sorted(moved, reverse=True) and moved[-1] < -1  # one square for all frames


def test_a_driver_that_does_not_move_is_refused(tmp_path):
    with pytest.raises(CourseError, match=r"no motion to follow.*Choose another --driver"):
        animate.driver_faces(tmp_path)
    with pytest.raises(CourseError, match="no motion to follow"):
        animate.driver_faces(tmp_path / "nothing.mp4")


def test_motion_of_a_film_is_recognised_in_another(faces_of_people, person, fields):
    motions = animate.principal_motions(fields, 3)
    ways = [motions.field([amount]) for amount in (0, 1, 2, 1, 0, -1)]
    driver, made = (
        np.stack([animate.warp(face, field) for field in ways])
        for face in (person[0], faces_of_people.images[-1])
    )
    assert animate.motion_correlation(driver, made, motions)[0] > 0.9


def test_identity_is_verified_at_a_rate_of_false_accepts(faces_of_people):
    people = animate.by_person(faces_of_people)
    images = faces_of_people.images
    strict, loose = (animate.false_accept_threshold(images, people, rate) for rate in (0.01, 0.2))
    assert strict < loose
    own = [rows for rows in people.values() for _ in rows]
    real = images[np.concatenate(list(people.values()))]
    assert animate.identity_kept(real, own, images, strict) == 1  # each is among its owner's
    others = [*own[6:], *own[:6]]
    assert animate.identity_kept(real, others, images, strict) < 0.1
    kept = [animate.real_identity_kept(images, people, limit) for limit in (strict, loose)]
    assert 0.4 < kept[0] <= kept[1]


def test_failure_grows_with_the_motion(faces_of_people):
    pairs = animate.pairs_within(animate.by_person(faces_of_people), 4)
    table = animate.failure_by_motion(
        faces_of_people.images[pairs[:, 0]],
        faces_of_people.images[pairs[:, 1]],
        animate.references(),
        bins=2,
    )
    assert table.index.is_monotonic_increasing
    assert table["source unmoved"].iloc[0] > table["source unmoved"].iloc[1]


def test_a_film_carries_its_mark_in_picture_and_metadata(person, tmp_path):
    frames = [with_caption(face, MARK) for face in person[:3]]
    assert frames[0].shape[1] == 256 and frames[0].shape[0] > 256 + 20
    strip = frames[0][-24:]
    assert strip.max() > 240 and strip.min() < 90  # dark letters on a light strip
    write_gif(frames, tmp_path / "film.gif", mark=MARK)
    with Image.open(tmp_path / "film.gif") as film:
        assert film.info["comment"] == MARK.encode()
    write_mp4(np.stack(frames), tmp_path / "film.mp4", mark=MARK)
    data = (tmp_path / "film.mp4").read_bytes()
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in data and MARK.encode() in data
    assert len(read_mp4(tmp_path / "film.mp4")) == 3
    back = read_mp4(tmp_path / "film.mp4")[0][:256, :256]
    face = cv2.resize(person[0], (256, 256), interpolation=cv2.INTER_CUBIC)
    assert ms_ssim(back[None], face[None])[0] > 0.9
