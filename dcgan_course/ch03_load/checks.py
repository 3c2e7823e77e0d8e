"""Checks of chapter 03's exercises."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from dcgan_course.ch03_load.serving import rows_served
from dcgan_course.checking import exercise, passed, require, require_close, require_shape, shown
from dcgan_lib import from_images, load_faces, to_images


def right_floats(images: np.ndarray, *_: object, **__: object) -> np.ndarray:
    """Exercise 3.2 done right, for a 3.5 that calls a wrong one."""
    return from_images(images)


@exercise("3.1")
def check_read_face(read_face: Callable[[Path], np.ndarray]) -> None:
    """3.1: a colour file and a grey file come as the library reads them; others raise."""
    with TemporaryDirectory() as folder:
        colours = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
        cv2.imwrite(f"{folder}/colour.png", colours)
        cv2.imwrite(f"{folder}/grey.png", colours[..., 0])
        expected = dict(zip(("colour.png", "grey.png"), load_faces(folder), strict=True))
        for name, wanted in expected.items():
            _check_face(name, read_face(Path(folder) / name), wanted)
        broken = Path(folder) / "broken.png"
        broken.write_bytes(b"not a picture")
        _check_refusal(read_face, broken)
        _check_refusal(read_face, Path(folder) / "absent.png")
    passed("3.1", "colour and grey files come as RGB bytes, as the library reads them")


@exercise("3.2")
def check_scale(to_minus_one_one: Callable[[np.ndarray], np.ndarray]) -> None:
    """3.2: all 256 bytes land evenly between -1 and 1, as float32, and the input stays."""
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    given = every.copy()
    values = to_minus_one_one(given)
    require_shape("The result", values, every.shape)
    values = np.asarray(values)
    require(
        np.array_equal(given, every),
        "The images that were handed in have changed. Expected a new array: the same faces are "
        "needed again in the next epoch.",
    )
    _require_type("The result", values, np.float32, "Networks compute in float32.")
    ends = float(values.min()), float(values.max())
    require(
        np.allclose(ends, (-1.0, 1.0), rtol=0, atol=1e-6),
        f"The ends are others. Expected byte 0 at -1.0 and byte 255 at 1.0. Received: "
        f"{ends[0]:.6g} and {ends[1]:.6g}. Which width has the range of bytes, which that of "
        "tanh? (And does the sum fit into the type it is computed in?)",
    )
    expected = np.linspace(-1, 1, 256).reshape(every.shape)
    require_close("The result", values, expected, hint="Equal steps between bytes stay equal.")
    passed("3.2", "256 bytes, evenly from -1 to 1, as float32")


@exercise("3.3")
def check_to_bytes(to_bytes: Callable[[np.ndarray], np.ndarray]) -> None:
    """3.3: the way back is exact for every byte, takes the nearest, and keeps to the range."""
    every = np.arange(256, dtype=np.uint8)
    floats = from_images(every)
    received = to_bytes(floats)
    require_shape("The result", received, every.shape)
    same = np.array_equal(floats, from_images(every))
    require(same, "The faces that were handed in have changed. Expected a new array.")
    received = np.asarray(received)
    _require_type("The result", received, np.uint8, "A picture file holds bytes.")
    wrong = np.flatnonzero(received != every)
    require(
        not len(wrong),
        f"{len(wrong)} of the 256 bytes don't come back. For example {every[wrong[:1]]} came back "
        f"as {received[wrong[:1]]}. Print the float before it becomes a byte: what does astype do "
        "with decimals?",
    )
    between = np.array([-0.997, -0.2, 0.3, 0.997], np.float32)
    wanted, received = to_images(between), np.asarray(to_bytes(between))
    require(
        np.array_equal(received, wanted),
        f"Values between two bytes should become the nearer one. Expected {wanted} for {between}. "
        f"Received: {received}.",
    )
    beyond = np.array([-3, -1.2, 1.004, 1.2, 9], np.float32)
    received = np.asarray(to_bytes(beyond))
    require(
        np.array_equal(received, [0, 0, 255, 255, 255]),
        "Values outside of [-1, 1] should stop at the ends. Expected [0 0 255 255 255] for "
        f"{beyond}. Received: {received}. What does a byte do with 256?",
    )
    passed("3.3", "all 256 bytes there and back without a loss")


@exercise("3.4")
def check_epoch_plan(epoch_plan: Callable[[int, int], tuple[int, int]]) -> None:
    """3.4: the batches and the faces left over, as the library's dataset counts them."""
    for faces, batch_size in ((360, 16), (360, 64), (64, 64), (50, 7), (63, 64), (8, 1)):
        received = epoch_plan(faces, batch_size)
        expected = _served(faces, batch_size)
        require(
            isinstance(received, tuple | list) and tuple(received) == expected,
            f"The plan is another one for {faces} faces in batches of {batch_size}. Expected "
            f"{expected}, as counted from the library's batches. Received: {shown(received)}. "
            "Only full batches count.",
        )
    passed("3.4", "your plan and the library's batches agree")


