"""The three networks as one Keras model that learns from pairs of photographs of one person."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import tensorflow as tf

from dcgan_lib.beyond.animate.geometry import (
    Keypoints,
    differences_of_bumps,
    expected_places,
    grid,
    inverse,
    local_motions,
    sample,
)
from dcgan_lib.beyond.animate.networks import (
    build_dense_motion,
    build_detector,
    build_painter,
)
from dcgan_lib.beyond.animate.settings import MotionSettings

LEVELS = 4  # of the pyramid in which pictures are compared
TURN, SHIFT, SCALE = 0.3, 0.15, 0.15  # radians, half sides and shares of a random affine, at most
LOSSES = ("reconstruction", "warped", "equivariance", "painting")


class Moved(NamedTuple):
    """A source, moved.

    Attributes:
        output: float32 (batch, side, side, 3) in [-1, 1].
        warped: the source's own pixels, moved; same shape.
        kept: (batch, side, side, 1) in [0, 1]: 1 where the output is the warped source.
        painted: (batch, side, side, 3) in [-1, 1]: what the output is elsewhere.
        field: (batch, side, side, 2): the displacement in pixels.
    """

    output: tf.Tensor
    warped: tf.Tensor
    kept: tf.Tensor
    painted: tf.Tensor
    field: tf.Tensor


@keras.saving.register_keras_serializable("dcgan_lib")
class Animator(keras.Model):
    """A first order motion model that ``fit`` trains on pairs, float32 in [-1, 1].

    A batch is (sources, targets), each (batch, side, side, 3): two photographs of one person.
    """

    def __init__(self, settings: MotionSettings) -> None:
        super().__init__(name="animator")
        self.settings = settings
        self.detector = build_detector(settings)
        self.dense_motion = build_dense_motion(settings)
        self.painter = build_painter(settings)
        self.random = tf.random.Generator.from_seed(settings.seed, alg="philox")
        self.trackers = {name: keras.metrics.Mean(name=name) for name in LOSSES}
        self.built = True

    def compile(self, **options: Any) -> None:
        """Adam, whose learning rate falls to 0 along a cosine over the whole run."""
        steps = self.settings.epochs * self.settings.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.settings.learning_rate, steps)
        options.setdefault("jit_compile", False)
        super().compile(optimizer=keras.optimizers.Adam(rate, beta_1=0.5), **options)
        self.optimizer.build(self.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The means of an epoch's losses."""
        return list(self.trackers.values())

    def keypoints(self, images: tf.Tensor, training: bool = False) -> Keypoints:
        """The keypoints of pictures (batch, side, side, 3)."""
        heat, jacobians = self.detector(grey(images), training=training)
        return Keypoints(expected_places(heat), jacobians)

    def move(
        self, sources: tf.Tensor, own: Keypoints, driving: Keypoints, training: bool = False
    ) -> Moved:
        """Move pictures from their own keypoints to others (eq. 7, and 8 for pixels).

        Args:
            sources: float32 (batch, side, side, 3) in [-1, 1].
            own: their keypoints.
            driving: where these go.
            training: whether BatchNormalization uses the batch's statistics.
        """
        side = self.settings.image_size
        places = self._places(sources, own, driving, training)
        warped = sample(sources, places)
        field = places - grid(side)
        kept, painted = self.painter(tf.concat([warped, field], axis=-1), training=training)
        output = kept * warped + (1 - kept) * painted
        return Moved(output, warped, kept, painted, field * (side / 2))

    def call(self, pair: tuple[tf.Tensor, tf.Tensor], training: bool = False) -> tf.Tensor:
        """The sources with the pose of the targets: float32 (batch, side, side, 3) in [-1, 1]."""
        sources, targets = pair
        own, driving = (self.keypoints(images, training) for images in (sources, targets))
        return self.move(sources, own, driving, training).output

    def train_step(self, pair: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """One update of the three networks: rebuild targets from sources of the same people."""
        sources, targets = pair
        with tf.GradientTape() as tape:
            own, driving = (self.keypoints(images, training=True) for images in (sources, targets))
            moved = self.move(sources, own, driving, training=True)
            losses = {
                "reconstruction": pyramid_loss(moved.output, targets),
                "warped": pyramid_loss(moved.warped, targets),
                "equivariance": self._equivariance(targets, driving),
                "painting": 1 - tf.reduce_mean(moved.kept),
            }
            weights = (
                1.0,
                self.settings.warped_weight,
                self.settings.equivariance_weight,
                self.settings.painting_weight,
            )
            total = sum(w * losses[name] for w, name in zip(weights, LOSSES, strict=True))
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(total, variables), variables)
        for name, tracker in self.trackers.items():
            tracker.update_state(losses[name])
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def get_config(self) -> dict[str, Any]:
        """The settings, as ``save`` writes them."""
        return {"settings": self.settings.to_dict()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Animator:
        """An animator of the same settings, with new weights."""
        return cls(MotionSettings(**config["settings"]))

    def _places(
        self, sources: tf.Tensor, own: Keypoints, driving: Keypoints, training: bool
    ) -> tf.Tensor:
        """Where in the source each pixel of the output comes from: (batch, side, side, 2)."""
        half = self.settings.image_size // 2
        motions = local_motions(own, driving, half)  # (batch, n + 1, half, half, 2)
        count = motions.shape[1]
        small = tf.image.resize(grey(sources), (half, half), tf.image.ResizeMethod.AREA)
        tried = sample(small, tf.reshape(motions, (-1, count * half, half, 2)))
        tried = tf.transpose(tf.reshape(tried, (-1, count, half, half)), (0, 2, 3, 1))
        hints = tf.concat([tried, differences_of_bumps(own, driving, half)], axis=-1)
        masks, correction = self.dense_motion(hints, training=training)
        places = tf.einsum("byxn,bnyxc->byxc", masks, motions) + correction
        side = self.settings.image_size
        away = tf.image.resize(places - grid(half), (side, side))  # bilinear
        return away + grid(side)

    def _equivariance(self, images: tf.Tensor, found: Keypoints) -> tf.Tensor:
        """By how much keypoints fail to follow a picture bent by a known affine (eq. 11, 12)."""
        count = tf.shape(images)[0]
        matrices, shifts = self._random_affines(count)
        side = self.settings.image_size
        places = tf.einsum("bij,yxj->byxi", matrices, grid(side)) + shifts[:, None, None]
        bent = self.keypoints(sample(images, places), training=True)
        back = tf.einsum("bij,bnj->bni", matrices, bent.places) + shifts[:, None]
        jacobians = matrices[:, None] @ bent.jacobians
        turned = inverse(found.jacobians) @ jacobians  # the identity, if all follow
        return _distance(back, found.places) + 0.1 * _distance(turned, tf.eye(2))

    def _random_affines(self, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Matrices (count, 2, 2) and shifts (count, 2)."""
        angles = self.random.uniform((count,), -TURN, TURN)
        scales = 1 + self.random.uniform((count,), -SCALE, SCALE)
        cosines, sines = scales * tf.cos(angles), scales * tf.sin(angles)
        rows = [tf.stack([cosines, -sines], -1), tf.stack([sines, cosines], -1)]
        return tf.stack(rows, -2), self.random.uniform((count, 2), -SHIFT, SHIFT)


def grey(images: tf.Tensor) -> tf.Tensor:
    """(batch, side, side, 3) → (batch, side, side, 1): motion doesn't depend on colours."""
    return tf.reduce_mean(images, axis=-1, keepdims=True)


def pyramid_loss(images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Mean absolute difference of two sets of pictures, at full size and halved again and again.

    At each size, what the next one can't show is compared by itself, so that edges count.
    """
    total = 0.0
    for _ in range(LEVELS - 1):
        halves = [tf.nn.avg_pool2d(one, 2, 2, "VALID") for one in (images, targets)]
        size = tf.shape(images)[1:3]
        wide = [tf.image.resize(half, size, "nearest") for half in halves]
        total += _distance(images - wide[0], targets - wide[1])
        images, targets = halves
    return total + _distance(images, targets)


def _distance(one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.abs(one - other))
