"""Settings of a run: one flat, frozen dataclass with named profiles (chapter 00)."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from dcgan_lib.shared import CourseError

IMAGE_SIZES = (32, 64, 128)
PRECISIONS = ("auto", "float32", "mixed_bfloat16", "mixed_float16")
AUGMENTATIONS = ("color", "translation", "cutout")
BATCH_NORMS = ("both", "generator", "discriminator", "none", "everywhere")
ACTIVATIONS = ("relu", "leaky_relu")
OUTPUTS = ("tanh", "sigmoid")
NOISES = ("uniform", "normal")


@dataclass(frozen=True)
class Settings:
    """Everything that decides how a run ends. The defaults are the paper's (its Table 1).

    Raises:
        CourseError: a value is outside its range; the message names the setting.
    """

    profile: str = "paper"
    seed: int = 0

    # data
    max_faces: int = 0  # 0: every face of the folder; else a group-balanced subset
    held_out: float = 0.0  # share of each group kept from training, to measure copying
    flip: bool = False  # mirror half of the training faces

    # networks
    image_size: int = 64  # side in pixels
    latent_dim: int = 100  # width of z, uniform in [-1, 1]
    generator_width: int = 64  # channels of G's last hidden layer; each earlier one has twice more
    discriminator_width: int = 64  # channels of D's first layer; each later one has twice more
    kernel_size: int = 4  # divisible by the stride 2: no checkerboard by construction
    leaky_slope: float = 0.2  # Radford et al. 2015; Keras's default is 0.3
    batch_norm_momentum: float = 0.9  # Keras's 0.99 lags behind in short runs
    batch_deviation: bool = False  # shown to D: Karras et al. 2018, arXiv:1710.10196, section 3

    # the rules of the paper's section 6 and their neighbours, which chapter 10 turns one by one
    pooling: bool = False  # a: maximum pooling in D and upsampling in G, in place of strides
    batch_norm: str = "both"  # b: "everywhere" adds G's output and D's first layer
    fully_connected: bool = False  # c: a hidden dense layer before G's first map and D's logit
    generator_activation: str = "relu"  # d
    output: str = "tanh"  # d: with "sigmoid" both networks see images in [0, 1]
    discriminator_activation: str = "leaky_relu"  # e
    noise: str = "uniform"  # in [-1, 1]; "normal": N(0, 1)

    # training
    batch_size: int = 64
    epochs: int = 100
    learning_rate: float = 0.0003
    discriminator_steps: int = 1  # updates of D for each of G
    beta_1: float = 0.5  # Radford et al. 2015; the paper names Adam only
    label_smoothing: float = 0.0  # one-sided: real faces are labelled 1 - label_smoothing
    learning_rate_decay: float = 0.0  # share of the epochs, at the end, over which it falls to 0
    moving_average: float = 0.0  # decay of G's averaged copy per step; 0: no copy
    average_warm_up: bool = False  # a shorter average in the first steps
    augment: str = ""  # differentiable augmentation, e.g. "translation,cutout"; "": none
    augment_target: float = 0.0  # how sure D may be of real faces (Karras et al. 2020,
    # arXiv:2006.06676): above it, more faces are changed, below fewer; 0: every face is changed
    gradient_penalty: float = 0.0  # gamma of R1 (Mescheder et al. 2018, arXiv:1801.04406); 0: none
    penalty_every: int = 16  # updates of D between two penalties (Karras et al. 2020, "lazy")
    precision: str = "float32"  # "auto": half, where the device computes in it

    # what a run shows
    sample_every: int = 1  # epochs between grids
    sample_count: int = 64  # faces in a grid
    keep_every: int = 10  # epochs between copies of G, for curves of quality over the epochs

    def __post_init__(self) -> None:
        for name, (holds, expected) in _rules(self).items():
            if not holds:
                raise CourseError(
                    f"The setting {name} can't be used. Expected {expected}. "
                    f"Received: {name}={getattr(self, name)!r}. "
                    f"Choose another value, e.g. with --set {name}=…"
                )

    @property
    def augmentations(self) -> tuple[str, ...]:
        """The names in ``augment``."""
        return tuple(part.strip() for part in self.augment.split(",") if part.strip())

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as ``settings.json`` holds them."""
        return asdict(self)