@exercise("3.5", to_minus_one_one=right_floats)
def check_batches(my_batches: Callable[[np.ndarray, int, int], Iterable]) -> None:
    """3.5: full, shuffled, repeatable batches of whole faces in [-1, 1], as the library's."""
    faces = np.random.default_rng(0).integers(0, 256, (300, 4, 4, 3), np.uint8)
    kept = faces.copy()
    mine = [np.asarray(batch) for batch in my_batches(faces, 16, 0)]
    _check_shapes(mine, faces, 16)
    for batch in mine:
        _require_type("A batch", batch, np.float32, "See exercise 3.2.")
    low, high = min(batch.min() for batch in mine), max(batch.max() for batch in mine)
    require(
        low < 0 and max(-low, high) <= 1 + 1e-6,
        f"Pixels should lie in [-1, 1]. Received: from {low:.3g} to {high:.3g}.",
    )
    require(np.array_equal(faces, kept), "The faces that were handed in have changed order.")
    order = np.concatenate([_rows(batch, faces) for batch in mine])
    _check_faces(mine, order, faces)
    _check_order(my_batches, faces, order)
    for count, size in ((40, 8), (8, 8), (90, 7)):
        _check_shapes(list(my_batches(faces[:count].copy(), size, 1)), faces[:count], size)
    passed("3.5", f"{len(mine)} full batches, no face twice, and the seed decides the order")


def _served(faces: int, batch_size: int) -> tuple[int, int]:
    """Batches that the library serves of a set, and the faces that it leaves over."""
    if faces < batch_size:
        return 0, faces
    rows = rows_served(faces, batch_size, seed=0)
    return len(rows), faces - rows.size


def _check_shapes(mine: list[np.ndarray], faces: np.ndarray, size: int) -> None:
    shapes, shape = [tuple(np.shape(batch)) for batch in mine], (size, *faces.shape[1:])
    require(
        shapes == [shape] * (len(faces) // size),
        f"The batches of {len(faces)} faces have other shapes than the library's. Expected "
        f"{len(faces) // size} of shape {shape}. Received: {len(mine)}, of shapes "
        f"{sorted(set(shapes))[:3]}. What becomes of the faces that fill no batch?",
    )


def _rows(batch: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Which of some faces a batch holds, by their pixels; -1 for what is none of them."""
    known = {face.tobytes(): row for row, face in enumerate(faces)}
    return np.array([known.get(face.tobytes(), -1) for face in to_images(batch)])


def _check_face(name: str, face: object, wanted: np.ndarray) -> None:
    require_shape(f"The face read from {name}", face, wanted.shape)
    _require_type(f"The face read from {name}", face, np.uint8, "OpenCV's bytes need no change.")
    swapped = np.array_equal(face, wanted[..., ::-1]) and not np.array_equal(face, wanted)
    require(
        not swapped,
        f"Red and blue have changed places in {name}. Expected RGB. Received: BGR. "
        "Which order does OpenCV read in?",
    )
    require_close(f"The face read from {name}", face, wanted, hint="Only the order changes.")


def _check_refusal(read_face: Callable[[Path], np.ndarray], path: Path) -> None:
    received: str = "no error"
    try:
        read_face(path)
    except ValueError as error:
        received = f"ValueError: {error}"
    except cv2.error:
        received = "an error of OpenCV's, from a later line"
    require(
        received.startswith("ValueError") and path.name in received,
        f"{path.name} isn't a picture that can be read. Expected a ValueError that names the file. "
        f"Received: {received}. What does OpenCV return for such a file?",
    )


def _check_faces(mine: list[np.ndarray], order: np.ndarray, faces: np.ndarray) -> None:
    mirrored = np.concatenate([_rows(batch[:, :, ::-1], faces) for batch in mine])
    require(
        not ((order < 0) & (mirrored >= 0)).any(),
        "Some faces are mirrored. Expected each as it lies in the set.",
    )
    require(
        bool((order >= 0).all()),
        "The pixels of different faces are mixed up. Shuffle along the first axis only.",
    )
    twice = len(order) - len(set(order))
    require(
        twice == 0,
        f"{twice} faces come twice in one epoch. Expected each at most once: draw the order "
        "without putting back.",
    )


def _check_order(my_batches: Callable, faces: np.ndarray, order: np.ndarray) -> None:
    def served(seed: int) -> np.ndarray:
        return np.concatenate([_rows(np.asarray(b), faces) for b in my_batches(faces, 16, seed)])

    require(
        np.abs(np.diff(order)).mean() > len(faces) / 6,  # at random a third of the set
        "Neighbours in the folder still come close together. Expected an order from the whole set. "
        f"Received, at the start: {order[:8]}.",
    )
    require(
        np.array_equal(served(0), order),
        "The same seed gave another order the second time. Expected the same one, so that a run "
        "can be repeated. Where does your randomness come from?",
    )
    require(
        not np.array_equal(served(1), order),
        "Seeds 0 and 1 gave the same order. Expected the seed to decide it.",
    )
    sat_out = set(range(len(faces))) - set(served(1)), set(range(len(faces))) - set(order)
    require(
        sat_out[0] != sat_out[1],
        "The same faces are left out whatever the seed. Expected others each time: shuffle first, "
        "then leave out.",
    )


def _require_type(name: str, value: object, dtype: type, hint: str) -> None:
    received = getattr(value, "dtype", type(value).__name__)
    wanted = np.dtype(dtype)
    require(
        received == wanted,
        f"{name} has another type. Expected {wanted}. Received: {received}. {hint}",
    )
