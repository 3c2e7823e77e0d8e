"""The page's engine in NumPy: the readable reference for ``page/engine.js`` (chapter 11)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcgan_lib.publish.stamps import Stamp

SEEDS = 2**32  # as many faces a page can show
STEP = 0x6D2B79F5  # of the state from one number to the next


def up(stamp: Stamp, maps: np.ndarray) -> np.ndarray:
    """One layer: every value stamps the kernel, times itself; then bias and activation.

    Args:
        stamp: the layer.
        maps: float, shape (n, side, side, in).

    Returns:
        float32, shape (n, stamp.side, stamp.side, out).
    """
    size, step, side = stamp.kernel.shape[1], stamp.stride, maps.shape[1]
    whole = step * (side - 1) + size
    sums = np.zeros((len(maps), whole, whole, len(stamp.bias)), np.float32)
    for row, column in np.ndindex(size, size):
        rows, columns = (slice(at, at + step * (side - 1) + 1, step) for at in (row, column))
        sums[:, rows, columns] += maps @ stamp.kernel[:, row, column]
    kept = slice(stamp.crop, stamp.crop + stamp.side)
    values = sums[:, kept, kept] + stamp.bias
    values = np.where(values < 0, stamp.slope * values, values)
    return np.tanh(values) if stamp.tanh else values


def make_faces(stamps: Sequence[Stamp], z: np.ndarray) -> np.ndarray:
    """Faces of noise: float32 (n, latent_dim) → uint8 (n, side, side, 3), RGB."""
    maps = np.asarray(z, np.float32)[:, None, None]  # (n, 1, 1, latent_dim)
    for stamp in stamps:
        maps = up(stamp, maps)
    return np.clip(np.round((maps + 1) * 127.5), 0, 255).astype(np.uint8)


def seed_noise(seed: int, latent_dim: int, noise: str = "uniform") -> np.ndarray:
    """The z of a face's number, the same in Python and in every browser.

    The numbers are those of mulberry32 (Tommy Ettinger, public domain), 32 bits each: whole
    numbers alone, so that no two machines differ. N(0, 1) is made of two by Box and Muller 1958.

    Args:
        seed: the number in the page's address, 0 to 2³² - 1.
        latent_dim: how many numbers z has.
        noise: "uniform" in [-1, 1], or "normal".

    Returns:
        float32, shape (latent_dim,).
    """
    count = latent_dim if noise == "uniform" else 2 * latent_dim
    states = np.uint32(seed) + np.arange(1, count + 1, dtype=np.uint32) * np.uint32(STEP)
    mixed = (states ^ (states >> 15)) * (states | np.uint32(1))
    mixed ^= mixed + (mixed ^ (mixed >> 7)) * (mixed | np.uint32(61))
    shares = (mixed ^ (mixed >> 14)).astype(np.float64) / SEEDS  # in [0, 1)
    if noise == "uniform":
        return (2 * shares - 1).astype(np.float32)
    lengths, turns = np.sqrt(-2 * np.log(1 - shares[::2])), 2 * np.pi * shares[1::2]
    return (lengths * np.cos(turns)).astype(np.float32)
