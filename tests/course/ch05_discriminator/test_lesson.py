"""Chapter 05: its checks accept what is right and name what is wrong; its figures show it."""

import numpy as np
import pytest
from keras import Input, Model, layers

from dcgan_course.ch05_discriminator import (
    checks as check,
    fields,
    judging,
    plots,
    pooling,
    widgets,
)
from dcgan_course.checking import CheckFailed
from dcgan_lib.discriminator import build_discriminator
from dcgan_lib.settings import get_settings

TINY = get_settings("tiny")
FACE = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)


def output_side(side, kernel, stride, padding):
    return (side + 2 * padding - kernel) // stride + 1


def receptive_field(kernels, strides):
    jumps = np.cumprod([1, *strides[:-1]])
    return [int(1 + sum((np.array(kernels) - 1)[:n] * jumps[:n])) for n in range(1, len(jumps) + 1)]


def block(x, channels, normalise=True, *, kernel=4, bias=False, slope=0.2, padding="same"):
    x = layers.Conv2D(channels, kernel, 2, padding=padding, use_bias=bias)(x)
    x = layers.BatchNormalization(momentum=0.9)(x) if normalise else x
    return layers.LeakyReLU(slope)(x)


def network(width, *, norms=(0, 1, 1, 1), times=(1, 2, 4, 8), end="conv", slope=0.2):
    image = Input((64, 64, 3))
    x = image
    for norm, factor in zip(norms, times, strict=True):
        x = block(x, width * factor, bool(norm), slope=slope)
    if end == "dense":
        return Model(image, layers.Dense(1)(layers.Flatten()(x)))
    activation = "sigmoid" if end == "sigmoid" else None
    x = layers.Conv2D(1, 4, use_bias=False, activation=activation)(x)
    return Model(image, x if end == "map" else layers.Reshape((1,))(x))


@pytest.fixture(scope="module")
def discriminator():
    return build_discriminator(TINY)


def test_the_right_answers_pass(capsys):
    check.check_output_side(output_side)
    check.check_receptive_field(receptive_field)
    check.check_down_block(block)
    check.check_discriminator(network, TINY)
    assert capsys.readouterr().out.count("✓") == 4


@pytest.mark.parametrize(
    "formula",
    [
        lambda side, kernel, stride, padding: side // stride,
        lambda side, kernel, stride, padding: (side + padding - kernel) // stride + 1,
        lambda side, kernel, stride, padding: (side + 2 * padding - kernel) // stride,
        lambda side, kernel, stride, padding: -(-(side + 2 * padding - kernel) // stride) + 1,
    ],
)
def test_a_wrong_formula_is_named(formula):
    with pytest.raises(CheckFailed, match=r"Expected \d+, as Keras measures"):
        check.check_output_side(formula)


def test_a_side_that_is_no_whole_number_is_named():
    with pytest.raises(CheckFailed, match=r"Expected an int. Received: 32.0"):
        check.check_output_side(lambda side, kernel, stride, padding: side / 2)


def without_jumps(kernels, strides):
    return [1 + sum(kernel - 1 for kernel in kernels[:n]) for n in range(1, len(kernels) + 1)]


def with_jumps_too_soon(kernels, strides):
    field, jump, fields = 1, 1, []
    for kernel, stride in zip(kernels, strides, strict=True):
        jump *= stride
        field += (kernel - 1) * jump
        fields.append(field)
    return fields


@pytest.mark.parametrize(
    "wrong",
    [
        without_jumps,
        with_jumps_too_soon,
        lambda kernels, strides: list(kernels),
        lambda kernels, strides: receptive_field(kernels, strides)[-1:],
    ],
)
def test_wrong_fields_are_named(wrong):
    with pytest.raises(CheckFailed, match="as measured"):
        check.check_receptive_field(wrong)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias": True}, "has a bias"),
        ({"kernel": 5}, "kernel has another size"),
        ({"slope": 0.3}, r"Expected 0.2 .* Received: 0.3"),
        ({"padding": "valid"}, "another side"),
    ],
)
def test_a_wrong_block_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_down_block(
            lambda x, channels, normalise: block(x, channels, normalise, **change)
        )


