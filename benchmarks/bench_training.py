"""Training speed, as a ratio to a plain PyTorch loop over the same two networks.

Both sides take turns in one run, so a machine whose speed drifts is fair to both; the ratio is
the median over the turns. The PyTorch side runs in an environment of its own:

    python3 -m venv build/torch && build/torch/bin/pip install torch numpy
    .venv/bin/python benchmarks/bench_training.py --torch build/torch/bin/python

Exits with 1 when the ratio in float32 is below 1.4.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dcgan_lib.shared import import_tensorflow, usable_cores

LEAST_RATIO = 1.4
STEPS, TURNS = 3, 7
GFLOP_PER_IMAGE = 2.08  # one step: 1 pass forward and 1 back through G, 2 and 3 through D


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--torch", type=Path, required=True, help="python of PyTorch's environment")
    arguments = parser.parse_args()
    import_tensorflow()
    reference = subprocess.Popen(
        [arguments.torch, Path(__file__).with_name("torch_loop.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        return compare(reference)
    finally:
        reference.stdin.close()
        reference.wait()


def compare(reference: subprocess.Popen[str]) -> int:
    versions = json.loads(reference.stdout.readline())
    print(f"{platform.platform()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"batch 64, 64×64×3, width 64; PyTorch {versions['torch']} beside TensorFlow")
    ratios = {}
    for precision in ("float32", "mixed_bfloat16"):
        step, peak = training_step(precision), matmul_peak(precision)
        turns = [take_turns(step, reference) for _ in range(TURNS)]
        ours = statistics.median(turn[0] for turn in turns)
        theirs = statistics.median(turn[1] for turn in turns)
        ratios[precision] = statistics.median(a / b for a, b in turns)
        share = ours * GFLOP_PER_IMAGE / peak
        print(
            f"{precision:15} {ours:6.1f} images/s   PyTorch float32 {theirs:6.1f} images/s   "
            f"ratio {ratios[precision]:.2f} ({min(a / b for a, b in turns):.2f}"
            f"-{max(a / b for a, b in turns):.2f})   {share:.0%} of {peak:.0f} GFLOP/s matmul peak"
        )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"peak memory: ours {own:.0f} MB (both precisions), PyTorch {ask(reference)['mb']:.0f} MB"
    )
    if ratios["float32"] < LEAST_RATIO:
        print(f"Below the promised ratio of {LEAST_RATIO} in float32.", file=sys.stderr)
        return 1
    return 0


def training_step(precision: str) -> Callable[[], object]:
    """One training step of the library's GAN as ``fit`` runs it, waited for."""
    import tensorflow as tf

    from dcgan_lib import get_settings
    from dcgan_lib.train import DCGAN

    settings = get_settings("paper", precision=precision)
    gan = DCGAN(settings)
    gan.compile()
    faces = tf.random.uniform((settings.batch_size, 64, 64, 3), -1, 1)
    step = tf.function(gan.train_step)
    step(faces)
    return lambda: {name: float(value) for name, value in step(faces).items()}


def matmul_peak(precision: str, side: int = 2048) -> float:
    """GFLOP/s of a large matrix product in the same precision, the best of five."""
    import tensorflow as tf

    matrix = tf.cast(tf.random.normal((side, side)), precision.removeprefix("mixed_"))
    product = tf.function(lambda: tf.reduce_sum(tf.cast(matrix @ matrix, tf.float32)))
    product()
    return max(2 * side**3 / seconds(lambda: product().numpy()) / 1e9 for _ in range(5))


def take_turns(step: Callable[[], object], reference: subprocess.Popen[str]) -> tuple[float, float]:
    """Images per second of ours and of PyTorch's, one after the other."""
    ours = 64 * STEPS / seconds(lambda: [step() for _ in range(STEPS)])
    return ours, ask(reference)["images_per_second"]


def ask(reference: subprocess.Popen[str]) -> dict[str, float]:
    reference.stdin.write(f"{STEPS}\n")
    reference.stdin.flush()
    return json.loads(reference.stdout.readline())


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
