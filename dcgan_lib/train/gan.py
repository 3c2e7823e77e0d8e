"""The generator and the discriminator as one Keras model (chapter 07; section 8)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from dcgan_lib.discriminator import build_discriminator
from dcgan_lib.generator import build_generator
from dcgan_lib.losses import discriminator_loss, generator_loss, gradient_penalty
from dcgan_lib.machine import for_this_machine
from dcgan_lib.settings import Settings, settings_from_dict
from dcgan_lib.train.augmentation import augment, next_strength
from dcgan_lib.train.sample import noise_tensor, with_first_batch_checked

LOSSES = ("d_loss", "g_loss", "d_real", "d_fake")


class BothOptimizers(keras.optimizers.Optimizer):
    """What a GAN shows as its ``optimizer``, so that learning-rate callbacks move both networks.

    Its learning rate is G's. Setting it multiplies D's by the same factor, so two rates keep
    their ratio. It updates nothing itself.
    """

    def __init__(
        self,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
    ) -> None:
        super().__init__(learning_rate=0.0, name="both_optimizers")
        self.built = True
        self._of_generator = generator_optimizer
        self._of_discriminator = discriminator_optimizer

    @property
    def learning_rate(self) -> Any:
        """G's learning rate now."""
        return self._of_generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        factor = float(rate) / float(self._of_generator.learning_rate)
        self._of_discriminator.learning_rate = factor * float(self._of_discriminator.learning_rate)
        self._of_generator.learning_rate = rate


def learning_rate_in(epoch: int, settings: Settings) -> float:
    """The rate of an epoch, counted from 0: constant, then down in equal steps.

    The fall takes the last ``settings.learning_rate_decay`` of the run's epochs, and would reach
    0 in the epoch after the last one.
    """
    falling = settings.learning_rate_decay * settings.epochs
    left = (settings.epochs - epoch) / falling if falling else 1.0
    return settings.learning_rate * min(1.0, left)


