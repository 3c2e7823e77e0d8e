"""The generator and the discriminator as one Keras model (chapter 07; section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.discriminator import build_discriminator
from dcgan_lib.generator import build_generator
from dcgan_lib.losses import discriminator_loss, generator_loss
from dcgan_lib.machine import for_this_machine
from dcgan_lib.settings import Settings, settings_from_dict
from dcgan_lib.shared import CourseError
from dcgan_lib.train.augmentation import augment
from dcgan_lib.train.sample import noise_tensor

LOSSES = ("d_loss", "g_loss", "d_real", "d_fake")
RANGE_TOLERANCE = 1e-3


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
        random: the source of noise and of augmentation; its state belongs to a checkpoint.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="dcgan")
        self.settings = settings = for_this_machine(settings)
        self.generator = build_generator(settings)
        self.discriminator = build_discriminator(settings)
        self.averaged_generator = build_generator(settings) if settings.moving_average else None
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
        return super().fit(_with_first_batch_checked(x), *arguments, **options)

    def train_on_batch(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """One update on one batch, which is checked as the first of ``fit`` is."""
        return super().train_on_batch(_with_first_batch_checked(x), *arguments, **options)

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

    def test_step(self, data: Any) -> dict[str, tf.Tensor]:
        """The four means on faces that are not trained on, both networks in inference mode."""
        faces, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        shape = (tf.shape(faces)[0], self.settings.latent_dim)
        z = noise_tensor(self.validation_random, shape, self.settings.noise)
        real_logits = self.discriminator(faces, training=False)
        fake_logits = self.discriminator(self.generator(z, training=False), training=False)
        d_loss = discriminator_loss(real_logits, fake_logits)
        return self._measure(d_loss, generator_loss(fake_logits), real_logits, fake_logits)

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
        """Add the random state to what ``save`` keeps."""
        store["random"] = self.random.state.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Put the random state back."""
        self.random.reset(store["random"][:])


def _with_first_batch_checked(x: Any) -> Any:
    """Refuse faces in another range than G's tanh, which would be trained on without a word.

    Args:
        x: what ``keras.Model.fit`` takes: an array, a dataset or a generator of batches, each
            with or without labels.

    Returns:
        The same, with nothing taken away.

    Raises:
        CourseError: the first batch isn't float in [-1, 1].
    """
    if isinstance(x, tf.data.Dataset):
        first = next(iter(x.take(1)), None)
    elif isinstance(x, Iterator):
        first = next(x, None)
        x = _put_back(first, x)
    elif hasattr(x, "shape"):
        first = x[:64]
    else:  # a PyDataset; what else there is, Keras knows
        first = x[0] if hasattr(x, "__getitem__") and len(x) else None
    faces = first[0] if isinstance(first, tuple | list) else first
    if faces is not None:
        _require_range(np.asarray(faces))
    return x


def _put_back(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    if first is not None:
        yield first
    yield from rest


def _require_range(faces: np.ndarray) -> None:
    low, high = float(faces.min()), float(faces.max())
    if faces.dtype.kind == "f" and -1 - RANGE_TOLERANCE <= low < 0 and high <= 1 + RANGE_TOLERANCE:
        return
    raise CourseError(
        "These faces can't be trained on. Expected floats from -1 to 1, as G's tanh gives them, "
        f"with something darker than 0. Received: {faces.dtype} from {low:.3g} to {high:.3g}. "
        "Serve them with dcgan_lib.batches, or bring them there by dcgan_lib.from_images."
    )
