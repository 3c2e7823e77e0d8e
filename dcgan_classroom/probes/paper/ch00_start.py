"""Chapter 00: predictions about G, pixels, faces from a seed, settings."""

from dcgan_classroom.probes.base import FILLED, Probe

SMALL_GENERATOR = (
    FILLED
    + """
from dcgan_lib import build_generator, get_settings


def small_generator():
    generator = filled(
        build_generator(get_settings("tiny", image_size=32, latent_dim=24)), random
    )
    last = generator.get_layer("up_32")
    last.kernel.assign(last.kernel * 3)
    return generator
"""
)

PROBES = {
    "different-faces": Probe(
        """
for rows in ("ac", "db"):
    ask(f"rows {rows[0]} and {rows[1]}", lambda: {row: different_faces(row) for row in rows})
""",
        ("different_faces",),
        message="Draw the rows with lesson.draw_noise_rows(generator, seed), and count.",
    ),
    "to-pixels": Probe(
        """
levels = random.integers(1, 255, (2, 5, 5, 3)) + random.uniform(-0.4, 0.4, (2, 5, 5, 3))
values = (levels / 127.5 - 1).astype(np.float32)
ends = np.array([[-1, 1], [1, -1]], np.float32)
ask("black and white", lambda: np.asarray(to_pixels(ends.copy())).astype(int))
ask("what lies between", lambda: np.asarray(to_pixels(values.copy())).astype(int))
ask("the type of pixels", lambda: str(np.asarray(to_pixels(values.copy())).dtype))


def keeps_its_input():
    given = values.copy()
    made = np.asarray(to_pixels(given)).astype(int)
    return [np.array_equal(given, values), made]


ask("the input stays", keeps_its_input)
""",
        ("to_pixels",),
        message="Shift and stretch [-1, 1] to [0, 255], round, and only then make it uint8.",
    ),
    "make-faces": Probe(
        SMALL_GENERATOR
        + """
from dcgan_course.checking import standing_in

generator = small_generator()
values = random.uniform(-1, 1, (3, 4)).astype("float32")


def right_pixels(values, *_, **__):
    return np.round((np.asarray(values) + 1) * 127.5).astype(np.uint8)


def own_pixels_are_right():
    # a mistake in exercise 0.2 has cost its points there
    try:
        own = getattr(make_faces, "__globals__", {})["to_pixels"]
        pixels = np.asarray(own(values.copy()))
        return pixels.dtype == np.uint8 and np.array_equal(pixels, right_pixels(values))
    except Exception:
        return False


earlier = {} if own_pixels_are_right() else {"to_pixels": right_pixels}
seeds = [int(seed) for seed in random.integers(0, 10**6, 2)]


def faces(count, seed):
    with standing_in(make_faces, **earlier):
        return np.asarray(make_faces(generator, count, seed))


ask("shape and type", lambda: [str(faces(3, seeds[0]).dtype), list(faces(3, seeds[0]).shape)])
ask("the faces of a seed", lambda: faces(3, seeds[0]) / 255)
ask("the faces of another seed", lambda: faces(1, seeds[1]) / 255)
""",
        ("make_faces",),
        tolerance=0.0045,  # one level of 255, where a value lies half-way
        message="One call of np.random.default_rng(seed).uniform, G with training=False, then "
        "to_pixels.",
    ),
    "longer": Probe(
        """
for profile in ("tiny", "quick", "paper", "best", "gpu"):
    ask(f"the settings of {profile}", lambda: longer(profile).to_dict())
""",
        ("longer",),
        message="Three settings change, from those of the profile that is asked for; no other.",
    ),
}
