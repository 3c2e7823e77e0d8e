"""What every command of the course shares: exit codes and errors in one paragraph."""

from __future__ import annotations

import os
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.shared.errors import CourseError

INTERRUPTED = 130
Run = Annotated[Path, typer.Argument(help="The run's folder.", show_default=False)]
Faces = Annotated[Path, typer.Argument(help="Folder of cropped faces.", show_default=False)]


def require_output(option: str, path: Path, suffix: str = "") -> None:
    """Refuse a file that can't be written, before the work that would be lost.

    Args:
        option: that names it, such as ``--out``.
        path: the file; folders on the way to it may be missing.
        suffix: what its name has to end in.

    Raises:
        CourseError: the name ends otherwise, is a folder's, or lies where nothing can be written.
    """
    if suffix and path.suffix.lower() != suffix:
        raise CourseError(
            f"This file can't be written. Expected a name that ends in {suffix}. "
            f"Received: {path}. Write, for instance, {option} {path.stem}{suffix}."
        )
    if path.is_dir() or not _can_be_made(path):
        where = "is a folder" if path.is_dir() else "lies where nothing can be written"
        raise CourseError(
            f"This file can't be written. Expected the name of a file in a folder that may be "
            f"written to. Received: {path}, which {where}. Choose another {option}."
        )


def _can_be_made(path: Path) -> bool:
    place = next(parent for parent in path.absolute().parents if parent.exists())
    return place.is_dir() and os.access(place, os.W_OK)


def output_file(suffix: str = "") -> Callable[[typer.CallbackParam, Path | None], Path | None]:
    """What an option that names a file to write has as its Typer ``callback``.

    It refuses a file that can't be written before the command begins.

    Args:
        suffix: what the file's name has to end in.
    """

    def check(param: typer.CallbackParam, path: Path | None) -> Path | None:
        if path is not None:
            require_output(param.opts[0], path, suffix)
        return path

    return check


def output_folder(param: typer.CallbackParam, path: Path) -> Path:
    """The Typer ``callback`` of an option that names a folder to write to, as ``output_file``."""
    writable = path.is_dir() and os.access(path, os.W_OK)
    if not writable and (path.exists() or not _can_be_made(path)):
        raise CourseError(
            "Nothing can be written to this folder. Expected a folder, or a new name in one that "
            f"may be written to. Received: {path}. Choose another {param.opts[0]}."
        )
    return path


def run_command(app: typer.Typer) -> None:
    """Run a Typer application as the process's main job and exit with its code.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C. An error that a user
    can cause is printed as one paragraph; ``--debug`` anywhere on the line adds the traceback.
    """
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    try:
        app()
    except SystemExit as end:  # Typer turns Ctrl-C into this exit code, without a word
        if end.code == INTERRUPTED:
            print("Interrupted. What was finished is kept.", file=sys.stderr)
        raise
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (CourseError, OSError) as error:
        if debug:
            traceback.print_exc()
        print(textwrap.fill(f"Error: {error}", 100, break_long_words=False), file=sys.stderr)
        sys.exit(1)


def run_function(command: Callable[..., None]) -> None:
    """Run one function as a script's only command; see ``run_command``."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(command)
    run_command(app)


def import_tensorflow() -> None:
    """Import TensorFlow without the notes that it writes to stderr as it starts.

    They come from its libraries, below Python and before its own log level counts, so the file
    descriptor itself is turned away meanwhile. An import that fails still raises its exception.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow as tf

        tf.config.list_physical_devices()  # looks for a GPU, and complains where there is none
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
