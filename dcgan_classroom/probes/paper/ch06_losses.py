"""Chapter 06: cross-entropy, the two losses, the best D."""

from dcgan_classroom.probes.base import Probe

PROBES = {
    "stable-cross-entropy": Probe(
        """
logits = random.uniform(-5, 5, 30).astype(np.float32)
labels = (random.random(30) < 0.5).astype(np.float32)
soft = random.uniform(0, 1, 30).astype(np.float32)
huge = np.array([-1000, -300, 300, 1000], np.float32)


def stay():
    given = logits.copy(), soft.copy()
    cost = np.asarray(cross_entropy(*given), float)
    return [np.array_equal(given[0], logits), np.array_equal(given[1], soft), cost]


ask("both arrays stay", stay)
ask("labels 0 and 1", lambda: np.asarray(cross_entropy(logits.copy(), labels.copy()), float))
ask("labels between", lambda: np.asarray(cross_entropy(logits.copy(), soft.copy()), float))
ask("huge logits", lambda: [
    np.asarray(cross_entropy(huge.copy(), np.full(4, label, np.float32)), float)
    for label in (0, 1, 0.9)])
""",
        ("cross_entropy",),
        message="No exponential of a large number: which form of the formula takes |logit|?",
    ),
    "predict-losses": Probe(
        """
def predicted(*names):
    return {name: [float(number) for number in predict_losses()[name]] for name in names}


for name in ("undecided", "D has won", "fooled"):
    ask(name, lambda: predicted(name))
""",
        ("predict_losses",),
        tolerance=0.005,
        message="Put each situation's logits into the two losses.",
    ),
    "my-losses": Probe(
        """
import tensorflow as tf


def losses(real, fake, scale):
    draw = [tf.constant(random.normal(0, scale, (count, 1)), tf.float32) for count in (real, fake)]
    return [np.asarray(loss, np.float64) for loss in my_losses(*draw)]


drawn = []


def column(which):
    if not drawn:
        drawn.extend([losses(5, 8, 2.0), losses(6, 6, 0.5), losses(3, 9, 30.0)])
        for size in (100.0, -100.0):
            pair = my_losses(tf.fill((3, 1), -size), tf.fill((2, 1), size))
            drawn.append([np.asarray(loss, np.float64) for loss in pair])
    return [pair[which] for pair in drawn]


ask("D's loss", lambda: column(0))
ask("G's loss", lambda: column(1))
""",
        ("my_losses",),
        message="Real images have label 1 and generated ones 0 for D; G wants 1. Means, and a sum.",
    ),
    "best-answer": Probe(
        """
p, q = random.uniform(0.01, 3, (2, 25))


def stay():
    given = p.copy(), q.copy()
    best = np.asarray(best_answer(*given), float)
    return [np.array_equal(given[0], p), np.array_equal(given[1], q), best]


ask("densities", lambda: np.asarray(best_answer(p.copy(), q.copy()), float))
ask("both densities stay", stay)
few, many = np.array([1e-6, 5.0, 2.0]), np.array([2.0, 1e-6, 1.0])
ask("one much larger", lambda: np.asarray(best_answer(few, many), float))
""",
        ("best_answer",),
        message="At each place: which share of what comes there is data?",
    ),
}
