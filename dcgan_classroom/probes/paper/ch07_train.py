"""Chapter 07: updates, Adam, a step of training and what comes of it, pictures."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dcgan_classroom.probes.base import FILLED, Bands, Probe

UPDATES, BATCH, FACES = 60, 16, 64  # of the generator that is measured
# Measured with these: the library's own step 131 and 0.104; G that stands still 208 and 0.020; D
# with its labels swapped 234 and 0.010; both networks in inference mode 261 and 0.067.
BANDS = {"distance": (None, 180.0), "variety": (0.05, None)}


def figures_of_training(arrays: Mapping[str, np.ndarray], data: Path) -> dict[str, float]:
    """Measure a generator by its weights alone, in the grader's own network.

    Args:
        arrays: weights by their numbers, as ``generator.weights`` has them.
        data: the course's prepared data.
    """
    from dcgan_lib import build_generator, get_settings, load_faces
    from dcgan_lib.evaluate import sliced_wasserstein, variety
    from dcgan_lib.train import draw_noise, generate

    settings = get_settings("tiny", image_size=32)
    generator = build_generator(settings)
    generator.set_weights([arrays[str(number)] for number in range(len(generator.weights))])
    made = generate(generator, draw_noise(FACES, settings.latent_dim, seed=1))
    folder = next(path for path in sorted((data / "faces").iterdir()) if path.is_dir())
    real = load_faces(folder, 32)[:FACES]
    levels = sliced_wasserstein(real, made).values()
    return {"distance": float(np.mean(list(levels))), "variety": variety(made)}


TRAINED = f"""
from pathlib import Path

import keras
import tensorflow as tf
from dcgan_lib import from_images, get_settings, load_faces
from dcgan_lib.train import DCGAN


def trained():
    folder = next(p for p in sorted((Path(setting["data_dir"]) / "faces").iterdir()) if p.is_dir())
    faces = from_images(load_faces(folder, 32))
    gan = DCGAN(get_settings("tiny", image_size=32, moving_average=0))
    gan.compile(*(keras.optimizers.Adam(0.005, beta_1=0.5) for _ in range(2)))
    step = tf.function(training_step, autograph=False)
    order = np.random.default_rng(3)
    for _ in range({UPDATES}):
        batch = faces[order.permutation(len(faces))[:{BATCH}]]
        step(gan, tf.constant(batch), gan.noise({BATCH}))
    return gan.generator


weights = trained().weights
for number, weight in enumerate(weights):
    ask(f"measured:{{number}}", lambda: np.asarray(weight))
"""

PROBES = {
    "count-updates": Probe(
        """
def counts(rows):
    return [int(count_updates(*(int(number) for number in row))) for row in rows]


ask("sets that don't fill the last batch", lambda: counts(
    random.integers((100, 3, 2), (3000, 47, 90), (9, 3))))
ask("sets that do, or are small", lambda: counts([(64, 64, 5), (63, 64, 100), (360, 16, 1)]))
ask("parts of a batch", lambda: float(count_updates(50, 8, 3)))
""",
        ("count_updates",),
        message="What does the loader do with the faces that fill no batch, in every epoch?",
    ),
    "adam-step": Probe(
        """
def path(gradients, rate, *betas):
    state, rows = (0.0, 0.0, 0.0), []
    for step, gradient in enumerate(gradients, 1):
        before = state[0]
        state = adam_step(state[0], float(gradient), state[1], state[2], step, rate, *betas)
        rows.append([(float(state[0]) - before) / rate, float(state[1]), float(state[2])])
    return np.array(rows)


drawn = random.normal(0, 2, 6)
seen = {}


def column(which):
    if not seen:
        for key, betas in {"a": (0.01, 0.9), "b": (0.0003, 0.5), "c": (0.1, 0.8, 0.9)}.items():
            seen[key] = path(drawn, *betas)
    return [seen[key][:, which] for key in "abc"]


ask("the moves", lambda: column(0))
ask("the mean of gradients", lambda: column(1))
ask("the mean of squares", lambda: column(2))
ask("gradients of 0, and as small as ε", lambda: path([0.0, 1e-7, 1e-7, -3e-7], 0.01, 0.5)[:, 0])
""",
        ("adam_step",),
        tolerance=1e-4,
        message="Both means move first, both are corrected for the start, and what is handed back "
        "is not corrected.",
    ),
    "training-step": Probe(
        """
import keras
import tensorflow as tf
from dcgan_lib import get_settings
from dcgan_lib.train import DCGAN


faces = tf.constant(random.uniform(-1, 1, (6, 32, 32, 3)), tf.float32)
z = tf.constant(random.uniform(-1, 1, (6, 100)), tf.float32)
seen = {}


def stepped():
    if not seen:
        gan = DCGAN(get_settings("tiny", image_size=32, moving_average=0, seed=4))
        gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.3))
        networks = {"g": gan.generator, "d": gan.discriminator}
        before = {name: [np.array(w) for w in net.weights] for name, net in networks.items()}
        seen["losses"] = [float(loss) for loss in training_step(gan, faces, z)]
        for name, net in networks.items():
            moves = [np.array(w) - old for w, old in zip(net.weights, before[name])]
            seen[name] = [move.astype(np.float32) / (np.abs(move).max() + 1e-6) for move in moves]
            seen[name + " sizes"] = [float(np.log10(np.abs(move).max() + 1e-12)) for move in moves]
    return seen


ask("both losses", lambda: stepped()["losses"])
ask("how D moves", lambda: [stepped()["d"], stepped()["d sizes"]])
ask("how G moves", lambda: [stepped()["g"], stepped()["g sizes"]])
"""
        + TRAINED,
        ("training_step",),
        tolerance=0.01,
        message="G and D with training=True, real and generated faces apart, each network's "
        "gradient taken before either moves, by its own optimizer.",
        bands=Bands(figures_of_training, BANDS),
    ),
    "face-pictures": Probe(
        FILLED
        + """
import keras

z = keras.Input((20,))
maps = keras.layers.Reshape((8, 8, 3))(keras.layers.Dense(8 * 8 * 3)(z))
maps = keras.layers.BatchNormalization()(maps)
generator = filled(keras.Model(z, keras.ops.clip(maps, -1, 1)), random)
noise = random.uniform(-1, 1, (5, 20)).astype(np.float32)
noise[0] = 0  # a face without black


def pictures(count):
    return np.asarray(face_pictures(generator, noise[:count].copy()))


def stays():
    before = [np.array(weight) for weight in generator.weights]
    given = noise.copy()
    made = np.asarray(face_pictures(generator, given))
    same = [np.array_equal(a, np.array(b)) for a, b in zip(before, generator.weights)]
    return [all(same), np.array_equal(given, noise), list(made.shape)]


ask("shape and type", lambda: [[list(pictures(n).shape), str(pictures(n).dtype)] for n in (1, 4)])
ask("the pictures", lambda: pictures(5) / 255)
ask("G and the noise stay", stays)
""",
        ("face_pictures",),
        tolerance=0.0045,
        message="G in inference mode; shift, stretch, round, and make it uint8 last.",
    ),
    "my-experiment": Probe(
        """
from dcgan_course import ch07_train as lesson


def is_one():
    lesson.require_experiment(my_experiment())
    return True


ask("one setting that training asks, another value, a figure and a way", is_one)
""",
        ("my_experiment",),
        message="A setting that training asks, with another value than before; then one of d_loss, "
        "g_loss, d_real, d_fake, and 'higher' or 'lower'. Whether it comes true costs nothing.",
    ),
}