@pytest.mark.parametrize("always", [True, False])
def test_a_block_that_ignores_normalise_is_named(always):
    with pytest.raises(CheckFailed, match=f"Expected normalise={not always} to be followed"):
        check.check_down_block(lambda x, channels, normalise: block(x, channels, always))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": "dense"}, "fully connected layer"),
        ({"end": "map"}, "another shape"),
        ({"end": "sigmoid"}, "bent by an activation"),
        ({"norms": (1, 1, 1, 1)}, "guideline b"),
        ({"norms": (1, 0, 1, 1)}, "parameters"),
        ({"times": (1, 2, 4, 4)}, "parameters"),
        ({"slope": 0.3}, "another slope"),
    ],
)
def test_a_wrong_discriminator_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_discriminator(lambda width: network(width, **change), TINY)


def test_one_relu_among_the_leaks_is_found():
    def relus(width):
        model = network(width)
        leaky = [layer for layer in model.layers if isinstance(layer, layers.LeakyReLU)]
        inner = Input((64, 64, 3))
        x = inner
        for layer in model.layers[1:]:
            x = layers.ReLU()(x) if layer is leaky[0] else layer(x)
        return Model(inner, x)

    with pytest.raises(CheckFailed, match="Compare the activations"):
        check.check_discriminator(relus, TINY)


@pytest.mark.parametrize(("side", "kernel", "stride", "padding"), [(8, 4, 2, 1), (5, 3, 2, 0)])
def test_the_windows_drawn_are_as_many_as_the_outputs(side, kernel, stride, padding):
    count = output_side(side, kernel, stride, padding)
    figure = plots.draw_windows(side, kernel, stride, padding)
    assert figure.axes[0].get_title().endswith(f": {count} outputs")
    assert [text.get_text() for text in figure.axes[0].texts] == [
        f"output {number}" for number in range(count)
    ]


def test_pooling_and_striding_are_those_of_keras():
    image = FACE.astype(np.float32)[None]
    kernel = np.random.default_rng(1).normal(size=(4, 4))
    pooled = layers.MaxPooling2D(2)(layers.MaxPooling2D(2)(image))[0]
    np.testing.assert_allclose(pooling.max_pool(FACE, 2), pooled)
    assert pooling.max_pool(FACE, 0) is FACE
    layer = layers.Conv2D(1, 4, 2, padding="same", use_bias=False)
    layer.build((None, 64, 64, 1))
    layer.set_weights([kernel[..., None, None]])
    strided = np.asarray(layer(image[..., :1]))[0, 1:-1, 1:-1, 0]  # the edges are padded otherwise
    np.testing.assert_allclose(pooling.stride_over(FACE, kernel)[1:-1, 1:-1], strided, rtol=1e-3)


def test_pooling_takes_two_glints_for_one_and_a_strided_convolution_does_not():
    first, second = pooling.glints(FACE)
    assert (first != second).any()
    np.testing.assert_array_equal(pooling.max_pool(first), pooling.max_pool(second))
    figure = plots.draw_glints([first, second], np.ones((4, 4)) + np.eye(4))
    differ = [int(figure.axes[place].get_title().split()[0]) for place in (2, 5, 8)]
    assert differ[0] == 2 and differ[1] == 0 and differ[2] > 0


def test_only_a_leak_brings_a_dead_unit_back():
    assert (judging.revive(0.0) == 0).all()
    ends = [judging.revive(slope)[-1] for slope in (0.1, 0.2, 1.0)]
    np.testing.assert_allclose(ends[1:], 1, atol=1e-3)
    assert ends[0] > judging.revive(0.1)[0]
    when = [int((judging.revive(slope) > 0.9).argmax()) for slope in (0.2, 0.5, 1.0)]
    assert when[0] > when[1] > when[2] > 0  # the steeper, the sooner


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_the_leak_is_drawn_at_both_ends(slope):
    curve, gradient, story = plots.draw_leak(slope).axes
    assert curve.lines[1].get_ydata()[0] == -4 * slope
    assert set(gradient.lines[1].get_ydata()) == {slope, 1.0}
    np.testing.assert_allclose(story.lines[1].get_ydata(), judging.revive(slope))


def test_relu_blocks_about_half_and_the_leak_nothing():
    faces = np.random.default_rng(0).uniform(-1, 1, (8, 64, 64, 3)).astype(np.float32)
    relu = build_discriminator(get_settings("tiny", leaky_slope=0.0))
    shares = judging.blocked_shares(relu, faces)
    assert list(shares) == ["32×32", "16×16", "8×8", "4×4"]
    assert all(0.3 < share < 0.7 and always < 0.1 for share, always in shares.values())
    leaky = judging.blocked_shares(build_discriminator(TINY), faces)
    assert set(leaky.values()) == {(0.0, 0.0)}


