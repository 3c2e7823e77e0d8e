"""What can't be written is refused before the work, of which none is done here."""

import pytest
from typer.testing import CliRunner

from dcgan_lib.__main__ import app
from dcgan_lib.shared.errors import CourseError

LINES = {
    "latent walk nowhere --out": ".gif",
    "latent walk nowhere --out a.gif --mp4": ".mp4",
    "latent grid nowhere --out": ".png",
    "latent arithmetic nowhere --plus 0,1,2 --minus 3,4,5 --plus2 6,7,8 --out": ".png",
    "latent components nowhere --out": ".png",
    "latent directions nowhere --out": ".png",
    "latent invert nowhere photo.jpg --out": ".png",
    "publish nowhere --out": ".html",
    "publish nowhere --out a.html --onnx": ".onnx",
    "evaluate nowhere faces --json": ".json",
    "sample nowhere --out faces --grid": ".png",
}


def refusal(line, path):
    done = CliRunner().invoke(app, [*line.split(), str(path)])
    assert isinstance(done.exception, CourseError), done.output
    return str(done.exception)


@pytest.mark.parametrize("line", LINES)
def test_another_ending(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = refusal(line, "face.tiff")
    option = line.split()[-1]
    assert f"Expected a name that ends in {LINES[line]}" in said
    assert f"Write, for instance, {option} face{LINES[line]}." in said


@pytest.mark.parametrize("line", LINES)
def test_a_folder_or_a_name_below_a_file(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder, file = tmp_path / f"folder{LINES[line]}", tmp_path / "file"
    folder.mkdir()
    file.touch()
    assert "a folder. Choose another" in refusal(line, folder)
    assert "where nothing can be written" in refusal(line, file / f"face{LINES[line]}")


@pytest.mark.parametrize("line", ["sample nowhere --out", "rules faces --out"])
def test_a_folder_that_is_a_file_or_lies_below_one(line, tmp_path):
    file = tmp_path / "file"
    file.touch()
    for path in (file, file / "below"):
        assert "Nothing can be written to this folder" in refusal(line, path)
