"""A generator's stamps in few bytes: 16 or 8 bits a weight, in text that a page can carry."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from dcgan_lib.publish.stamps import Stamp
from dcgan_lib.shared import CourseError

BITS = (16, 8)
LARGEST = 127  # of a signed byte, used on both sides of 0


def pack(stamps: Sequence[Stamp], bits: int = 16) -> dict[str, Any]:
    """Stamps as plain values for JSON: a description of each layer, and all weights as one text.

    16 bits are IEEE's half precision. 8 bits are whole numbers from -127 to 127, and for each
    output channel a factor. The text is base64 of zlib's format, of these bytes: for each layer
    its biases (and factors) as float32; then all kernels' low bytes, then all their high bytes,
    which are like each other and so become shorter.

    Args:
        stamps: as ``fold_generator`` gives them.
        bits: 16 or 8, of each weight of a kernel.

    Raises:
        CourseError: another number of bits, or a weight too large for 16.
    """
    if bits not in BITS:
        raise CourseError(
            f"Weights can't be stored in {bits} bits. Expected 16 or 8. Received: {bits}. "
            "Choose one of them with --bits."
        )
    numbers, kernels = zip(*(_coded(stamp, bits) for stamp in stamps), strict=True)
    planes = np.concatenate([kernel.view(np.uint8).reshape(-1, bits // 8) for kernel in kernels])
    data = np.concatenate(numbers).astype("<f4").tobytes() + planes.T.tobytes()
    text = base64.b64encode(zlib.compress(data, 9)).decode()
    return {"bits": bits, "layers": [_described(stamp) for stamp in stamps], "weights": text}


def unpack(packed: dict[str, Any]) -> list[Stamp]:
    """What a page has after reading ``pack``'s text: stamps with rounded weights."""
    data = zlib.decompress(base64.b64decode(packed["weights"]))
    bits, rows = packed["bits"], packed["layers"]
    per_channel = 1 if bits == 16 else 2
    numbers = np.frombuffer(data, "<f4", per_channel * sum(row["out"] for row in rows))
    planes = np.frombuffer(data, np.uint8, offset=numbers.nbytes).reshape(bits // 8, -1)
    codes = np.ascontiguousarray(planes.T).view("<f2" if bits == 16 else "i1").ravel()
    return [
        _restored(row, part, code)
        for row, part, code in zip(
            rows,
            _split(numbers, [per_channel * row["out"] for row in rows]),
            _split(codes, [row["in"] * row["size"] ** 2 * row["out"] for row in rows]),
            strict=True,
        )
    ]


def _coded(stamp: Stamp, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Float32 numbers of one layer, and its kernel's codes."""
    if bits == 8:
        factors = np.maximum(np.abs(stamp.kernel).max(axis=(0, 1, 2)), 1e-12) / LARGEST  # (out,)
        codes = np.round(stamp.kernel / factors).astype("i1")
        return np.concatenate([stamp.bias, factors]), codes.ravel()
    if not np.abs(stamp.kernel).max() <= np.finfo(np.float16).max:
        raise CourseError(
            "A weight can't be stored in 16 bits. Expected at most 65,504. Received: "
            f"{np.abs(stamp.kernel).max():.3g}. Store it in 8, whose factors are free (--bits 8), "
            "or look at how the run was trained."
        )
    return stamp.bias, stamp.kernel.astype("<f2").ravel()


def _described(stamp: Stamp) -> dict[str, Any]:
    inputs, size, _, outputs = stamp.kernel.shape
    return {
        "in": inputs,
        "out": outputs,
        "size": size,
        "stride": stamp.stride,
        "crop": stamp.crop,
        "side": stamp.side,
        "slope": stamp.slope,
        "tanh": stamp.tanh,
    }


def _restored(row: dict[str, Any], numbers: np.ndarray, codes: np.ndarray) -> Stamp:
    kernel = codes.astype(np.float32).reshape(row["in"], row["size"], row["size"], row["out"])
    if len(numbers) > row["out"]:
        kernel = kernel * numbers[row["out"] :]
    options = {key: row[key] for key in ("stride", "crop", "side", "slope", "tanh")}
    return Stamp(kernel, numbers[: row["out"]], **options)


def _split(values: np.ndarray, lengths: list[int]) -> list[np.ndarray]:
    return np.split(values, np.cumsum(lengths)[:-1])
