"""Checkpoints of a run: whole or absent, and refused by another run (chapter 07)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import keras
import tensorflow as tf

from dcgan_lib.shared import CourseError, by_number
from dcgan_lib.train.gan import DCGAN

KEPT = 2  # the newest, and the one before it in case that one can't be read


def save_checkpoint(run: Path, gan: DCGAN, epoch: int) -> Path:
    """Write ``checkpoints/epoch_…`` with everything that training goes on from.

    Both networks, the average, both optimizers (with the step), the strength of augmentation,
    the random state and the epoch.
    The folder appears under its name only when it is whole; older ones are deleted after that.

    Args:
        run: the run's folder.
        gan: a compiled model.
        epoch: how many epochs are finished.

    Raises:
        CourseError: the disk is full or can't be written; earlier checkpoints are untouched.
    """
    folder = run / "checkpoints"
    part, whole = folder / ".part", folder / f"epoch_{epoch:04d}"
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        _write(_variables(gan), part / "state")
        notes = {"epoch": epoch, "settings": gan.settings.to_dict()}
        (part / "notes.json").write_text(json.dumps(notes, indent=1), "utf-8")
        shutil.rmtree(whole, ignore_errors=True)
        part.replace(whole)
    except (OSError, tf.errors.OpError) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise CourseError(_unwritten(whole, error)) from error
    for old in list_checkpoints(run)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return whole


def list_checkpoints(run: Path) -> list[Path]:
    """The run's checkpoints, oldest first."""
    return list(by_number(run / "checkpoints", "epoch_*").values())


def restore_checkpoint(run: Path, gan: DCGAN) -> int:
    """Put the newest readable checkpoint of ``run`` into a compiled model.

    Returns:
        How many epochs were finished; 0 where there is no checkpoint yet.

    Raises:
        CourseError: there are checkpoints, and none can be read.
    """
    found = list_checkpoints(run)
    for folder in reversed(found):
        try:
            _read(gan, folder / "state")
            return json.loads((folder / "notes.json").read_text("utf-8"))["epoch"]
        except (OSError, ValueError, LookupError, AssertionError, tf.errors.OpError):
            continue
    if found:
        raise CourseError(
            f"No checkpoint of this run can be read. Expected a whole checkpoint that fits these "
            f"networks. Received: {', '.join(folder.name for folder in found)} in "
            f"{run / 'checkpoints'}, damaged or of other networks. Train again under another --run."
        )
    return 0


def _variables(gan: DCGAN) -> dict[str, tf.Variable | keras.Variable]:
    """Everything that training goes on from, by names that depend on the settings alone."""
    parts = {
        "generator": gan.generator.weights,
        "discriminator": gan.discriminator.weights,
        "generator_optimizer": gan.generator_optimizer.variables,
        "discriminator_optimizer": gan.discriminator_optimizer.variables,
        "random": [gan.random.state],
    }
    if gan.averaged_generator:
        parts["averaged_generator"] = gan.averaged_generator.weights
    if gan.augment_strength is not None:
        parts["augment_strength"] = [gan.augment_strength]
    return {f"{part}/{i}": v for part, variables in parts.items() for i, v in enumerate(variables)}


def _write(variables: dict[str, tf.Variable | keras.Variable], prefix: Path) -> None:
    """Write values with their checksums; a third of the time that ``tf.train.Checkpoint`` takes.

    That one goes through the objects of the whole model again each time.
    """
    with tf.device("CPU:0"):
        tensors = [tf.convert_to_tensor(variable) for variable in variables.values()]
        tf.raw_ops.SaveV2(
            prefix=str(prefix),
            tensor_names=list(variables),
            shape_and_slices=[""] * len(tensors),
            tensors=tensors,
        )


def _read(gan: DCGAN, prefix: Path) -> None:
    reader = tf.train.load_checkpoint(str(prefix))
    if reader.has_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"):
        _as_before(gan).read(str(prefix)).assert_consumed()
        return
    variables = _variables(gan)
    if reader.get_variable_to_shape_map().keys() != variables.keys():
        raise ValueError("it is of other networks")
    for name, variable in variables.items():
        variable.assign(reader.get_tensor(name))


def _as_before(gan: DCGAN) -> tf.train.Checkpoint:
    """What version 0.2 wrote."""
    parts = {
        "generator": gan.generator,
        "discriminator": gan.discriminator,
        "generator_optimizer": gan.generator_optimizer,
        "discriminator_optimizer": gan.discriminator_optimizer,
        "random": gan.random,
    }
    if gan.averaged_generator:
        parts["averaged_generator"] = gan.averaged_generator
    return tf.train.Checkpoint(**parts)


def _unwritten(whole: Path, error: Exception) -> str:
    free = shutil.disk_usage(whole.parent if whole.parent.is_dir() else ".").free / 1e6
    earlier = [folder.name for folder in list_checkpoints(whole.parents[1])]
    kept = f"Kept: {earlier[-1]}." if earlier else "There is no earlier one."
    said = str(error).splitlines()[0].removesuffix(" [Op:SaveV2]")
    reason = said.rpartition("; ")[2][:200] or type(error).__name__  # without TensorFlow's places
    return (
        f"The checkpoint {whole} couldn't be written. Expected room for it on the disk. Received: "
        f"{reason} ({free:.0f} MB free). {kept} Make room, then go on with --resume."
    )