def test_answers_are_probabilities_that_depend_on_the_company(discriminator):
    faces = np.random.default_rng(0).uniform(-1, 1, (8, 64, 64, 3)).astype(np.float32)
    alone = judging.answers(discriminator, faces)
    mixed = judging.answers(discriminator, np.concatenate([faces, faces * 0.01]))[:8]
    assert alone.shape == (8,) and ((alone > 0) & (alone < 1)).all()
    assert np.abs(alone - mixed).max() > 0.01


def test_answers_are_drawn_as_shares_of_each_kind():
    kinds = {"real": np.array([0.97, 0.98]), "fog": np.array([0.0, 0.4, 0.02, 0.01])}
    figure = plots.draw_answers({"before": kinds, "after": kinds})
    assert [axes.get_title() for axes in figure.axes] == ["before", "after"]
    heights = [patch.get_height() for patch in figure.axes[0].patches]
    assert heights[19] == 1 and heights[20] == 0.75 and sum(heights) == pytest.approx(2)


@pytest.mark.parametrize("layer", [1, 2, 3, 4, 5])
def test_a_measured_field_is_that_of_the_formula(discriminator, layer):
    face = FACE.astype(np.float32) / 127.5 - 1
    unit = fields.middle(layer)
    top, left, size = fields.field_of(layer, unit, unit)
    assert size == receptive_field([4] * 5, [2, 2, 2, 2, 1])[layer - 1]
    expected = np.zeros((64, 64), bool)
    expected[max(top, 0) : top + size, max(left, 0) : left + size] = True
    np.testing.assert_array_equal(fields.measure_field(discriminator, layer, face) > 0, expected)


def test_all_fields_are_drawn_with_both_sizes(discriminator):
    figure = plots.draw_fields(discriminator, FACE.astype(np.float32) / 127.5 - 1)
    titles = [axes.get_title().split()[-1] for axes in figure.axes]
    assert titles == ["4", "10", "22", "46", "94", "4", "10", "22", "46", "64"]


@pytest.mark.parametrize("layer", [1, 5])
@pytest.mark.parametrize("down", [0.0, 1.0])
@pytest.mark.parametrize("across", [0.0, 1.0])
def test_a_field_is_drawn_at_the_ends_of_its_map(layer, down, across):
    whole, seen = plots.draw_field(FACE, layer, down, across).axes
    size = (4, 94)[layer == 5]
    view = seen.images[0].get_array()
    assert view.shape == (size, size, 3)
    assert whole.get_xlim() == (-0.5, 63.5)
    last = 31 if layer == 1 else 0
    assert whole.get_title().endswith(f"({round(down * last)}, {round(across * last)})")
    if layer == 1:  # its corner pixels see one row and one column of padding
        row, column = (0 if down == 0 else 3), (0 if across == 0 else 3)
        assert (view[row] == 127).all() and (view[:, column] == 127).all()
        assert (view[1:3, 1:3] != 127).any()
    else:
        np.testing.assert_array_equal(view[15:79, 15:79], FACE)


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_the_slider_of_the_leak_redraws(slope):
    box = widgets.explore_leak()
    before = box.picture.value
    box.controls["slope"].value = slope
    assert box.picture.value[:4] == b"\x89PNG" and box.picture.value != before


@pytest.mark.parametrize(
    ("name", "ends"), [("layer", (1, 5)), ("down", (0, 1)), ("across", (0, 1))]
)
def test_the_sliders_of_the_receptive_field_redraw(name, ends):
    box = widgets.explore_receptive_field(FACE)
    seen = {box.picture.value}
    for end in ends:
        box.controls[name].value = end
        seen.add(box.picture.value)
    assert len(seen) == 3 and box.message.value == ""


@pytest.mark.parametrize("layer", [0, 6])
def test_a_layer_that_d_does_not_have_is_named(layer):
    with pytest.raises(ValueError, match=f"Expected 1 to 5. Received: {layer}"):
        plots.draw_field(FACE, layer, 0.5, 0.5)
    box = widgets.explore_receptive_field(FACE)
    before = box.picture.value
    box.controls["layer"].min, box.controls["layer"].max = 0, 6
    box.controls["layer"].value = layer
    assert "no such layer" in box.message.value and box.picture.value == before
