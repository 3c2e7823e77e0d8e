"""What the training doctor measures of a run (chapter 08), leaving the run as it was."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.load import FaceSet, batches
from dcgan_lib.losses import generator_loss
from dcgan_lib.train.gan import DCGAN

EXAMINED = 32  # faces that are generated, and faces that are looked at
COARSE = 8  # side of the maps between which faces differ in more than speckle
FEWEST_HELD_OUT = 16  # faces; D's mean over fewer is noise
LEAST_SURE = 1.0  # logits between training and generated faces, for a share of them to be told


@dataclass(frozen=True)
class Vitals:
    """One examination of a run: a row of ``doctor.csv``.

    Attributes:
        epoch: epochs finished.
        updates: of G.
        d_real: mean sigmoid of D on training faces over the epoch.
        d_fake: the same on generated faces.
        g_loss: mean over the epoch.
        low: least value of the generated faces; they belong in [-1, 1].
        high: their greatest value.
        spread: how much generated faces differ from one another, divided by how much training
            faces do; see ``spread``.
        gradient: norm of the gradient of G's loss with respect to all of G's parameters.
        mode_gap: root mean square difference between the faces of one z with the batch's and
            with BatchNormalization's running statistics, divided by how much the former differ
            from their mean.
        grid: see ``grid``; of generated faces, divided by the root mean square of
            ``fine_detail`` of training faces.
        memorised: how far D puts held-out faces from training faces, on the way to generated
            ones: 0 with the former, 1 with the latter (Karras et al. 2020, equation 1, r_v).
            Not a number where fewer than 16 faces are held out, or D hardly tells these two.
    """

    epoch: int
    updates: int
    d_real: float
    d_fake: float
    g_loss: float
    low: float
    high: float
    spread: float
    gradient: float
    mode_gap: float
    grid: float
    memorised: float


@dataclass(frozen=True)
class Examiner:
    """Measures a run by the same noise and faces each time, so that epochs can be compared.

    Attributes:
        noise: float32 (n, latent_dim), z.
        training: float32 (n, side, side, 3), faces as ``fit`` gets them.
        held_out: the same of faces that are not trained on; may hold none.
    """

    noise: np.ndarray
    training: np.ndarray
    held_out: np.ndarray

    def examine(self, gan: DCGAN, epoch: int, logs: dict[str, float]) -> tuple[Vitals, np.ndarray]:
        """Measure a compiled model after an epoch, and leave it bit for bit as it was.

        Args:
            gan: the model.
            epoch: epochs finished.
            logs: the epoch's means: d_real, d_fake and g_loss.

        Returns:
            The measurements, and the faces in inference mode, (n, side, side, 3).
        """
        with _statistics_kept(gan):
            with tf.GradientTape() as tape:
                fakes = gan.generator(self.noise, training=True)
                fake_logits = gan.discriminator(fakes, training=True)
                loss = generator_loss(fake_logits)
            slopes = tape.gradient(loss, gan.generator.trainable_variables)
            faces, still = fakes.numpy(), gan.generator(self.noise, training=False).numpy()
            memorised = self._memorised(gan, float(np.mean(fake_logits)))
        vitals = Vitals(
            epoch=epoch,
            updates=int(gan.generator_optimizer.iterations),
            **{name: float(logs[name]) for name in ("d_real", "d_fake", "g_loss")},
            low=float(still.min()),
            high=float(still.max()),
            spread=spread(faces) / spread(self.training),
            gradient=float(tf.linalg.global_norm(slopes)),
            mode_gap=_root_mean_square(faces - still) / _root_mean_square(faces - faces.mean(0)),
            grid=grid(still) / _root_mean_square(fine_detail(self.training)),
            memorised=memorised,
        )
        return vitals, still

    def _memorised(self, gan: DCGAN, fake: float) -> float:
        count = min(len(self.held_out), len(self.training))
        if count < FEWEST_HELD_OUT:
            return math.nan
        sets = self.training[:count], self.held_out[:count]
        seen, unseen = (float(np.mean(gan.discriminator(x, training=True))) for x in sets)
        if seen - fake < LEAST_SURE:
            return math.nan
        return (seen - unseen) / (seen - fake)


def choose_examiner(
    face_set: FaceSet, split: dict[str, list[str]], noise: np.ndarray, seed: int
) -> Examiner:
    """Up to ``EXAMINED`` z, training faces and held-out faces, the same ones for the same seed.

    Args:
        face_set: the faces.
        split: names of faces under "train" and "held_out", as ``train.load_split`` gives them;
            held-out faces that are gone are left out.
        noise: float32 (n, latent_dim).
        seed: seed of the choice.
    """
    there = set(face_set.names)
    held_out = [name for name in split["held_out"] if name in there]
    chosen = (_choose(face_set, names, seed) for names in (split["train"], held_out))
    return Examiner(noise[:EXAMINED], *chosen)


def _choose(face_set: FaceSet, names: list[str], seed: int) -> np.ndarray:
    if not names:
        return np.zeros((0, *face_set.images.shape[1:]), np.float32)
    rows = face_set.rows(names)
    return next(iter(batches(face_set.images, min(EXAMINED, len(rows)), seed, rows=rows))).numpy()


def spread(faces: np.ndarray) -> float:
    """How much faces differ from one another: (n, side, side, 3) → standard deviation over n.

    Of their means over an 8×8 grid, so that speckle of single pixels isn't taken for variety.
    """
    block = faces.shape[1] // COARSE
    coarse = faces.reshape(len(faces), COARSE, block, COARSE, block, 3).mean((2, 4, 5))
    return float(np.sqrt(coarse.var(0).mean()))


def fine_detail(faces: np.ndarray) -> np.ndarray:
    """What a grey pixel differs in from the mean of its neighbours above, below and beside it.

    (n, side, side, 3) → (n, side - 2, side - 2).
    """
    grey = faces.mean(3)
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return grey[:, 1:-1, 1:-1] - around / 4


def grid(faces: np.ndarray) -> float:
    """Strength of a pattern that all faces share, with a period of 2 pixels: in units of pixels.

    (n, side, side, 3) → the standard deviation between the means of ``fine_detail`` over each
    of the four places of a 2×2 grid.
    """
    detail = fine_detail(faces)
    half = detail.shape[1] // 2
    return float(detail.reshape(len(faces), half, 2, half, 2).mean((0, 1, 3)).std())


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def not_finite_weights(gan: DCGAN) -> list[str]:
    """Paths of the weights of a model's networks that hold an infinite or undefined number."""
    return [w.path for w in weights_of(gan) if not np.isfinite(w.numpy()).all()]


def weights_of(gan: DCGAN) -> list[keras.Variable]:
    """The weights of G, of D and, where there is one, of G's average."""
    networks = filter(None, (gan.generator, gan.discriminator, gan.averaged_generator))
    return [weight for network in networks for weight in network.weights]


@contextmanager
def _statistics_kept(gan: DCGAN) -> Iterator[None]:
    """Put back the running statistics, which passes in training mode move."""
    networks = (gan.generator, gan.discriminator)
    kept = [(v, v.numpy()) for n in networks for v in n.non_trainable_variables]
    try:
        yield
    finally:
        for variable, value in kept:
            variable.assign(value)
