"""FID and KID: distances between two sets of faces as InceptionV3 sees them (chapter 08)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.shared import CourseError

SIDE, FEATURES = 299, 2048
BATCH = 32
CHUNK = 1024  # rows of a kernel matrix that are held at a time
PREPROCESSING = f"{SIDE}×{SIDE} by antialiased bilinear interpolation, [-1, 1]"


def load_inception(weights: str | Path = "imagenet") -> keras.Model:
    """Keras's InceptionV3 up to its last pooling layer (Szegedy et al. 2016).

    Args:
        weights: "imagenet" for the weights that Keras downloads (88 MB, once, to its own folder);
            else a file: ``.weights.h5`` or ``.h5`` of InceptionV3 without its classifier, or a
            ``.keras`` model that ends in 2048 pooled features.

    Returns:
        Model: (batch, 299, 299, 3) in [-1, 1] → (batch, 2048).

    Raises:
        CourseError: the download fails, or the file is missing or doesn't fit.
    """
    if weights == "imagenet":
        return _downloaded()
    path = Path(weights)
    if not path.is_file():
        raise _unfit(path, "no such file")
    try:
        if path.suffix == ".keras":
            model = keras.saving.load_model(path, compile=False)
        else:
            model = _network(None)
            model.load_weights(path)
    except Exception as error:  # ValueError, OSError, KeyError, …: each format has its own
        raise _unfit(path, str(error).strip().splitlines()[0][:150]) from error
    if model.output_shape != (None, FEATURES):
        raise _unfit(path, f"a model with output {model.output_shape}")
    return model


def inception_features(
    model: keras.Model, images: np.ndarray, each: Callable[[int], object] = lambda n: None
) -> np.ndarray:
    """Pooled features of images, after one and the same preprocessing for every set.

    Args:
        model: as ``load_inception`` gives it.
        images: uint8, shape (n, side, side, 3), RGB.
        each: called with the number of images after every part.

    Returns:
        float32, shape (n, 2048).
    """
    parts = []
    for start in range(0, len(images), BATCH):
        part = tf.constant(images[start : start + BATCH])
        larger = tf.image.resize(part, (SIDE, SIDE), "bilinear", antialias=True)
        inputs = keras.applications.inception_v3.preprocess_input(larger)
        parts.append(model.predict_on_batch(inputs))
        each(len(parts[-1]))
    return np.concatenate(parts).astype(np.float32)


def fid(a: np.ndarray, b: np.ndarray) -> float:
    """Fréchet distance of two sets of features, each taken for a Gaussian (Heusel et al. 2017).

    It is biased: two samples of one distribution are the further apart the fewer they are, so
    compare only values from equal numbers.

    Args:
        a: features, shape (n, d), n at least 2.
        b: features, shape (m, d), m at least 2.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    if len(a) + len(b) < a.shape[1]:  # nothing lies outside the space that both span
        axes, _ = np.linalg.qr(np.concatenate([a, b]).T)
        a, b = a @ axes, b @ axes
    return frechet_distance(a.mean(0), np.cov(a.T), b.mean(0), np.cov(b.T))


