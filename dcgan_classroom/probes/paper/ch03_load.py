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
        return type(error).__module__ == "builtins" and path.name in str(error)
    return False


ask("colour files", lambda: [read_face(files["a face.png"]), read_face(files["other.bmp"])])
ask("a grey file", lambda: read_face(files["grey.png"]))
ask("files that are no pictures, or not there", lambda: [
    refused(broken), refused(Path(place.name) / "absent.png"), refused(files["grey.png"])])
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
ask("the ends exactly, as float32", lambda: [
    str(to_minus_one_one(every).dtype), str(float(to_minus_one_one(every)[0])),
    str(float(to_minus_one_one(every)[-1]))])


def keeps_its_input():
    given = images.copy()
    result = to_minus_one_one(given)
    return [np.array_equal(given, images), list(np.shape(result))]


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
    return to_bytes((np.asarray(levels, np.float32) / 127.5 - 1).astype(np.float32))


ask("all bytes and back", lambda: brought(every).astype(int))
ask("the nearest byte", lambda: [brought(middle).astype(int), brought(middle + 0.5).astype(int)])
ask("beyond the ends", lambda: [int(n) for n in brought([-80, -1, 256, 300, 700])])
ask("shape and type", lambda: [str(to_bytes(shape).dtype), list(to_bytes(shape).shape)])
""",
        ("to_bytes",),
        message="Shift, stretch, round, keep to 0 … 255, and only then make it uint8.",
    ),
    "epoch-plan": Probe(
        """
def plans(pairs):
    return [[int(n) for n in epoch_plan(int(faces), int(size))] for faces, size in pairs]


rows = random.integers((50, 3), (5000, 47), (9, 2))
ask("sets that don't fill the last batch", lambda: plans(rows))
ask("sets that do, or are small", lambda: plans([(64, 64), (640, 64), (63, 64), (1, 2), (8, 1)]))
""",
        ("epoch_plan",),
        message="Only full batches count; what fills none is left over.",
    ),
    "my-batches": Probe(
        """
numbers = np.arange(211, dtype=np.uint8)
images = np.broadcast_to(numbers[:, None, None, None], (211, 3, 3, 3)).copy()
seeds = [int(seed) for seed in random.integers(0, 10**6, 3)]


def served(images, size, seed):
    return [np.asarray(batch) for batch in my_batches(images.copy(), size, seed)]


def rows(images, size, seed):
    values = np.concatenate(served(images, size, seed))
    return np.round((values[:, 0, 0, 0] + 1) * 127.5).astype(int)


def whole(batches):
    return all((batch == batch[:, :1, :1, :1]).all() for batch in batches)


def spread(order):
    return bool(np.abs(np.diff(order)).mean() > len(images) / 6)


def shapes(n, size):
    return [list(batch.shape) for batch in served(images[:n], size, 3)]


def twice(seed):
    return len(set(rows(images, 10, seed).tolist()))


ask("full batches only", lambda: [shapes(*plan) for plan in ((211, 10), (40, 8), (8, 8), (5, 8))])
ask("floats in [-1, 1]", lambda: [
    [str(batch.dtype) for batch in served(images, 50, 1)], whole(served(images, 50, 1)),
    np.sort(np.concatenate(served(images, 211, 1))[:, 0, 0, 0])])
ask("no face twice, from the whole set", lambda: [
    [twice(seed) for seed in seeds], spread(rows(images, 10, seeds[0]))])
ask("the seed decides the order", lambda: [
    np.array_equal(rows(images, 10, seeds[0]), rows(images, 10, seeds[0])),
    np.array_equal(rows(images, 10, seeds[0]), rows(images, 10, seeds[1])),
    set(rows(images, 60, seeds[1]).tolist()) == set(rows(images, 60, seeds[2]).tolist())])


def keeps_its_input():
    given = images.copy()
    list(my_batches(given, 10, 0))
    return [np.array_equal(given, images), len(served(images, 100, 5))]


ask("the input stays", keeps_its_input)
""",
        ("my_batches",),
        tolerance=1e-5,
        message="Shuffle whole faces by the seed, then leave out what fills no batch; float32 in "
        "[-1, 1].",
    ),
}
