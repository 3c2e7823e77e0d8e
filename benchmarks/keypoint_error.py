"""How much an animator's keypoints know of a face: annotated landmarks, told from them.

    python benchmarks/keypoint_error.py RUN FOLDER

FOLDER holds the neutral photographs of the Face Research Lab London Set (DeBruine & Jones 2017,
CC BY 4.0), each beside its 189 landmarks: ``name.jpg`` and ``name.pts``. RUN is of `learn-motion`.

As unsupervised landmarks are judged (Thewlis et al. 2017): a linear map from the keypoints to the
landmarks is fitted on half of the people, and tried on the other half. An error is the mean
distance of all landmarks, as a share of the distance between the pupils (the first two). It stands
beside that of no knowledge, the mean face of the first half. Two hundred random halves.
No photograph and no landmark is written anywhere.
"""

import sys
from pathlib import Path

import numpy as np

from dcgan_lib.shared import import_tensorflow

HALVES = 200
STIFFNESS = 1e-3  # of the ridge that keeps a few dozen people from being fitted by heart


def read_people(folder: Path, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Faces, uint8 (n, size, size, 3), and landmarks in their crops (n, 189, 2), edges at ±1."""
    from dcgan_lib.beyond.animate import read_portrait
    from dcgan_lib.shared import CourseError

    faces, landmarks = [], []
    for file in sorted(folder.glob("*.pts")):
        try:
            portrait = read_portrait(file.with_suffix(".jpg"), size)
        except CourseError as error:
            print(f"left out: {error}")
            continue
        places = np.loadtxt(file)
        corner = [portrait.left, portrait.top]
        landmarks.append((places - corner) / portrait.side * 2 - 1)
        faces.append(portrait.face)
    return np.stack(faces), np.stack(landmarks)


def told_from(numbers: np.ndarray, landmarks: np.ndarray, seed: int) -> float:
    """The error on one random half of landmarks told from numbers (n, k), fitted on the other."""
    order = np.random.default_rng(seed).permutation(len(numbers))
    fit, tried = order[: len(order) // 2], order[len(order) // 2 :]
    mean, middle = numbers[fit].mean(axis=0), landmarks[fit].mean(axis=0)
    inputs, wanted = numbers[fit] - mean, (landmarks[fit] - middle).reshape(len(fit), -1)
    ridge = STIFFNESS * len(fit) * np.eye(inputs.shape[1])
    ways = np.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ wanted)
    told = ((numbers[tried] - mean) @ ways).reshape(-1, *middle.shape) + middle
    return error_of(told, landmarks[tried])


def error_of(told: np.ndarray, landmarks: np.ndarray) -> float:
    """Mean distance as a share of the distance between the pupils."""
    pupils = np.linalg.norm(landmarks[:, 0] - landmarks[:, 1], axis=1)
    return float((np.linalg.norm(told - landmarks, axis=2) / pupils[:, None]).mean())


def main(run: str, folder: str) -> None:
    """Print both errors, with their spread over the halves."""
    import_tensorflow()
    from dcgan_lib import from_images
    from dcgan_lib.beyond.animate import load_animator

    animator = load_animator(run)
    faces, landmarks = read_people(Path(folder), animator.settings.image_size)
    places = np.asarray(animator.keypoints(from_images(faces)).places)
    numbers = places.reshape(len(faces), -1).astype(np.float64)
    nothing = np.zeros((len(faces), 1))
    print(f"{len(faces)} people, {landmarks.shape[1]} landmarks, {places.shape[1]} keypoints")
    for name, known in (("mean face", nothing), ("from keypoints", numbers)):
        errors = [told_from(known, landmarks, seed) for seed in range(HALVES)]
        print(f"{name:16} {np.mean(errors):.4f} ± {np.std(errors):.4f} of the pupils' distance")


if __name__ == "__main__":
    main(*sys.argv[1:3])
