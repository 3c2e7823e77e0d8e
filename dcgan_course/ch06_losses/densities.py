"""Densities on a line, how far apart they are, and the best D for them (chapter 06)."""

from __future__ import annotations

import math

import numpy as np


def bell(x: np.ndarray, centre: float, spread: float = 1.0) -> np.ndarray:
    """A Gaussian's density at ``x``, in the shape of ``x``."""
    height = 1 / (spread * math.sqrt(2 * math.pi))
    return height * np.exp(-(((x - centre) / spread) ** 2) / 2)


def best_discriminator(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The D that no other one beats: p / (p + q), for densities of real and generated data.

    Args:
        p: density of the real data, above 0.
        q: density of the generated data, above 0; same shape.

    Returns:
        D's probability of "real", in (0, 1), same shape.
    """
    return p / (p + q)


def divergence(p: np.ndarray, q: np.ndarray, spacing: float) -> float:
    """Jensen-Shannon divergence of two densities on a grid: 0 (equal) to ln 2 (apart), in nats."""
    middle = np.maximum((p + q) / 2, 1e-300)
    terms = [a * np.log(np.maximum(a, 1e-300) / middle) for a in (p, q)]
    return float(np.sum(terms) * spacing / 2)
