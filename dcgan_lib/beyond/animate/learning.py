"""Learn to move faces from pairs of photographs of one person; a run's folder keeps everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dcgan_lib.beyond.animate.animator import Animator
from dcgan_lib.beyond.animate.motions import by_person
from dcgan_lib.beyond.animate.settings import MotionSettings
from dcgan_lib.load import FaceSet, from_images, load_face_set, to_images
from dcgan_lib.shared import CourseError, atomic_path, image_grid, write_png

ANIMATOR = "animator.keras"
SHOWN = 4  # pairs in a run's samples


@dataclass(frozen=True)
class People:
    """Who is learnt from, and who isn't.

    Attributes:
        train: name → rows of the faces.
        held_out: likewise, of people whom the animator never sees.
    """

    train: dict[str, np.ndarray]
    held_out: dict[str, np.ndarray]


def split_people(faces: FaceSet, held_out: int) -> People:
    """Keep the last people of a folder, by name, from learning.

    Raises:
        CourseError: nobody would be left, or nobody has two photographs.
    """
    people = by_person(faces)
    if held_out >= len(people):
        raise CourseError(
            f"Nobody is left to learn from. Expected more than {held_out} people with two "
            f"photographs each. Received: {len(people)}. Hold out fewer, or give more people."
        )
    names = list(people)
    first = len(names) - held_out
    return People(
        {name: people[name] for name in names[:first]},
        {name: people[name] for name in names[first:]},
    )


def pairs_within(people: dict[str, np.ndarray], per_person: int = 30) -> np.ndarray:
    """Rows of two different photographs of each person, as many for each, evenly chosen.

    Returns:
        int64, shape (n, 2): source and target.
    """
    pairs = []
    for rows in people.values():
        both = [(a, b) for a in rows for b in rows if a != b]
        chosen = np.linspace(0, len(both) - 1, min(per_person, len(both))).round().astype(int)
        pairs += [both[place] for place in chosen]
    return np.array(pairs, np.int64)


def serve_pairs(
    images: np.ndarray, people: dict[str, np.ndarray], settings: MotionSettings
) -> tf.data.Dataset:
    """Serve pairs for ever: a person, two photographs, mirrored together half of the time.

    Returns:
        Batches of sources and targets: two float32 (batch, side, side, 3) in [-1, 1].
    """
    own = list(people.values())
    random = np.random.default_rng(settings.seed)

    def draw() -> tuple[np.ndarray, np.ndarray]:
        chosen = [own[random.integers(len(own))] for _ in range(settings.batch_size)]
        rows = np.stack([random.choice(one, 2, replace=False) for one in chosen], axis=1)
        pair = from_images(images[rows])  # (2, batch, side, side, 3)
        mirrored = random.random(settings.batch_size) < 0.5
        pair[:, mirrored] = pair[:, mirrored, :, ::-1]
        return pair[0], pair[1]

    def forever():
        while True:
            yield draw()

    shape = (settings.batch_size, *images.shape[1:])
    signature = tuple(tf.TensorSpec(shape, tf.float32) for _ in range(2))
    return tf.data.Dataset.from_generator(forever, output_signature=signature).prefetch(4)


def learn_motion(
    faces: str | Path,
    run: str | Path,
    settings: MotionSettings,
    each: Callable[[dict[str, float]], object] = lambda losses: None,
) -> Path:
    """Train an animator on a folder of faces, a folder for each person.

    A killed run goes on from its last finished epoch when it is called again.

    Args:
        faces: folder of cropped faces, such as ``data/faces/orl``.
        run: folder of the run, made here; one that is finished is left as it is.
        settings: what to train.
        each: called after each epoch with its mean losses, for a bar of progress.

    Returns:
        ``run``, with ``settings.json``, ``people.json``, ``history.csv``, ``samples/`` and the
        animator's weights.

    Raises:
        CourseError: too few people, or a run of other settings in this folder.
    """
    run = Path(run)
    _claim(run, settings)
    if (run / ANIMATOR).exists():
        return run
    face_set = load_face_set(faces, settings.image_size)
    people = split_people(face_set, settings.held_out)
    keras.utils.set_random_seed(settings.seed)
    animator = Animator(settings)
    few = settings.epochs * settings.steps_per_epoch < 10
    animator.compile(run_eagerly=few)  # a graph takes longer to build than so few steps
    _write_json(run / "people.json", {part: list(own) for part, own in vars(people).items()})
    animator.fit(
        serve_pairs(face_set.images, people.train, settings),
        epochs=settings.epochs,
        steps_per_epoch=settings.steps_per_epoch,
        shuffle=False,  # pairs are drawn at random
        verbose=0,
        callbacks=[
            keras.callbacks.BackupAndRestore(run / "backup", double_checkpoint=True),
            keras.callbacks.TerminateOnNaN(),
            keras.callbacks.CSVLogger(run / "history.csv", append=True),
            Strips(run, face_set.images, people.held_out or people.train),
            keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, losses: each(losses)),
        ],
    )
    with atomic_path(run / ANIMATOR) as part:
        animator.save(part)
    return run


def load_animator(run: str | Path) -> Animator:
    """The animator of a finished run.

    Raises:
        CourseError: there is none in this folder.
    """
    run = Path(run)
    if not (run / ANIMATOR).exists():
        raise CourseError(
            f"There is nothing to animate with. Expected a finished run of `learn-motion`. "
            f"Received: {run}, which has no {ANIMATOR}. Train it first, or name another --run."
        )
    return keras.saving.load_model(run / ANIMATOR, compile=False)


def reenact(animator: Animator, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Sources in the pose of targets: uint8 (n, side, side, 3) each → the same, RGB."""
    made = []
    for start in range(0, len(sources), 32):
        pair = (from_images(images[start : start + 32]) for images in (sources, targets))
        made.append(animator(tuple(pair)))
    return to_images(np.concatenate(made))


class Strips(keras.callbacks.Callback):
    """After some epochs, ``samples/epoch_….png``: sources, targets, and what was made of them."""

    def __init__(self, run: Path, images: np.ndarray, people: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.folder = run / "samples"
        rows = np.array([[own[0], own[-1]] for own in list(people.values())[:SHOWN]])
        self.sources, self.targets = images[rows[:, 0]], images[rows[:, 1]]

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        done = epoch + 1
        if done % max(1, self.params["epochs"] // 10) == 0:
            made = reenact(self.model, self.sources, self.targets)
            shown = np.concatenate([self.sources, self.targets, made])
            write_png(image_grid(shown, len(made)), self.folder / f"epoch_{done:04d}.png")


def _claim(run: Path, settings: MotionSettings) -> None:
    path = run / "settings.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else settings.to_dict()
    if kept != settings.to_dict():
        raise CourseError(
            f"This run has other settings. Expected those that it was started with. Received: "
            f"{run}, where {_difference(kept, settings.to_dict())}. Choose another folder."
        )
    _write_json(path, kept)


def _difference(kept: dict, asked: dict) -> str:
    others = [name for name in asked if kept.get(name) != asked[name]]
    return ", ".join(f"{name} is {kept.get(name)!r}" for name in others)


def _write_json(path: Path, values: dict) -> None:
    with atomic_path(path) as part:
        part.write_text(json.dumps(values, indent=1), "utf-8")
