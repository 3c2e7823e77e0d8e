"""Training shared by two devices, and by two processes, through tf.distribute.

Two logical processors stand for GPUs, and two processes on loopback for machines.
BatchNormalization's statistics are those of a replica's own share of the batch, so the reference
of two workers is one process with two devices.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dcgan_lib.settings import get_settings
from dcgan_lib.shared import CourseError
from dcgan_lib.train.replicas import check_shares, find_strategy
from dcgan_lib.train.run import read_history
from dcgan_lib.train.training import train

TWO_DEVICES = """
import json, sys
import numpy as np
import tensorflow as tf
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
import keras
from dcgan_lib.train import train
from dcgan_lib.settings import get_settings

class Look(keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        networks = self.model.generator, self.model.discriminator, self.model.averaged_generator
        weights = [w.value.values for network in networks for w in network.trainable_variables]
        print(json.dumps({
            "replicas": sorted({len(copies) for copies in weights}),
            "apart": sum(not np.array_equal(a, b) for a, b in weights),
            "finite": all(np.isfinite(a).all() for a, _ in weights),
        }))

faces, run = sys.argv[1:3]
settings = get_settings("tiny", image_size=32, epochs=2)
train(faces, run, settings, strategy="mirrored", callbacks=[Look()])
settings = get_settings("tiny", image_size=32, epochs=3)
print(train(faces, run, settings, strategy="mirrored", resume=True).epoch)
"""


ONE_STEP = """
import sys
import numpy as np
import tensorflow as tf
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
import keras
from dcgan_lib.train import DCGAN
from dcgan_lib.settings import get_settings

faces = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3)).astype("f")
settings = get_settings("tiny", image_size=32, batch_norm="none")

def weights_after_a_step(strategy):
    with strategy.scope():
        gan = DCGAN(settings)
        gan.compile(*(keras.optimizers.SGD(1.0) for _ in range(2)))
    gan.noise = lambda count: tf.fill((count, settings.latent_dim), 0.5)
    gan.fit(tf.data.Dataset.from_tensors(faces).unbatch().batch(8), shuffle=False, verbose=0)
    return [w.numpy() for n in (gan.generator, gan.discriminator) for w in n.trainable_variables]

one = weights_after_a_step(tf.distribute.get_strategy())
shared = weights_after_a_step(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
print(max(np.abs(a - b).max() for a, b in zip(one, shared)))
"""


@pytest.mark.long
def test_a_shared_batch_moves_the_weights_as_a_whole_one_does():
    """By plain gradient descent, which Adam isn't, a sum in the place of a mean would show."""
    done = subprocess.run([sys.executable, "-c", ONE_STEP], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1e-6


@pytest.fixture(scope="module")
def two_devices(faces, tmp_path_factory) -> tuple[Path, list[object]]:
    """A run of three epochs on two devices, broken off after two; what the script printed."""
    run = tmp_path_factory.mktemp("devices") / "run"
    line = [sys.executable, "-c", TWO_DEVICES, faces, run]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return run, [json.loads(text) for text in done.stdout.splitlines()[-2:]]


@pytest.mark.long
def test_two_replicas_stay_equal_and_a_run_resumes(two_devices):
    run, (found, epoch) = two_devices
    assert found == {"replicas": [2], "apart": 0, "finite": True}
    assert epoch == 3
    assert read_history(run)["epoch"].tolist() == [1, 2, 3]


@pytest.mark.long
def test_two_workers_of_which_one_is_killed_end_like_two_devices(faces, tmp_path, two_devices):
    run = tmp_path / "run"
    with Workers(faces, run, epochs=50) as (chief, other):
        wait_for(lambda: (run / "checkpoints" / "epoch_0001").is_dir(), chief)
        other.send_signal(signal.SIGKILL)
        said = chief.communicate(timeout=300)[1]
    assert chief.returncode == 1
    paragraph = " ".join(said.split("Error: ")[-1].split())
    assert re.match(r"A worker of this training is gone\. Expected .* --resume\.$", paragraph)
    assert "Traceback" not in said
    done = len(read_history(run))
    with Workers(faces, run, "--resume", epochs=max(3, done)) as (chief, other):
        assert [one.wait(timeout=200) for one in (chief, other)] == [0, 0]
    assert files_of(run) >= files_of(two_devices[0])
    assert not {name for name in files_of(run) if "part" in name}  # the other one wrote nothing
    columns = ["d_loss", "g_loss", "d_real", "d_fake"]
    ours, theirs = (read_history(path)[columns].head(3) for path in (run, two_devices[0]))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)


class Workers:
    """Two workers on loopback that train together, and are gone at the block's end."""

    def __init__(self, faces: Path, run: Path, *options: str, epochs: int) -> None:
        changes = ("image_size=32", f"epochs={epochs}", "sample_every=1")
        setting = [text for change in changes for text in ("--set", change)]
        self.line = [sys.executable, "-m", "dcgan_lib", "train", str(faces), "--run", str(run)]
        self.line += ["--profile", "tiny", "--strategy", "multiworker", *setting, *options]

    def __enter__(self) -> list[subprocess.Popen[str]]:
        addresses = [f"127.0.0.1:{free_port()}" for _ in range(2)]
        self.workers = [self._start(addresses, index) for index in range(2)]
        return self.workers

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.kill()
            worker.communicate()

    def _start(self, addresses: list[str], index: int) -> subprocess.Popen[str]:
        task = {"type": "worker", "index": index}
        cluster = json.dumps({"cluster": {"worker": addresses}, "task": task})
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        environment = os.environ | {"TF_CONFIG": cluster}
        return subprocess.Popen(self.line, env=environment, text=True, **pipes)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(holds, process: subprocess.Popen[str], seconds: float = 400) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def files_of(run: Path) -> set[str]:
    """Names in a run's folder, but of checkpoints and of TensorBoard's logs."""
    names = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith(("checkpoints", "tensorboard"))}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "ps", "index": 0}}',
    ],
)
def test_a_cluster_that_isnt_described_is_refused(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(CourseError, match=r"whom it trains with\. Expected .*TF_CONFIG"):
        find_strategy("multiworker")


def test_an_unknown_strategy_is_refused(faces, tmp_path):
    with pytest.raises(CourseError, match=r"one of mirrored, multiworker\. Received: 'horovod'"):
        train(faces, tmp_path / "run", get_settings("tiny"), strategy="horovod")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("size", [2, 7])
def test_a_batch_that_cant_be_shared_equally_is_refused(size):
    with pytest.raises(CourseError, match=rf"batch_size={size}\. Choose, for instance, .*=[48]\."):
        check_shares(size, SimpleNamespace(num_replicas_in_sync=2))
    check_shares(4, SimpleNamespace(num_replicas_in_sync=2))