def frechet_distance(
    mean_a: np.ndarray, covariance_a: np.ndarray, mean_b: np.ndarray, covariance_b: np.ndarray
) -> float:
    """Squared 2-Wasserstein distance of two Gaussians (Dowson & Landau 1982).

    ``|μa - μb|² + Tr(A + B - 2 (AB)^½)``. The trace of (AB)^½ is that of (A^½ B A^½)^½, whose
    matrices are symmetric, so that eigenvalues in float64 serve and singular ones do no harm.

    Args:
        mean_a: (d,).
        covariance_a: (d, d), symmetric, without negative eigenvalues.
        mean_b: (d,).
        covariance_b: (d, d), as ``covariance_a``.
    """
    values, vectors = np.linalg.eigh(covariance_a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    inner = np.linalg.eigvalsh(root @ covariance_b @ root)
    shared = np.sqrt(np.maximum(inner, 0)).sum()
    traces = np.trace(covariance_a) + np.trace(covariance_b)
    return max(0.0, float(np.sum((mean_a - mean_b) ** 2) + traces - 2 * shared))


def kid(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Unbiased squared maximum mean discrepancy and its standard error (Bińkowski et al. 2018).

    The kernel is (x·y / d + 1)³. All pairs are used: the published mean over random subsets
    tends to this value as subsets are added. The standard error is the jackknife's, leaving out
    one feature at a time, so it speaks of other samples of as many images, not of other subsets.

    Args:
        a: features, shape (n, d), n at least 3.
        b: features, shape (m, d), m at least 3.

    Returns:
        KID, near 0 (on either side) for samples of one distribution, and its standard error.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    n, m = len(a), len(b)
    within_a = _kernel_sums(a, a) - _kernel(a, a, paired=True)  # (n,)
    within_b = _kernel_sums(b, b) - _kernel(b, b, paired=True)  # (m,)
    across_a, across_b = _kernel_sums(a, b), _kernel_sums(b, a)
    sums = np.array([within_a.sum(), within_b.sum(), across_a.sum()])
    value = _discrepancy(*sums, n, m)
    without_a = _discrepancy(sums[0] - 2 * within_a, sums[1], sums[2] - across_a, n - 1, m)
    without_b = _discrepancy(sums[0], sums[1] - 2 * within_b, sums[2] - across_b, n, m - 1)
    variance = (n - 1) * without_a.var() + (m - 1) * without_b.var()
    return float(value), float(np.sqrt(variance))


def reference_fid(generated: np.ndarray, real: np.ndarray) -> float:
    """FID by torch-fidelity, whose network and resizing are those of published scores.

    Args:
        generated: uint8, shape (n, side, side, 3), RGB.
        real: uint8, shape (m, side, side, 3), RGB.

    Raises:
        CourseError: torch-fidelity is not installed, or its weights can't be fetched.
    """
    try:
        import torch
        from torch_fidelity import calculate_metrics
    except ImportError as error:
        raise CourseError(
            "The reference FID can't be computed. Expected the package torch-fidelity. "
            f"Received: {error}. Run: pip install torch-fidelity"
        ) from error

    class Images(torch.utils.data.Dataset):
        def __init__(self, images: np.ndarray) -> None:
            self.images = torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, 3, 1)))

        def __len__(self) -> int:
            return len(self.images)

        def __getitem__(self, index: int) -> torch.Tensor:
            return self.images[index]  # uint8 (3, side, side)

    try:
        found = calculate_metrics(
            input1=Images(generated),
            input2=Images(real),
            fid=True,
            cuda=torch.cuda.is_available(),
            batch_size=BATCH,
            cache=False,
            save_cpu_ram=True,  # reads in this process: the class above can't be pickled
            verbose=False,
        )
    except OSError as error:  # URLError and HTTPError among them
        raise CourseError(
            "The reference FID can't be computed. Expected the weights of torch-fidelity's "
            f"InceptionV3, which it downloads on first use. Received: {error}. Connect to the "
            "network once, or leave out --reference-fid."
        ) from error
    return float(found["frechet_inception_distance"])


def _network(weights: str | None) -> keras.Model:
    return keras.applications.InceptionV3(
        include_top=False, weights=weights, input_shape=(SIDE, SIDE, 3), pooling="avg"
    )


def _downloaded() -> keras.Model:
    try:
        return _network("imagenet")
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise CourseError(
            "FID and KID can't be computed. Expected InceptionV3's weights, which Keras downloads "
            f"on first use. Received: {error}. Connect to the network once, or give a weights "
            "file by --inception PATH; all other figures need no download."
        ) from error


def _unfit(path: Path, received: str) -> CourseError:
    return CourseError(
        "These weights don't fit InceptionV3. Expected .weights.h5 or .h5 of Keras's InceptionV3 "
        f"without its classifier, or a .keras model that gives {FEATURES} pooled features. "
        f"Received: {path}: {received}. Give another --inception PATH, or --fid to download them."
    )


def _kernel(a: np.ndarray, b: np.ndarray, paired: bool = False) -> np.ndarray:
    """(n, d), (m, d) → (n, m); of equal rows only, (n,), where ``paired``."""
    products = np.einsum("nd,nd->n", a, b) if paired else a @ b.T
    return (products / a.shape[1] + 1) ** 3


def _kernel_sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Sum of each row of the kernel's matrix: (n,)."""
    starts = range(0, len(a), CHUNK)
    return np.concatenate([_kernel(a[start : start + CHUNK], b).sum(axis=1) for start in starts])


def _discrepancy(
    within_a: np.ndarray, within_b: np.ndarray, across: np.ndarray, n: int, m: int
) -> np.ndarray:
    """MMD² from sums over pairs of different rows within each set, and over pairs across."""
    return within_a / (n * (n - 1)) + within_b / (m * (m - 1)) - 2 * across / (n * m)
