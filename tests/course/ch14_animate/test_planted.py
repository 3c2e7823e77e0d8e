"""Chapter 14: what students might write, before the visible check and before the mark."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
warp_of, ways_of, fade_of, follow_of = "warp-back", "main-ways", "fade", "follow"


def places(image, field):
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    return rows + field[..., 1], columns + field[..., 0]


@planted.right(warp_of)
def uses_scipy(image, field):
    return map_coordinates(image, places(image, field), order=1, mode="nearest")


@planted.right(warp_of)
def goes_pixel_by_pixel(image, field):
    height, width = image.shape
    warped = np.zeros_like(image)
    for row, column in np.ndindex(height, width):
        x = min(max(column + field[row, column, 0], 0), width - 1)
        y = min(max(row + field[row, column, 1], 0), height - 1)
        left, top = int(x), int(y)
        for down, right in np.ndindex(2, 2):
            share = abs(1 - right - x + left) * abs(1 - down - y + top)
            pixel = image[min(top + down, height - 1), min(left + right, width - 1)]
            warped[row, column] += share * pixel
    return warped


@planted.right(warp_of)
def sums_over_tents(image, field):
    height, width = image.shape
    y, x = places(image, field)
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    down = np.maximum(0, 1 - np.abs(y[..., None] - np.arange(height)))
    right = np.maximum(0, 1 - np.abs(x[..., None] - np.arange(width)))
    return np.einsum("rcy,yx,rcx->rc", down, image, right)


@planted.wrong(warp_of)
def takes_the_nearest_pixel(image, field):
    return map_coordinates(image, places(image, field), order=0, mode="nearest")


@planted.wrong(warp_of)
def goes_the_other_way(image, field):
    return uses_scipy(image, -field)


@planted.wrong(warp_of)
def swaps_x_and_y(image, field):
    return uses_scipy(image, field[..., ::-1])


@planted.wrong(warp_of)
def is_black_beyond_the_edge(image, field):
    return map_coordinates(image, places(image, field), order=1, mode="constant")


@planted.wrong(warp_of)
def comes_in_again_on_the_other_side(image, field):
    return map_coordinates(image, places(image, field), order=1, mode="grid-wrap")


@planted.wrong(warp_of)
def moves_sideways_only(image, field):
    return uses_scipy(image, field * [1, 0])


@planted.wrong(warp_of)
def rounds_to_bytes(image, field):
    return np.round(uses_scipy(image, field))


@planted.right(ways_of)
def asks_the_covariance(fields, count):
    values, vectors = np.linalg.eigh(fields.T @ fields)
    return vectors[:, ::-1][:, :count].T, values[::-1][:count] / values.sum()


@planted.right(ways_of)
def turns_every_direction_round(fields, count):
    _, lengths, directions = np.linalg.svd(fields)
    return -directions[:count], np.square(lengths)[:count] / np.square(lengths).sum()


@planted.right(ways_of)
def asks_the_smaller_side(fields, count):
    values, vectors = np.linalg.eigh(fields @ fields.T)
    values, vectors = values[::-1][:count], vectors[:, ::-1][:, :count]
    return (vectors / np.sqrt(values)).T @ fields, values / (fields**2).sum()


def ways(fields, count, power=2, keep=slice(None)):
    _, lengths, directions = np.linalg.svd(fields, full_matrices=False)
    return directions[keep][:count], lengths[keep][:count] ** power / (lengths**power).sum()


@planted.wrong(ways_of)
def centres_the_fields(fields, count):
    return ways(fields - fields.mean(axis=0), count)


@planted.wrong(ways_of)
def forgets_to_square(fields, count):
    return ways(fields, count, power=1)


@planted.wrong(ways_of)
def gives_the_last_ones(fields, count):
    return ways(fields, count, keep=slice(None, None, -1))


@planted.wrong(ways_of)
def gives_columns(fields, count):
    directions, shares = ways(fields, count)
    return directions.T, shares


@planted.wrong(ways_of)
def scales_by_the_singular_values(fields, count):
    directions, shares = ways(fields, count)
    return directions * np.sqrt(shares)[:, None], shares


@planted.wrong(ways_of)
def shares_what_it_gives(fields, count):
    directions, shares = ways(fields, count)
    return directions, shares / shares.sum()


@planted.wrong(ways_of)
def gives_the_longest_fields(fields, count):
    lengths = (fields**2).sum(axis=1)
    longest = np.argsort(-lengths)[:count]
    return fields[longest] / np.sqrt(lengths[longest])[:, None], lengths[longest] / lengths.sum()


def ramps(side, margin, ramp):
    along = np.minimum(np.arange(side), np.arange(side)[::-1])
    return ramp(np.clip(along / margin, 0, 1))


@planted.right(fade_of)
def squares_a_sine(side, margin):
    ramp = ramps(side, margin, lambda share: np.sin(np.pi * share / 2) ** 2)
    return ramp[:, None] * ramp


@planted.right(fade_of)
def goes_factor_by_factor(side, margin):
    def factor(place):
        from_border = min(place, side - 1 - place, margin)
        return (1 - np.cos(np.pi * from_border / margin)) / 2

    return np.array(
        [[factor(row) * factor(column) for column in range(side)] for row in range(side)]
    )


@planted.right(fade_of)
def pads_a_middle(side, margin):
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(side) / margin)
    rise[margin:] = 1
    along = np.minimum(rise, rise[::-1])
    return np.multiply.outer(along, along)


@planted.wrong(fade_of)
def rises_in_a_line(side, margin):
    ramp = ramps(side, margin, lambda share: share)
    return np.outer(ramp, ramp)


@planted.wrong(fade_of)
def takes_the_smaller_factor(side, margin):
    ramp = ramps(side, margin, lambda share: 0.5 - 0.5 * np.cos(np.pi * share))
    return np.minimum(ramp[:, None], ramp)


@planted.wrong(fade_of)
def starts_one_pixel_early(side, margin):
    along = np.minimum(np.arange(side), np.arange(side)[::-1]) + 1
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, along / margin))
    return np.outer(ramp, ramp)


@planted.wrong(fade_of)
def fades_the_middle(side, margin):
    return 1 - squares_a_sine(side, margin)


@planted.wrong(fade_of)
def fades_rows_alone(side, margin):
    ramp = ramps(side, margin, lambda share: 0.5 - 0.5 * np.cos(np.pi * share))
    return np.repeat(ramp[:, None], side, axis=1)


@planted.wrong(fade_of)
def swings_all_the_way(side, margin):
    ramp = ramps(side, margin, lambda share: 0.5 - 0.5 * np.cos(2 * np.pi * share))
    return np.outer(ramp, ramp)


@planted.wrong(fade_of)
def blurs_a_square(side, margin):
    square = np.zeros((side, side))
    square[margin : side - margin, margin : side - margin] = 1
    return cv2.GaussianBlur(square, (0, 0), margin / 3)


@planted.right(follow_of)
def solves_instead_of_inverting(place, own, own_bend, driving, driving_bend):
    return own + own_bend @ np.linalg.solve(driving_bend, place - driving)


@planted.right(follow_of)
def uses_einsum(place, own, own_bend, driving, driving_bend):
    return own + np.einsum("ij,jk,k->i", own_bend, np.linalg.inv(driving_bend), place - driving)


@planted.right(follow_of)
def inverts_by_hand(place, own, own_bend, driving, driving_bend):
    (a, b), (c, d) = driving_bend
    unbent = np.array([[d, -b], [-c, a]]) @ (place - driving) / (a * d - b * c)
    return own_bend @ unbent + own


@planted.wrong(follow_of)
def leaves_the_bends_out(place, own, own_bend, driving, driving_bend):
    return own + place - driving


@planted.wrong(follow_of)
def multiplies_the_other_way(place, own, own_bend, driving, driving_bend):
    return own + np.linalg.inv(driving_bend) @ own_bend @ (place - driving)


@planted.wrong(follow_of)
def undoes_the_wrong_bend(place, own, own_bend, driving, driving_bend):
    return own + driving_bend @ np.linalg.inv(own_bend) @ (place - driving)


@planted.wrong(follow_of)
def starts_at_the_driver(place, own, own_bend, driving, driving_bend):
    return driving + own_bend @ np.linalg.inv(driving_bend) @ (place - own)


@planted.wrong(follow_of)
def forgets_to_undo(place, own, own_bend, driving, driving_bend):
    return own + own_bend @ driving_bend @ (place - driving)


@planted.wrong(follow_of)
def bends_the_place_itself(place, own, own_bend, driving, driving_bend):
    return own_bend @ np.linalg.inv(driving_bend) @ place + own - driving


@planted.wrong(follow_of)
def transposes_instead_of_inverting(place, own, own_bend, driving, driving_bend):
    return own + own_bend @ driving_bend.T @ (place - driving)


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    return SolvedChapter("14", tmp_path_factory.mktemp("probes"))


class TestAnswers(PlantedTests):
    planted = planted