def _rules(s: Settings) -> dict[str, tuple[bool, str]]:
    return {
        "seed": (0 <= s.seed < 2**31, "a whole number of at least 0 and below 2³¹"),
        "max_faces": (s.max_faces >= 0, "0 (all) or a number of faces"),
        "held_out": (0 <= s.held_out < 1, "a share of at least 0 and below 1"),
        "image_size": _one_of(s.image_size, IMAGE_SIZES),
        "latent_dim": (s.latent_dim >= 1, "at least 1"),
        "generator_width": (s.generator_width >= 1, "at least 1"),
        "discriminator_width": (s.discriminator_width >= 1, "at least 1"),
        "kernel_size": (3 <= s.kernel_size <= 7, "3 to 7"),
        "leaky_slope": (0 <= s.leaky_slope < 1, "at least 0 and below 1"),
        "batch_norm_momentum": (0 <= s.batch_norm_momentum < 1, "at least 0 and below 1"),
        "batch_norm": _one_of(s.batch_norm, BATCH_NORMS),
        "generator_activation": _one_of(s.generator_activation, ACTIVATIONS),
        "output": _one_of(s.output, OUTPUTS),
        "discriminator_activation": _one_of(s.discriminator_activation, ACTIVATIONS),
        "noise": _one_of(s.noise, NOISES),
        "batch_size": (s.batch_size >= 2, "at least 2 (BatchNormalization needs company)"),
        "epochs": (s.epochs >= 1, "at least 1"),
        "discriminator_steps": (s.discriminator_steps >= 1, "at least 1"),
        "learning_rate": (s.learning_rate > 0, "a number above 0"),
        "beta_1": (0 <= s.beta_1 < 1, "at least 0 and below 1"),
        "learning_rate_decay": (0 <= s.learning_rate_decay <= 1, "0 to 1, a share of the epochs"),
        "label_smoothing": (0 <= s.label_smoothing < 0.5, "at least 0 and below 0.5"),
        "moving_average": (0 <= s.moving_average < 1, "at least 0 and below 1"),
        "augment": (
            set(s.augmentations) <= set(AUGMENTATIONS),
            f"names among {AUGMENTATIONS}, separated by commas",
        ),
        "augment_target": (
            0 <= s.augment_target < 1 and bool(not s.augment_target or s.augmentations),
            "at least 0 and below 1, and above 0 only where augment names a change",
        ),
        "gradient_penalty": (s.gradient_penalty >= 0, "at least 0"),
        "penalty_every": (s.penalty_every >= 1, "at least 1"),
        "precision": _one_of(s.precision, PRECISIONS),
        "sample_every": (s.sample_every >= 1, "at least 1"),
        "sample_count": (s.sample_count >= 1, "at least 1"),
        "keep_every": (s.keep_every >= 1, "at least 1"),
    }


def _one_of(value: Any, allowed: tuple[Any, ...]) -> tuple[bool, str]:
    return value in allowed, f"one of {allowed}"