@keras.saving.register_keras_serializable("dcgan_lib")
class DCGAN(keras.Model):
    """A DCGAN that ``fit`` trains on batches of faces, float32 in [-1, 1].

    Batches may be arrays or datasets, and bring labels, which are not used. ``save`` keeps both
    networks, both optimizers and the random state; ``keras.saving.load_model`` goes on from there.

    Attributes:
        generator: (batch, latent_dim) → (batch, side, side, 3).
        discriminator: (batch, side, side, 3) → (batch, 1), a logit.
        averaged_generator: the moving average of G (weights and BatchNormalization statistics),
            or None where ``settings.moving_average`` is 0.
        augment_strength: the probability of each change by augmentation, a variable, or None
            where ``settings.augment_target`` is 0 and every face is changed.
        random: the source of noise and of augmentation; its state belongs to a checkpoint.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="dcgan")
        self.settings = settings = for_this_machine(settings)
        self.generator = build_generator(settings)
        self.discriminator = build_discriminator(settings)
        self.averaged_generator = build_generator(settings) if settings.moving_average else None
        self.augment_strength = self._start_strength()
        self.random = tf.random.Generator.from_seed(settings.seed, alg="philox")
        self.validation_random = tf.random.Generator.from_seed(settings.seed + 1, alg="philox")
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
        both = BothOptimizers(self.generator_optimizer, self.discriminator_optimizer)
        super().compile(optimizer=both, **options)

    def _prepare(
        self, optimizer: keras.optimizers.Optimizer | None, network: keras.Model
    ) -> keras.optimizers.Optimizer:
        optimizer = optimizer or keras.optimizers.Adam(
            self.settings.learning_rate, beta_1=self.settings.beta_1
        )
        scales = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if self.settings.precision == "mixed_float16" and not scales:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(network.trainable_variables)
        return optimizer

    def _start_strength(self) -> tf.Variable | None:
        if not self.settings.augment_target:
            return None
        mean = tf.VariableAggregation.MEAN  # of the replicas, under tf.distribute
        return tf.Variable(0.0, trainable=False, aggregation=mean, name="augment_strength")

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
        return noise_tensor(self.random, (count, self.settings.latent_dim), self.settings.noise)

    def call(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Generate faces: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1]."""
        return self.best_generator(z, training=training)

    def fit(self, x: Any = None, *arguments: Any, **options: Any) -> keras.callbacks.History:
        """Train as ``keras.Model.fit`` does, after a look at the first batch.

        Raises:
            CourseError: it isn't float in [-1, 1].
        """
        return super().fit(with_first_batch_checked(x), *arguments, **options)

    def train_on_batch(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """One update on one batch, which is checked as the first of ``fit`` is."""
        return super().train_on_batch(with_first_batch_checked(x), *arguments, **options)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """One update of D and one of G on a batch of real faces (section 3).

        One pass through G and two through D, of real and of generated faces apart, serve both
        losses: each network's gradient is taken before either moves. With ``discriminator_steps``
        above 1, D has moved on the same faces and other noise before.

        Args:
            data: faces, float32 (batch, side, side, 3) in [-1, 1], alone or with labels.
        """
        faces, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        for _ in range(self.settings.discriminator_steps - 1):
            self._train_discriminator(faces)
        with tf.GradientTape(persistent=True) as tape:
            fakes = self.generator(self.noise(tf.shape(faces)[0]), training=True)
            real_logits, fake_logits, d_loss = self.judge(faces, fakes)
            g_loss = generator_loss(fake_logits)
            d_target = d_loss + self._penalty(faces)
            scaled_d_loss = self._share(self.discriminator_optimizer, d_target)
            scaled_g_loss = self._share(self.generator_optimizer, g_loss)
        d_variables = self.discriminator.trainable_variables
        g_variables = self.generator.trainable_variables
        d_gradients = tape.gradient(scaled_d_loss, d_variables)
        g_gradients = tape.gradient(scaled_g_loss, g_variables)
        self.discriminator_optimizer.apply(d_gradients, d_variables)
        self.generator_optimizer.apply(g_gradients, g_variables)
        self._move_average()
        self._adapt_augmentation(real_logits)
        return self._measure(d_loss, g_loss, real_logits, fake_logits)

    def test_step(self, data: Any) -> dict[str, tf.Tensor]:
        """The four means on faces that are not trained on, both networks in inference mode."""
        faces, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        shape = (tf.shape(faces)[0], self.settings.latent_dim)
        z = noise_tensor(self.validation_random, shape, self.settings.noise)
        real_logits = self.discriminator(faces, training=False)
        fake_logits = self.discriminator(self.generator(z, training=False), training=False)
        d_loss = discriminator_loss(real_logits, fake_logits)
        return self._measure(d_loss, generator_loss(fake_logits), real_logits, fake_logits)

    def _share(self, optimizer: keras.optimizers.Optimizer, loss: tf.Tensor) -> tf.Tensor:
        """What a replica takes the gradient of: those of all replicas are summed."""
        return optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)

    def _train_discriminator(self, faces: tf.Tensor) -> None:
        fakes = self.generator(self.noise(tf.shape(faces)[0]), training=True)
        with tf.GradientTape() as tape:
            _, _, loss = self.judge(faces, fakes)
            loss = self._share(self.discriminator_optimizer, loss + self._penalty(faces))
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)

    def judge(self, faces: tf.Tensor, fakes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """D's logits of real and of generated faces, (batch, 1) each, and D's loss, a scalar.

        Each of the two is a batch of its own, so BatchNormalization never mixes them.

        Args:
            faces: float32, shape (batch, side, side, 3), in [-1, 1].
            fakes: of the same shape, from G.
        """
        real_logits = self.discriminator(self._augment(faces), training=True)
        fake_logits = self.discriminator(self._augment(fakes), training=True)
        loss = discriminator_loss(real_logits, fake_logits, self.settings.label_smoothing)
        return real_logits, fake_logits, loss

    def _augment(self, faces: tf.Tensor) -> tf.Tensor:
        return augment(faces, self.random, self.settings.augmentations, self.augment_strength)

    def _adapt_augmentation(self, real_logits: tf.Tensor) -> None:
        if self.augment_strength is not None:
            target = self.settings.augment_target
            self.augment_strength.assign(next_strength(self.augment_strength, real_logits, target))

    def _penalty(self, faces: tf.Tensor) -> tf.Tensor:
        """R1 once in ``penalty_every`` updates of D, and that many times as strong; else 0."""
        gamma, every = self.settings.gradient_penalty, self.settings.penalty_every
        if not gamma:
            return tf.constant(0.0)

        def steepness() -> tf.Tensor:
            return every * gamma / 2 * gradient_penalty(self.discriminator, self._augment(faces))

        due = self.discriminator_optimizer.iterations % every == 0
        return tf.cond(due, steepness, lambda: tf.constant(0.0))

    def _move_average(self) -> None:
        if self.averaged_generator is None:
            return
        decay = self._average_decay()
        pairs = zip(self.averaged_generator.weights, self.generator.weights, strict=True)
        for average, value in pairs:  # BatchNormalization's statistics are among the weights
            average.assign(decay * average + (1.0 - decay) * value)

    def _average_decay(self) -> float | tf.Tensor:
        if not self.settings.average_warm_up:
            return self.settings.moving_average
        steps = tf.cast(self.generator_optimizer.iterations, tf.float32)
        return tf.minimum(self.settings.moving_average, (1.0 + steps) / (10.0 + steps))

    def _measure(
        self, d_loss: tf.Tensor, g_loss: tf.Tensor, real_logits: tf.Tensor, fake_logits: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        values = (d_loss, g_loss, tf.sigmoid(real_logits), tf.sigmoid(fake_logits))
        for tracker, value in zip(self.trackers.values(), values, strict=True):
            tracker.update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def get_config(self) -> dict[str, Any]:
        """The settings, as ``save`` writes them."""
        return {"settings": self.settings.to_dict()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> DCGAN:
        """A GAN of the same settings, with new weights."""
        return cls(settings_from_dict(config["settings"]))

    def get_compile_config(self) -> dict[str, Any]:
        """Both optimizers, as ``save`` writes them."""
        optimizers = (self.generator_optimizer, self.discriminator_optimizer)
        return {"optimizers": [keras.saving.serialize_keras_object(one) for one in optimizers]}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with the optimizers of ``get_compile_config``."""
        self.compile(*map(keras.saving.deserialize_keras_object, config["optimizers"]))

    def save_own_variables(self, store: Any) -> None:
        """Add the random state and the strength of augmentation to what ``save`` keeps."""
        store["random"] = self.random.state.numpy()
        if self.augment_strength is not None:
            store["augment_strength"] = self.augment_strength.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Put the random state and the strength of augmentation back."""
        self.random.reset(store["random"][:])
        if self.augment_strength is not None:
            self.augment_strength.assign(store["augment_strength"][()])
