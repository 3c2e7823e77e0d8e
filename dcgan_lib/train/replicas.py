"""Training shared by several devices or machines, through tf.distribute (chapter 07).

Every device trains a copy of both networks, a replica, on its share of each batch. The gradients
of all replicas are summed before each update, so the copies stay equal. BatchNormalization's
statistics are those of a replica's own share.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from dcgan_lib.shared import CourseError
from dcgan_lib.train.gan import DCGAN

STRATEGIES = ("mirrored", "multiworker")
EXAMPLE = (
    '{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, '
    '"task": {"type": "worker", "index": 0}}'
)
LOST = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.DeadlineExceededError)


def find_strategy(name: str | None = None) -> tf.distribute.Strategy:
    """How training is shared.

    Args:
        name: "mirrored": among this machine's GPUs, or, without one, its logical processors;
            "multiworker": among processes, on one machine or several, that the environment
            variable TF_CONFIG lists; this waits until each of them is there. None is "mirrored"
            on a machine with several GPUs, and else a single device.

    Raises:
        CourseError: there is no such strategy, or TF_CONFIG doesn't say who takes part.
    """
    if name not in (None, *STRATEGIES):
        raise CourseError(
            f"Training can't be shared like this. Expected one of {', '.join(STRATEGIES)}. "
            f"Received: {name!r}. Leave --strategy out to train on one device."
        )
    if name == "multiworker":
        _check_cluster(os.environ.get("TF_CONFIG", ""))
        return tf.distribute.MultiWorkerMirroredStrategy()
    gpus = tf.config.list_logical_devices("GPU")
    if name == "mirrored" or len(gpus) > 1:
        devices = gpus or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.get_strategy()


def _check_cluster(text: str) -> None:
    try:
        config = json.loads(text)
        workers, task = config["cluster"]["worker"], config["task"]
        fits = task["type"] == "worker" and 0 <= task["index"] < len(workers)
    except (ValueError, LookupError, TypeError):
        fits = False
    if not fits:
        raise CourseError(
            f"This process doesn't know whom it trains with. Expected the environment variable "
            f"TF_CONFIG, such as {EXAMPLE}, with another index in each process. Received: "
            f"{text or 'none'}. Set it, or leave --strategy out."
        )


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process writes the run's files: of several workers, the first one does."""
    return not _has_workers(strategy) or strategy.cluster_resolver.task_id == 0


def _has_workers(strategy: tf.distribute.Strategy) -> bool:
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def check_shares(batch_size: int, strategy: tf.distribute.Strategy) -> None:
    """Refuse a batch that can't be shared equally, with at least two faces for each replica.

    Raises:
        CourseError: it can't.
    """
    count = strategy.num_replicas_in_sync
    if batch_size % count or batch_size < 2 * count:
        raise CourseError(
            f"A batch can't be shared by {count} devices. Expected a batch size that {count} "
            f"divides, with at least 2 faces for each. Received: batch_size={batch_size}. Choose, "
            f"for instance, --set batch_size={max(2, batch_size // count + 1) * count}."
        )


def share_dataset(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Have each worker take its share of every batch, rather than of the files."""
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return dataset.with_options(options)


def share_steps(gan: DCGAN) -> None:
    """Have ``fit`` train a compiled model together with other workers.

    Keras 3 doesn't support several workers (keras-team/keras, issue 20585): its own training
    function fails where it averages what the workers return. ``fit`` takes this one instead.
    """
    strategy = gan.distribute_strategy
    if not _has_workers(strategy):
        return

    @tf.function
    def train_function(iterator: Iterator[Any]) -> dict[str, tf.Tensor]:
        means = strategy.run(gan.train_step, args=(next(iterator),))
        return {name: strategy.reduce("MEAN", mean, axis=None) for name, mean in means.items()}

    gan.train_function = train_function


@contextmanager
def naming_lost_workers(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Say in one paragraph that another worker is gone, in place of TensorFlow's traceback."""
    try:
        yield
    except LOST as error:
        if not _has_workers(strategy):
            raise
        raise CourseError(
            f"A worker of this training is gone. Expected all {strategy.num_replicas_in_sync} "
            f"replicas until the end. Received: {type(error).__name__} in the middle of an epoch. "
            "What its last finished epoch left is kept; start every worker again with --resume."
        ) from None
