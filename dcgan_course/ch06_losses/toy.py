"""A GAN in one dimension, small enough to train while one waits (chapter 06).

The same game as ``dcgan_lib.train.gan``, with the same losses and the same optimizer, on
numbers instead of faces: G turns noise into points on a line, D says how likely a point is real.
Both are networks of two hidden layers, in NumPy, with the gradients written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dcgan_course.ch06_losses.densities import bell, divergence
from dcgan_lib.shared import CourseError

CENTRES = (-1.5, 1.5)  # of the data's Gaussians
SPREAD = 0.4  # standard deviation of each of them
GRID = np.linspace(-4.0, 4.0, 161)  # where densities and D are drawn
HIDDEN = 24  # units of each hidden layer
LATENT = 2  # numbers in z, uniform in [-1, 1]
BATCH = 64  # points of each kind in a step
SHOWN = 400  # points that G makes of one fixed set of z, to show its density
BANDWIDTH = 0.12  # of the bell that each of G's points is drawn as
SLOPE = 0.2  # of LeakyReLU, as in the course's D
BETA_2, EPSILON = 0.999, 1e-7  # Adam's other two numbers; Keras's defaults


@dataclass(frozen=True)
class ToyRun:
    """What a toy GAN did.

    Attributes:
        centres: of the data's Gaussians.
        steps: int (frames,), the steps that pictures were kept of; the first is 0, the start.
        points: float (frames, SHOWN), what G made of the same z at each of them.
        d_grid: float (frames, len(GRID)), D's probability of "real" along GRID.
        d_loss, g_loss: float (steps,), both cross-entropies, in nats, before each step.
        d_real, d_fake: float (steps,), mean of D's probability on real and on generated points.
    """

    centres: tuple[float, ...]
    steps: np.ndarray
    points: np.ndarray
    d_grid: np.ndarray
    d_loss: np.ndarray
    g_loss: np.ndarray
    d_real: np.ndarray
    d_fake: np.ndarray

    def nearest_frame(self, step: int) -> int:
        """Which of the kept pictures is nearest to a step."""
        return int(np.argmin(np.abs(self.steps - step)))

    def film(self) -> np.ndarray:
        """The density of what G made at each kept step: float (frames, len(GRID))."""
        return np.stack([generated_density(points) for points in self.points])


def train_toy(
    learning_rate: float = 0.001,
    beta_1: float = 0.5,
    *,
    centres: Sequence[float] = CENTRES,
    steps: int = 1000,
    frames: int = 51,
    seed: int = 0,
) -> ToyRun:
    """Train G and D on a mixture of Gaussians; the same arguments give the same run.

    Each step draws BATCH real and BATCH generated points, takes both gradients, then moves both
    networks by Adam: as ``DCGAN.train_step`` does.

    Args:
        learning_rate: Adam's, of both networks; above 0.
        beta_1: share of Adam's past gradient that stays; at least 0 and below 1.
        centres: of the data's Gaussians, all equally likely, each SPREAD wide.
        steps: of training, at least 1.
        frames: how many of them to keep pictures of, first and last included; at least 2.
        seed: of everything random.

    Raises:
        CourseError: a value is outside its range.
    """
    _check(learning_rate, beta_1, steps, frames)
    random = np.random.default_rng(seed)
    generator, discriminator = Network(random, LATENT), Network(random, 1)
    adams = [Adam(network, learning_rate, beta_1) for network in (generator, discriminator)]
    shown_z = random.uniform(-1, 1, (SHOWN, LATENT))
    kept = np.unique(np.linspace(0, steps, frames).round().astype(int))
    history, points, d_grid = [], [], []
    for step in range(steps + 1):
        if step in kept:
            points.append(generator.forward(shown_z)[-1][:, 0])
            d_grid.append(sigmoid(discriminator.forward(GRID[:, None])[-1][:, 0]))
        if step < steps:
            real = draw_real(random, centres, BATCH)
            z = random.uniform(-1, 1, (BATCH, LATENT))
            history.append(_train_step(generator, discriminator, adams, real, z))
    d_loss, g_loss, d_real, d_fake = np.transpose(history)
    return ToyRun(
        centres=tuple(centres),
        steps=kept,
        points=np.stack(points),
        d_grid=np.stack(d_grid),
        d_loss=d_loss,
        g_loss=g_loss,
        d_real=d_real,
        d_fake=d_fake,
    )


@lru_cache(maxsize=64)
def toy_run(learning_rate: float, beta_1: float, seed: int = 0) -> ToyRun:
    """``train_toy``, kept: choosing another step to look at doesn't train it again."""
    return train_toy(learning_rate, beta_1, seed=seed)


def draw_real(random: np.random.Generator, centres: Sequence[float], count: int) -> np.ndarray:
    """Points of the data: float (count, 1)."""
    return random.choice(centres, (count, 1)) + SPREAD * random.standard_normal((count, 1))


def real_density(x: np.ndarray, centres: Sequence[float] = CENTRES) -> np.ndarray:
    """The data's density at ``x``, in the shape of ``x``."""
    return np.mean([bell(x, centre, SPREAD) for centre in centres], axis=0)


def generated_density(points: np.ndarray) -> np.ndarray:
    """Density along GRID of points, each drawn as a narrow bell: (n,) → (len(GRID),)."""
    return bell(GRID[:, None], points, BANDWIDTH).mean(axis=1)


