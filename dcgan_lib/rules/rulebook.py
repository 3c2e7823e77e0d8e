"""The paper's rules, each with what turning it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dcgan_lib.settings import Settings

AS_WRITTEN = "as-written"
NORMALISED = "BatchNormalization in both"


@dataclass(frozen=True)
class Rule:
    """A rule, and the change of settings that breaks it alone."""

    letter: str  # of the paper's guideline (section 6), or "" for a neighbour
    says: str
    turned: str  # what a run does instead
    changes: dict[str, Any] = field(hash=False)  # settings that differ from those as written


RULES: dict[str, Rule] = {
    "pooling": Rule("a", "strides, no pooling", "pooling in D, upsampling in G", {"pooling": True}),
    "no-batch-norm": Rule("b", NORMALISED, "no BatchNormalization", {"batch_norm": "none"}),
    "fully-connected": Rule(
        "c", "no fully connected layers", "hidden dense layers", {"fully_connected": True}
    ),
    "leaky-in-g": Rule("d", "ReLU in G", "LeakyReLU in G", {"generator_activation": "leaky_relu"}),
    "relu-in-d": Rule("e", "LeakyReLU in D", "ReLU in D", {"discriminator_activation": "relu"}),
    "batch-norm-in-d-only": Rule(
        "b", NORMALISED, "BatchNormalization in D only", {"batch_norm": "discriminator"}
    ),
    "batch-norm-in-g-only": Rule(
        "b", NORMALISED, "BatchNormalization in G only", {"batch_norm": "generator"}
    ),
    "batch-norm-everywhere": Rule(
        "b",
        "not on G's output or D's input",
        "BatchNormalization everywhere",
        {"batch_norm": "everywhere"},
    ),
    "sigmoid": Rule("d", "tanh at G's end", "sigmoid, images in [0, 1]", {"output": "sigmoid"}),
    "normal-noise": Rule("", "z uniform in [-1, 1]", "z from N(0, 1)", {"noise": "normal"}),
    "beta-0.9": Rule("", "Adam's β1 0.5", "β1 0.9, Keras's default", {"beta_1": 0.9}),
    "rate-0.0002": Rule(
        "", "learning rate 0.0003", "rate 0.0002 (Radford et al.)", {"learning_rate": 0.0002}
    ),
    "kernel-5": Rule("", "kernels 4×4", "kernels 5×5", {"kernel_size": 5}),
    "smoothing": Rule(
        "", "real faces labelled 1", "labels of 0.9 (Salimans et al.)", {"label_smoothing": 0.1}
    ),
    "average": Rule("", "G as it is", "moving average of G, 0.98", {"moving_average": 0.98}),
    "translation": Rule(
        "", "D sees faces as they are", "faces shifted (Zhao et al.)", {"augment": "translation"}
    ),
    "d-twice": Rule(
        "", "one update of D for each of G", "two updates of D", {"discriminator_steps": 2}
    ),
}
MAIN = ("pooling", "no-batch-norm", "fully-connected", "leaky-in-g", "relu-in-d")


def label(rule: str) -> str:
    """What a figure calls a rule: what is done instead, and the guideline's letter."""
    if rule == AS_WRITTEN:
        return "as written"
    letter = f" ({RULES[rule].letter})" if RULES[rule].letter else ""
    return f"{RULES[rule].turned}{letter}"


def turned(settings: Settings, rule: str, seed: int) -> Settings:
    """The settings of one run of a study: one rule turned, or none for "as-written"."""
    changes = {} if rule == AS_WRITTEN else RULES[rule].changes
    epochs = settings.epochs
    quiet = {"sample_every": epochs, "keep_every": epochs, "sample_count": 16}
    return replace(settings, seed=seed, **quiet, **changes)
