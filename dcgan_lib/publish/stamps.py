"""A trained generator as a chain of stamps: transposed convolutions, and nothing else (ch. 11)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import keras
import numpy as np
from keras import layers

from dcgan_lib.shared import CourseError

KNOWN = (
    "Reshape to 1×1, Conv2DTranspose, UpSampling2D by 2 before Conv2D, Dense before the first map, "
    "BatchNormalization right after one of these, ReLU, LeakyReLU, and at the end tanh, or "
    "sigmoid with Rescaling(2, -1), one after the other"
)
SLOPES = {"linear": 1.0, "relu": 0.0, "leaky_relu": 0.2}  # of Keras's activations, below 0


@dataclass(frozen=True)
class Stamp:
    """One layer of a folded generator: a transposed convolution, a bias, an activation.

    Attributes:
        kernel: float32 (in, height, width, out): what each input value stamps, times the value.
        bias: float32 (out,).
        stride: output pixels from one stamp to the next.
        crop: rows and columns that are cut off at the top and on the left of all stamps.
        side: of the output map, in pixels.
        slope: what values below 0 are multiplied by; 0 is ReLU, 1 changes nothing.
        tanh: whether tanh follows.
    """

    kernel: np.ndarray
    bias: np.ndarray
    stride: int
    crop: int
    side: int
    slope: float = 1.0
    tanh: bool = False


def fold_generator(generator: keras.Model) -> list[Stamp]:
    """Write a generator's layers as stamps, with the same faces for the same z.

    A transposed convolution is one already, and a dense layer before the first map is one of
    1×1. UpSampling2D by 2 before a Conv2D of k×k stamps (k+1)×(k+1) at stride 2.
    BatchNormalization in inference is a factor and a summand for each channel, which go into
    kernel and bias. A sigmoid stretched to [-1, 1] is tanh of half its input.

    Args:
        generator: (batch, latent_dim) → (batch, side, side, 3) in [-1, 1], as a run of this
            course has it.

    Raises:
        CourseError: a layer, or a place of it, that isn't among ``KNOWN``.
    """
    folding, before = _Folding(), None
    for layer in generator.layers:
        follows = isinstance(generator, keras.Sequential) or layer.input is before
        if not follows and before is not None:
            raise _refused(layer)
        folding.add(layer)
        before = layer.output
    return folding.finished()


def fold_normalisation(stamp: Stamp, factor: np.ndarray, summand: np.ndarray) -> Stamp:
    """The stamp whose output is ``factor * output + summand``, both of shape (out,)."""
    kernel, bias = stamp.kernel * factor, stamp.bias * factor + summand
    return replace(stamp, kernel=kernel.astype(np.float32), bias=bias.astype(np.float32))


class _Folding:
    """The stamps of the layers so far, and what the next layer has to be."""

    def __init__(self) -> None:
        self.stamps: list[Stamp] = []
        self.doubled = False  # UpSampling2D waits for its Conv2D
        self.stretch = False  # sigmoid waits for its Rescaling

    def add(self, layer: layers.Layer) -> None:
        rule = next((rule for kind, rule in RULES.items() if isinstance(layer, kind)), None)
        if rule is None or (self.doubled and rule is not _Folding.convolve):
            raise _refused(layer)
        rule(self, layer)

    def finished(self) -> list[Stamp]:
        last = self.stamps[-1] if self.stamps else None
        if last is None or not last.tanh or self.stretch or last.bias.shape != (3,):
            raise CourseError(
                "This generator can't be published. Expected three colours in [-1, 1] at its end: "
                "tanh, or sigmoid with Rescaling(2, -1). Received: another end. Build it by "
                "dcgan_lib.build_generator."
            )
        return self.stamps

    def begin(self, layer: layers.InputLayer) -> None:
        _require(layer, not self.stamps)

    def reshape(self, layer: layers.Reshape) -> None:
        _require(layer, layer.output.shape[1:3] == (1, 1) and self._side() == 1)

    def dense(self, layer: layers.Dense) -> None:
        _require(layer, self._side() == 1)
        kernel = np.asarray(layer.kernel)[:, None, None]  # (in, 1, 1, out)
        self._append(layer, kernel, stride=1, crop=0, side=1)

    def transpose(self, layer: layers.Conv2DTranspose) -> None:
        size, stride = layer.kernel_size[0], layer.strides[0]
        same = layer.padding == "same"
        _require(layer, layer.dilation_rate == (1, 1) and layer.kernel_size == (size, size))
        _require(layer, layer.strides == (stride, stride) and layer.output_padding is None)
        _require(layer, size >= stride)
        side = self._side() * stride if same else (self._side() - 1) * stride + size
        kernel = np.asarray(layer.kernel).transpose(3, 0, 1, 2)  # Keras: (k, k, out, in)
        self._append(layer, kernel, stride, (size - stride) // 2 if same else 0, side)

    def double(self, layer: layers.UpSampling2D) -> None:
        _require(layer, tuple(layer.size) == (2, 2) and layer.interpolation == "nearest")
        self.doubled = True

    def convolve(self, layer: layers.Conv2D) -> None:
        size = layer.kernel_size[0]
        _require(layer, self.doubled and layer.padding == "same" and layer.groups == 1)
        _require(layer, layer.strides == (1, 1) and layer.dilation_rate == (1, 1))
        _require(layer, layer.kernel_size == (size, size))
        flipped = np.asarray(layer.kernel)[::-1, ::-1].transpose(2, 0, 1, 3)
        kernel = np.zeros((flipped.shape[0], size + 1, size + 1, flipped.shape[3]), np.float32)
        for row, column in np.ndindex(2, 2):  # each pixel is there four times, and so is its stamp
            kernel[:, row : row + size, column : column + size] += flipped
        self.doubled = False
        self._append(layer, kernel, 2, size // 2, 2 * self._side())

    def normalise(self, layer: layers.BatchNormalization) -> None:
        last = self.stamps[-1] if self.stamps else None
        _require(layer, last is not None and last.slope == 1 and not last.tanh)
        deviation = np.sqrt(np.asarray(layer.moving_variance, np.float64) + layer.epsilon)
        factor = (np.asarray(layer.gamma) if layer.scale else 1.0) / deviation
        shift = np.asarray(layer.beta) if layer.center else 0.0
        summand = shift - np.asarray(layer.moving_mean) * factor
        self.stamps[-1] = fold_normalisation(last, factor, summand)

    def rectify(self, layer: layers.ReLU | layers.LeakyReLU) -> None:
        if isinstance(layer, layers.ReLU):
            _require(layer, layer.max_value is None and layer.threshold == 0)
        self._activate(layer, "linear")
        self.stamps[-1] = replace(self.stamps[-1], slope=float(layer.negative_slope))

    def activate(self, layer: layers.Activation) -> None:
        self._activate(layer, _name(layer.activation))

    def rescale(self, layer: layers.Rescaling) -> None:
        _require(layer, self.stretch and layer.scale == 2 and layer.offset == -1)
        self.stretch = False

    def _append(
        self, layer: layers.Layer, kernel: np.ndarray, stride: int, crop: int, side: int
    ) -> None:
        bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(kernel.shape[3], np.float32)
        self.stamps.append(Stamp(np.ascontiguousarray(kernel), bias, stride, crop, side))
        self._activate(layer, _name(layer.activation))

    def _activate(self, layer: layers.Layer, name: str) -> None:
        last = self.stamps[-1] if self.stamps else None
        _require(layer, last is not None and last.slope == 1 and not last.tanh)
        if name == "sigmoid":
            half = np.full_like(last.bias, 0.5)
            last, self.stretch, name = fold_normalisation(last, half, 0 * half), True, "tanh"
        _require(layer, name == "tanh" or name in SLOPES)
        self.stamps[-1] = replace(last, slope=SLOPES.get(name, 1.0), tanh=name == "tanh")

    def _side(self) -> int:
        return self.stamps[-1].side if self.stamps else 1


RULES = {
    layers.InputLayer: _Folding.begin,
    layers.Reshape: _Folding.reshape,
    layers.Dense: _Folding.dense,
    layers.Conv2DTranspose: _Folding.transpose,  # before Conv2D, whatever Keras derives it from
    layers.UpSampling2D: _Folding.double,
    layers.Conv2D: _Folding.convolve,
    layers.BatchNormalization: _Folding.normalise,
    layers.ReLU: _Folding.rectify,
    layers.LeakyReLU: _Folding.rectify,
    layers.Activation: _Folding.activate,
    layers.Rescaling: _Folding.rescale,
}


def _name(activation: object) -> str:
    return str(getattr(activation, "__name__", activation))


def _require(layer: layers.Layer, holds: bool) -> None:
    if not holds:
        raise _refused(layer)


def _refused(layer: layers.Layer) -> CourseError:
    return CourseError(
        f"The page's engine doesn't know a layer of this generator. Expected: {KNOWN}. "
        f"Received: {type(layer).__name__} {layer.name!r} in a place or with options that aren't "
        "among these. Build the generator by dcgan_lib.build_generator, or write its stamps in "
        "dcgan_lib/publish/stamps.py."
    )
