"""Chapter 03: pictures to floats and back, batches."""

from dcgan_classroom.probes.base import Probe

PROBES = {
    "read-face": Probe(
        """
import tempfile
from pathlib import Path

import cv2

place = tempfile.TemporaryDirectory()
colours = random.integers(0, 256, (64, 64, 3)).astype(np.uint8)
files = {name: Path(place.name) / name for name in ("a face.png", "grey.png", "other.bmp")}
cv2.imwrite(str(files["a face.png"]), colours)
cv2.imwrite(str(files["grey.png"]), colours[..., 1])
cv2.imwrite(str(files["other.bmp"]), colours[::-1])
broken = Path(place.name) / f"broken{int(random.integers(999))}.png"
broken.write_bytes(b"no picture")


def refused(path):
    try:
        read_face(path)
    except ValueError as error:
        return path.name in str(error)
    return False


ask("colour files", lambda: [read_face(files["a face.png"]), read_face(files["other.bmp"])])
ask("a grey file", lambda: read_face(files["grey.png"]))
ask("files that are no pictures, or not there", lambda: [
    refused(broken), refused(Path(place.name) / "absent.png"), refused(files["grey.png"])])
place.cleanup()
""",
        ("read_face",),
        message="OpenCV reads BGR, and gives None for what it can't read: raise a ValueError that "
        "names the file.",
    ),
    "to-floats": Probe(
        """
images = random.integers(0, 256, (3, 5, 4, 3)).astype(np.uint8)
every = np.arange(256, dtype=np.uint8)
ask("all bytes", lambda: to_minus_one_one(every.copy()))
ask("a batch", lambda: to_minus_one_one(images.copy()))
ask("the ends, as float32", lambda: [
    str(np.asarray(to_minus_one_one(every.copy())).dtype),
    np.asarray(to_minus_one_one(np.array([[0, 255]], np.uint8)))])


def keeps_its_input():
    given = images.copy()
    result = to_minus_one_one(given)
    return [np.array_equal(given, images), result]


ask("the input stays", keeps_its_input)
""",
        ("to_minus_one_one",),
        tolerance=1e-5,
        message="Byte 0 at -1.0, byte 255 at 1.0, even steps between, float32, and a new array.",
    ),
    "to-bytes": Probe(
        """
every = np.arange(256, dtype=np.uint8)
middle = (every[:-1] + random.uniform(0.1, 0.4, 255)).astype(np.float32)
shape = random.uniform(-1, 1, (2, 4, 4, 3)).astype(np.float32)


def brought(levels):
    values = (np.asarray(levels, np.float32) / 127.5 - 1).astype(np.float32)
    return np.asarray(to_bytes(values)).astype(int)


def keeps_its_input():
    given = shape.copy()
    made = np.asarray(to_bytes(given))
    return [np.array_equal(given, shape), str(made.dtype), list(made.shape)]


ask("all bytes and back", lambda: brought(every))
ask("the nearest byte", lambda: [brought(middle), brought(middle + 0.5)])
ask("beyond the ends", lambda: brought([-80, -1, 256, 300, 700]))
ask("shape, type, and the input stays", keeps_its_input)
""",
        ("to_bytes",),
        message="Shift, stretch, round, keep to 0 … 255, and only then make it uint8.",
    ),
    "epoch-plan": Probe(
        """
def plans(pairs):
    return [list(epoch_plan(int(faces), int(size))) for faces, size in pairs]


sizes = random.integers(3, 47, 9)
rows = [(size * random.integers(2, 90) + random.integers(1, size), size) for size in sizes]
ask("sets that don't fill the last batch", lambda: plans(rows))
ask("sets that do, or are small", lambda: plans([(64, 64), (640, 64), (63, 64), (1, 2), (8, 1)]))
""",
        ("epoch_plan",),
        message="Only full batches count; what fills none is left over.",
    ),
    "my-batches": Probe(
        """
from dcgan_course.checking import standing_in

images = random.integers(0, 256, (211, 3, 4, 3)).astype(np.uint8)
known = {face.tobytes(): row for row, face in enumerate(images)}
seeds = [int(seed) for seed in random.integers(0, 10**6, 3)]


def right_floats(images, *_, **__):
    return np.asarray(images).astype(np.float32) / 127.5 - 1


def own_floats_are_right():
    # a mistake in exercise 3.2 has cost its points there
    try:
        scale = getattr(my_batches, "__globals__", {})["to_minus_one_one"]
        own = np.asarray(scale(images[:2].copy()))
        return own.dtype == np.float32 and np.allclose(own, right_floats(images[:2]), atol=1e-5)
    except Exception:
        return False


earlier = {} if own_floats_are_right() else {"to_minus_one_one": right_floats}


def served(images, size, seed):
    with standing_in(my_batches, **earlier):
        return [np.asarray(batch) for batch in my_batches(images.copy(), size, seed)]


def rows(images, size, seed):
    pixels = np.round((np.concatenate(served(images, size, seed)) + 1) * 127.5)
    return np.array([known.get(face.astype(np.uint8).tobytes(), -1) for face in pixels])


def whole(size, seed):
    return bool((rows(images, size, seed) >= 0).all())


def spread(order):
    return bool(np.abs(np.diff(order)).mean() > len(images) / 6)


def shapes(n, size):
    return [list(batch.shape) for batch in served(images[:n], size, 3)]


def twice(seed):
    return len(set(rows(images, 10, seed).tolist()))


ask("full batches only", lambda: [shapes(*plan) for plan in ((211, 10), (40, 8), (8, 8))])
ask("floats in [-1, 1]", lambda: [
    [str(batch.dtype) for batch in served(images, 50, 1)], whole(50, 1),
    np.sort(np.concatenate(served(images, 211, 1))[:, 0, 0, 0])])
ask("no face twice, from the whole set", lambda: [
    [twice(seed) for seed in seeds], spread(rows(images, 10, seeds[0]))])
ask("the seed decides the order", lambda: [
    np.array_equal(rows(images, 10, seeds[0]), rows(images, 10, seeds[0])),
    np.array_equal(rows(images, 10, seeds[0]), rows(images, 10, seeds[1])),
    set(rows(images, 60, seeds[1]).tolist()) == set(rows(images, 60, seeds[2]).tolist())])


def keeps_its_input():
    given = images.copy()
    with standing_in(my_batches, **earlier):
        count = len(list(my_batches(given, 10, 0)))
    return [np.array_equal(given, images), count, len(served(images, 100, 5))]


ask("the input stays", keeps_its_input)
""",
        ("my_batches",),
        tolerance=1e-5,
        message="Shuffle whole faces by the seed, then leave out what fills no batch; float32 in "
        "[-1, 1].",
    ),
}
