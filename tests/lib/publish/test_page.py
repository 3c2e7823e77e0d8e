"""A run becomes one HTML file that asks nobody for anything, and says what it is made of."""

from __future__ import annotations

import importlib.util
import json
import re
from html import escape

import numpy as np
import pytest

from dcgan_lib.collect.databases import DATABASES
from dcgan_lib.generator import build_generator
from dcgan_lib.publish import sliders
from dcgan_lib.publish.engine import make_faces
from dcgan_lib.publish.onnx_file import write_onnx
from dcgan_lib.publish.packing import unpack
from dcgan_lib.publish.publication import publish
from dcgan_lib.publish.sliders import find_sliders
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.train.run import load_generator
from dcgan_lib.train.sample import draw_noise, generate
from tests.support.publishing import make_run


@pytest.fixture(scope="module", autouse=True)
def few_faces():
    """Directions from few faces: what is tested here is what becomes of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliders, "LEARNT", 120)
        patch.setattr(sliders, "TESTED", 45)
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "orl-tiny")


@pytest.fixture(scope="module")
def page(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "face.html"
    publish(run, path)
    return path.read_text("utf-8")


def read_data(page: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_holds_the_runs_generator(run, page):
    data, z = read_data(page), draw_noise(4, 100, 3)
    off = np.abs(
        make_faces(unpack(data["packed"]), z) - generate(load_generator(run), z).astype(int)
    )
    assert off.max() <= 1
    assert (data["side"], data["latent"], data["noise"]) == (64, 100, "uniform")


def test_every_place_of_the_page_is_filled_and_nothing_is_fetched(page):
    assert "{{" not in page
    without = re.sub(
        r"https?://(?:www\.w3\.org|ns\.adobe\.com|iptc\.org|cv\.iptc\.org)\S*", "", page
    )
    assert not re.search(r"""(?:src|href|url|import|fetch)\s*[=(]\s*["']?(?:https?:)?//""", without)
    assert "default-src 'none'" in page


def test_the_page_says_whose_photographs_taught_it(page):
    assert "40 photographs" in page
    assert escape(DATABASES["orl"].credit) in page and escape(DATABASES["orl"].terms) in page


def test_the_database_may_be_named_or_stay_unnamed(run, tmp_path):
    done = publish(run, tmp_path / "named.html", database="uk-parliament")
    assert "CC BY 3.0" in done.path.read_text("utf-8") and done.database == "uk-parliament"
    other = make_run(tmp_path / "mine")
    done = publish(other, tmp_path / "unnamed.html")
    assert done.database is None
    assert "didn't say of whom" in done.path.read_text("utf-8")
    with pytest.raises(CourseError, match=r"no such database.*orl.*Received: 'faces'"):
        publish(run, tmp_path / "wrong.html", database="faces")
    assert not (tmp_path / "wrong.html").exists()


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.97, "by heart"), (0.7, "lean on a photograph"), (0.5, "no nearer"), (None, "not measured")],
)
def test_measured_copying_is_said_in_plain_words(tmp_path, share, words):
    run = make_run(tmp_path / "orl")
    (run / "report.json").write_text(json.dumps({"memorisation": share, "count": 500}), "utf-8")
    page = publish(run, tmp_path / "face.html").path.read_text("utf-8")
    assert words in page
    assert share is None or f"{100 * share:.0f} of 100" in page


def test_a_slider_is_a_direction_of_length_one(page):
    shown = read_data(page)["sliders"]
    assert 4 <= len(shown) <= 6
    for slider in shown:
        assert np.isclose(np.linalg.norm(slider["direction"]), 1, atol=0.001)
        assert slider["title"] and slider["less"]


def test_faces_that_are_all_alike_have_numbered_directions():
    settings = get_settings("tiny", image_size=32)
    generator = build_generator(settings)
    for weight in generator.weights:
        if "up_32" in weight.path:
            weight.assign(0 * weight)
    assert [one.less for one in find_sliders(generator, settings)] == [
        f"direction {number}" for number in range(1, 5)
    ]


def test_eight_bits_are_a_page_of_half_the_size(run, tmp_path):
    sizes = [publish(run, tmp_path / f"{bits}.html", bits).size for bits in (16, 8)]
    weights = [
        len(read_data((tmp_path / f"{b}.html").read_text())["packed"]["weights"]) for b in (16, 8)
    ]
    assert sizes[1] < sizes[0] and weights[1] < 0.6 * weights[0]


def test_the_command_writes_the_page_and_says_what_it_did(run, tmp_path, command):
    out = tmp_path / "site" / "face.html"
    done = command("publish", run, "--out", out, "--bits", 8)
    assert done.returncode == 0, done.stderr
    assert out.read_text("utf-8").startswith("<!doctype html>")
    assert "Trained on orl" in done.stdout and DATABASES["orl"].terms in done.stdout
    assert "evaluate" in done.stdout
    wrong = command("publish", run, "--out", out, "--bits", 12)
    assert wrong.returncode == 1 and "Expected 16 or 8. Received: 12" in " ".join(
        wrong.stderr.split()
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("changes", [{}, {"pooling": True, "output": "sigmoid"}], ids=str)
def test_an_onnx_file_makes_kerass_faces(tmp_path, changes):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    run = make_run(tmp_path / "orl", **changes)
    write_onnx(run, tmp_path / "face.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "face.onnx"))
    z = draw_noise(3, 100, 0)
    (faces,) = session.run(None, {session.get_inputs()[0].name: z})
    np.testing.assert_allclose(faces, load_generator(run)(z, training=False), atol=1e-5)


def test_another_name_and_a_missing_package_are_said(run, tmp_path, monkeypatch):
    with pytest.raises(CourseError, match=r"ends in \.onnx\. Received: face\.pb"):
        write_onnx(run, tmp_path / "face.pb")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"without tf2onnx\. Run: pip install"):
        write_onnx(run, tmp_path / "face.onnx")
