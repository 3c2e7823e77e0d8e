"""Training shared by two devices through tf.distribute: two logical processors stand for GPUs.

BatchNormalization statistics are each replica's own until they are read, so only what the
optimizers move is compared.
"""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys
import numpy as np
import tensorflow as tf
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
import keras
from dcgan_lib.train import training as module
from dcgan_lib.settings import get_settings

module._strategy = lambda: tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

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
module.train(faces, run, settings, callbacks=[Look()])
settings = get_settings("tiny", image_size=32, epochs=3)
print(module.train(faces, run, settings, resume=True).epoch)
"""


@pytest.mark.long
def test_two_replicas_stay_equal_and_a_run_resumes(faces, tmp_path):
    line = [sys.executable, "-c", SCRIPT, faces, tmp_path / "run"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found, epoch = (json.loads(text) for text in done.stdout.splitlines()[-2:])
    assert found == {"replicas": [2], "apart": 0, "finite": True}
    assert epoch == 3
    history = (tmp_path / "run" / "history.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in history[1:]] == ["1", "2", "3"]