PROFILES: dict[str, Settings] = {
    "tiny": Settings(  # every notebook in seconds, for CI
        profile="tiny",
        max_faces=48,
        held_out=0.1,
        flip=True,
        generator_width=8,
        discriminator_width=8,
        batch_size=8,
        epochs=1,
        moving_average=0.9,
        sample_count=16,
        keep_every=1,
    ),
    "quick": Settings(  # ORL's 400 photographs on a laptop's processor, within minutes
        profile="quick",
        held_out=0.1,
        flip=True,
        generator_width=32,  # a quarter of the work of 64, so twice the updates in the time
        discriminator_width=32,
        batch_size=16,  # 360 faces give 22 updates an epoch; the paper's 64 would give 5
        epochs=120,
        learning_rate=0.0005,  # 0.0002 is still blurred after 100 epochs; 0.001 burns out
        moving_average=0.99,  # over some 5 epochs
        sample_every=4,
    ),
    "paper": Settings(),  # Table 1 to the letter
    "best": Settings(  # some 1,200 photographs on a processor, within 40 minutes of one core
        profile="best",
        held_out=0.1,
        flip=True,
        generator_width=32,
        discriminator_width=32,
        generator_activation="leaky_relu",  # chapter 10's study
        batch_deviation=True,
        batch_size=16,
        epochs=360,  # three times quick's, which augmentation lets D bear
        learning_rate=0.0005,
        learning_rate_decay=0.5,
        moving_average=0.995,
        average_warm_up=True,
        augment="translation,cutout",
        augment_target=0.6,  # Karras et al. 2020
        sample_every=10,
        keep_every=30,
    ),
    "gpu": Settings(  # a large database on one GPU
        profile="gpu",
        flip=True,
        generator_width=128,
        discriminator_width=128,
        learning_rate=0.0002,
        moving_average=0.999,
        augment="translation",
        precision="auto",
    ),
}


def get_settings(profile: str | None = None, **changes: Any) -> Settings:
    """The settings of a profile, with single values changed.

    Args:
        profile: a key of ``PROFILES``. None takes the environment variable ``DCGAN_PROFILE``,
            and ``quick`` where that is not set.
        changes: settings by name, as values or as text (``"0.0002"``, ``"true"``).

    Raises:
        CourseError: unknown profile or setting, or a value that can't be read or used.
    """
    profile = profile or os.environ.get("DCGAN_PROFILE") or "quick"
    if profile not in PROFILES:
        raise CourseError(
            f"There is no such profile. Expected one of {', '.join(PROFILES)}. "
            f"Received: {profile!r}. Choose one of these, e.g. --profile quick."
        )
    return change_settings(PROFILES[profile], **changes)


def change_settings(settings: Settings, **changes: Any) -> Settings:
    """Settings with single values changed.

    Args:
        settings: to start from; they stay as they are.
        changes: settings by name, as values or as text (``"0.0002"``, ``"true"``).

    Raises:
        CourseError: unknown setting, or a value that can't be read or used.
    """
    if "profile" in changes:
        raise CourseError(
            "A profile can't be changed like a single setting. Expected it where the settings are "
            f"chosen. Received: profile={changes['profile']!r} among single settings. Write, for "
            "instance, --profile quick."
        )
    return replace(settings, **{key: _parse(key, value) for key, value in changes.items()})


def settings_from_dict(values: dict[str, Any]) -> Settings:
    """Settings from what ``to_dict`` gave; unknown keys are refused."""
    return Settings(**{key: _parse(key, value) for key, value in values.items()})


def _parse(key: str, value: Any) -> Any:
    kinds = {field.name: type(getattr(Settings, field.name)) for field in fields(Settings)}
    if key not in kinds:
        raise CourseError(
            f"There is no such setting. Expected one of {', '.join(kinds)}. Received: {key!r}. "
            "Correct the name."
        )
    try:
        return _convert(value, kinds[key])
    except ValueError:
        raise CourseError(
            f"The setting {key} can't be read. Expected a value of type {kinds[key].__name__}. "
            f"Received: {value!r}. Write it as in --set {key}={getattr(Settings, key)}."
        ) from None


def _convert(value: Any, kind: type) -> Any:
    if kind is bool:
        text = str(value).lower()
        if text not in {"true", "1", "false", "0"}:
            raise ValueError
        return text in {"true", "1"}
    if kind is int and isinstance(value, float) and not value.is_integer():
        raise ValueError
    return kind(value)