def divergences(run: ToyRun) -> np.ndarray:
    """How far G's density is from the data's at each kept step: (frames,), 0 to ln 2."""
    real, spacing = real_density(GRID, run.centres), GRID[1] - GRID[0]
    return np.array([divergence(real, generated_density(row), spacing) for row in run.points])


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Probability of a logit, without overflow: in [0, 1], in the shape of ``logits``."""
    return np.exp(-np.logaddexp(0, -logits))


class Network:
    """Two hidden layers with LeakyReLU, one linear output: (batch, inputs) → (batch, 1).

    Attributes:
        flat: every weight and bias, float (n,); the layers are views of it, so that an optimizer
            moves all of them at once.
        layers: (weights, bias) of each layer.
    """

    def __init__(self, random: np.random.Generator, inputs: int) -> None:
        sizes = [(inputs, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)]
        self.flat = np.zeros(sum((rows + 1) * columns for rows, columns in sizes))
        self.layers = self.split(self.flat, sizes)
        for weights, _ in self.layers:  # deviation that keeps activations at one scale
            deviation = np.sqrt(2 / (len(weights) * (1 + SLOPE**2)))
            weights[:] = random.normal(0, deviation, weights.shape)
        self.layers[0][1][:] = random.uniform(-1, 1, HIDDEN)  # spreads the kinks over the input

    @staticmethod
    def split(
        flat: np.ndarray, sizes: Sequence[tuple[int, int]]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Views of ``flat`` as one (weights (rows, columns), bias (columns,)) per layer."""
        layers, start = [], 0
        for rows, columns in sizes:
            middle, end = start + rows * columns, start + (rows + 1) * columns
            layers.append((flat[start:middle].reshape(rows, columns), flat[middle:end]))
            start = end
        return layers

    def forward(self, x: np.ndarray) -> list[np.ndarray]:
        """Run on x (batch, inputs); returns what goes into each layer, and the output last."""
        passed = [x]
        for number, (weights, bias) in enumerate(self.layers):
            x = passed[-1] @ weights + bias
            passed.append(np.maximum(x, SLOPE * x) if number < 2 else x)  # LeakyReLU between
        return passed

    def backward(self, passed: list[np.ndarray], slope: np.ndarray) -> tuple[np.ndarray, ...]:
        """Send a loss's gradient back.

        Args:
            passed: what ``forward`` gave.
            slope: (batch, 1), the loss's derivative with respect to the output.

        Returns:
            The gradient of ``flat``, (n,), and that of the input, (batch, inputs).
        """
        gradients: list[np.ndarray] = []
        for number in (2, 1, 0):
            into, (weights, _) = passed[number], self.layers[number]
            gradients[:0] = [(into.T @ slope).ravel(), slope.sum(axis=0)]
            slope = slope @ weights.T
            if number:
                slope = slope * np.where(into > 0, 1.0, SLOPE)  # LeakyReLU keeps the sign
        return np.concatenate(gradients), slope


class Adam:
    """Adam (Kingma & Ba 2015), which moves a network in place."""

    def __init__(self, network: Network, learning_rate: float, beta_1: float) -> None:
        self.network, self.learning_rate, self.beta_1 = network, learning_rate, beta_1
        self.mean, self.square = np.zeros_like(network.flat), np.zeros_like(network.flat)
        self.step = 0

    def apply(self, gradient: np.ndarray) -> None:
        """Take one step against ``gradient``, in the shape of the network's ``flat``."""
        self.step += 1
        rate = self.learning_rate * np.sqrt(1 - BETA_2**self.step) / (1 - self.beta_1**self.step)
        self.mean += (1 - self.beta_1) * (gradient - self.mean)
        self.square += (1 - BETA_2) * (gradient**2 - self.square)
        self.network.flat -= rate * self.mean / (np.sqrt(self.square) + EPSILON)


def _train_step(
    generator: Network, discriminator: Network, adams: list[Adam], real: np.ndarray, z: np.ndarray
) -> tuple[float, float, float, float]:
    """One update of both; returns d_loss, g_loss, d_real and d_fake from before it."""
    count, made = len(real), generator.forward(z)
    seen = discriminator.forward(np.concatenate([real, made[-1]]))  # (2·count, 1) at the end
    chances = sigmoid(seen[-1])
    # the derivative of a cross-entropy with respect to its logit is the probability minus the label
    errors = chances - np.repeat([[1.0], [0.0]], count, axis=0)
    d_gradient, _ = discriminator.backward(seen, errors / count)
    seen_fake = [values[count:] for values in seen]
    _, towards_real = discriminator.backward(seen_fake, (chances[count:] - 1) / count)
    g_gradient, _ = generator.backward(made, towards_real)
    adams[0].apply(g_gradient)
    adams[1].apply(d_gradient)
    d_loss = np.logaddexp(0, np.concatenate([-seen[-1][:count], seen[-1][count:]])).sum() / count
    g_loss = np.logaddexp(0, -seen[-1][count:]).mean()
    return d_loss, g_loss, chances[:count].mean(), chances[count:].mean()


def _check(learning_rate: float, beta_1: float, steps: int, frames: int) -> None:
    for name, value, holds, expected in (
        ("learning_rate", learning_rate, learning_rate > 0, "a number above 0"),
        ("beta_1", beta_1, 0 <= beta_1 < 1, "at least 0 and below 1"),
        ("steps", steps, steps >= 1, "at least 1"),
        ("frames", frames, frames >= 2, "at least 2"),
    ):
        if not holds:
            raise CourseError(
                f"The toy GAN can't be trained so. Expected {name}: {expected}. "
                f"Received: {name}={value!r}. Choose another value."
            )
