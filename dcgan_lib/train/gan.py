"""The generator and the discriminator as one Keras model (chapter 07; section 8)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from dcgan_lib.discriminator import build_discriminator
from dcgan_lib.generator import build_generator
from dcgan_lib.losses import discriminator_loss, generator_loss
from dcgan_lib.settings import Settings
from dcgan_lib.train.augmentation import augment

LOSSES = ("d_loss", "g_loss", "d_real", "d_fake")


class DCGAN(keras.Model):
    """A DCGAN that ``fit`` trains on batches of faces, float32 in [-1, 1].

    Attributes:
        generator: (batch, latent_dim) → (batch, side, side, 3).
        discriminator: (batch, side, side, 3) → (batch, 1), a logit.
        averaged_generator: the moving average of G (weights and BatchNormalization statistics),
            or None where ``settings.moving_average`` is 0.
        random: the source of noise and of augmentation; its state belongs to a checkpoint.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="dcgan")
        self.settings = settings
        self.generator = build_generator(settings)
        self.discriminator = build_discriminator(settings)
        self.averaged_generator = build_generator(settings) if settings.moving_average else None
        self.random = tf.random.Generator.from_seed(settings.seed, alg="philox")
        self.trackers = {name: keras.metrics.Mean(name=name) for name in LOSSES}
        self.built = True  # both networks are; under tf.distribute, fit would build them by a batch

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        **options: Any,
    ) -> None:
        """Set one optimizer per network; by default Adam as the settings say (section 8d).

        XLA is off unless asked for: on processors it runs these networks a third slower.
        """
        options.setdefault("jit_compile", False)
        self.generator_optimizer = self._prepare(generator_optimizer, self.generator)
        self.discriminator_optimizer = self._prepare(discriminator_optimizer, self.discriminator)
        super().compile(optimizer=self.generator_optimizer, **options)  # whose rate logs show

    def _prepare(
        self, optimizer: keras.optimizers.Optimizer | None, network: keras.Model
    ) -> keras.optimizers.Optimizer:
        optimizer = optimizer or keras.optimizers.Adam(
            self.settings.learning_rate, beta_1=self.settings.beta_1
        )
        if self.settings.precision == "mixed_float16":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(network.trainable_variables)
        return optimizer

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The four means of an epoch: losses, and the sigmoid of D on real and generated faces."""
        return list(self.trackers.values())

    @property
    def best_generator(self) -> keras.Model:
        """The averaged G where there is one, else G."""
        return self.averaged_generator or self.generator

    def noise(self, count: int | tf.Tensor) -> tf.Tensor:
        """Draw z: (count, latent_dim), uniform in [-1, 1] (the paper's section 5.1).

        N(0, 1) where ``settings.noise`` is "normal".
        """
        shape = (count, self.settings.latent_dim)
        if self.settings.noise == "normal":
            return self.random.normal(shape)
        return self.random.uniform(shape, -1.0, 1.0)

    def call(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Generate faces: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1]."""
        return self.best_generator(z, training=training)

    def train_step(self, faces: tf.Tensor) -> dict[str, tf.Tensor]:
        """One update of D and one of G on a batch of real faces (section 3).

        One pass through G and two through D, of real and of generated faces apart, serve both
        losses: each network's gradient is taken before either moves. With ``discriminator_steps``
        above 1, D has moved on the same faces and other noise before.
        """
        for _ in range(self.settings.discriminator_steps - 1):
            self._train_discriminator(faces)
        with tf.GradientTape(persistent=True) as tape:
            fakes = self.generator(self.noise(tf.shape(faces)[0]), training=True)
            real_logits, fake_logits, d_loss = self.judge(faces, fakes)
            g_loss = generator_loss(fake_logits)
            scaled_d_loss = self.discriminator_optimizer.scale_loss(d_loss)
            scaled_g_loss = self.generator_optimizer.scale_loss(g_loss)
        d_variables = self.discriminator.trainable_variables
        g_variables = self.generator.trainable_variables
        d_gradients = tape.gradient(scaled_d_loss, d_variables)
        g_gradients = tape.gradient(scaled_g_loss, g_variables)
        self.discriminator_optimizer.apply(d_gradients, d_variables)
        self.generator_optimizer.apply(g_gradients, g_variables)
        self._move_average()
        return self._measure(d_loss, g_loss, real_logits, fake_logits)

    def _train_discriminator(self, faces: tf.Tensor) -> None:
        fakes = self.generator(self.noise(tf.shape(faces)[0]), training=True)
        with tf.GradientTape() as tape:
            _, _, loss = self.judge(faces, fakes)
            loss = self.discriminator_optimizer.scale_loss(loss)
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)

    def judge(self, faces: tf.Tensor, fakes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """D's logits of real and of generated faces, (batch, 1) each, and D's loss, a scalar.

        Each of the two is a batch of its own, so BatchNormalization never mixes them.

        Args:
            faces: float32, shape (batch, side, side, 3), in [-1, 1].
            fakes: of the same shape, from G.
        """
        names = self.settings.augmentations
        real_logits = self.discriminator(augment(faces, self.random, names), training=True)
        fake_logits = self.discriminator(augment(fakes, self.random, names), training=True)
        loss = discriminator_loss(real_logits, fake_logits, self.settings.label_smoothing)
        return real_logits, fake_logits, loss

    def _move_average(self) -> None:
        if self.averaged_generator is None:
            return
        decay = self.settings.moving_average
        pairs = zip(self.averaged_generator.weights, self.generator.weights, strict=True)
        for average, value in pairs:  # BatchNormalization's statistics are among the weights
            average.assign(decay * average + (1.0 - decay) * value)

    def _measure(
        self, d_loss: tf.Tensor, g_loss: tf.Tensor, real_logits: tf.Tensor, fake_logits: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        values = (d_loss, g_loss, tf.sigmoid(real_logits), tf.sigmoid(fake_logits))
        for tracker, value in zip(self.trackers.values(), values, strict=True):
            tracker.update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}
