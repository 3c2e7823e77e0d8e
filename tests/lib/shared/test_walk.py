"""Photographs are told from everything else, and nothing is left out without a reason."""

import os
import socket
from pathlib import Path, PurePath

import pytest

from dcgan_lib.shared.walk import is_photograph, look_through, summary, why_no_photograph


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


@pytest.mark.parametrize(
    "name", ["a.JPG", "b.jfif", "c.jpe", "d.mpo", "e.jp2", "f.avif", "g.PGM", "h.tif"]
)
def test_photographs_of_every_format_that_we_read_are_found(tmp_path: Path, name: str):
    assert look_through(put(tmp_path, name)).photographs == [name]
    assert is_photograph(PurePath(name)) and not why_no_photograph(PurePath(name))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("1.HEIC", "HEIC picture: export it as JPEG"),
        ("2.heif", "HEIC"),
        ("3.NEF", "a camera's raw file: export it as JPEG"),
        ("4.dng", "raw file"),
        ("5.jxl", "JPEG XL"),
        ("6.psd", "drawing program"),
    ],
)
def test_other_pictures_have_a_reason(tmp_path: Path, name: str, reason: str):
    found = look_through(put(tmp_path, name, "one.jpg"))
    assert found.photographs == ["one.jpg"]
    assert reason in found.left_out[name].detail
    assert found.left_out[name].decision == "unreadable"


def test_a_jpeg_that_a_phone_calls_heic_is_a_photograph(tmp_path: Path):
    (tmp_path / "a.heic").write_bytes(b"\xff\xd8\xff\xe0 and so on")
    assert look_through(tmp_path).photographs == ["a.heic"]


def test_what_is_no_regular_file_is_never_opened_and_named(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "to pipe.jpg").symlink_to("pipe.jpg")
    (tmp_path / "device.jpg").symlink_to("/dev/zero")
    (tmp_path / "nothing.jpg").symlink_to("gone.jpg")
    (tmp_path / "circle.jpg").symlink_to("circle.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.jpg"))
        found = look_through(put(tmp_path, "one.jpg"))
    assert found.photographs == ["one.jpg"]
    assert {name: left.detail for name, left in found.left_out.items()} == {
        "pipe.jpg": "a pipe, not a file",
        "to pipe.jpg": "a pipe, not a file",
        "device.jpg": "a device, not a file",
        "socket.jpg": "a socket, not a file",
        "nothing.jpg": "a link to nothing",
        "circle.jpg": "Too many levels of symbolic links",
    }


def test_a_folder_with_a_pictures_name_is_a_folder(tmp_path: Path):
    assert look_through(put(tmp_path, "x.jpg/1.png")).photographs == ["x.jpg/1.png"]


def test_a_link_to_a_photograph_is_one_and_a_link_to_a_folder_is_named(tmp_path: Path):
    elsewhere = put(tmp_path / "elsewhere", "1.jpg")
    folder = put(tmp_path / "folder", "own.jpg")
    (folder / "link.jpg").symlink_to(elsewhere / "1.jpg")
    (folder / "album").symlink_to(elsewhere)
    (folder / "round").symlink_to(folder)
    found = look_through(folder)
    assert found.photographs == ["link.jpg", "own.jpg"]
    assert {left.decision for left in found.left_out.values()} == {"left out"}
    assert "links aren't followed" in found.left_out["album"].detail and "round" in found.left_out


def test_thumbnails_of_network_drives_and_hidden_names_are_passed_over(tmp_path: Path):
    put(tmp_path, "a/1.jpg", "a/@eaDir/1.jpg/SYNO.jpg", "__MACOSX/a/1.jpg", "#recycle/old.jpg")
    found = look_through(put(tmp_path, ".thumbnails/1.png", "._1.jpg"))
    assert found.photographs == ["a/1.jpg"]
    assert set(found.left_out) == {"a/@eaDir", "__MACOSX", "#recycle"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_named(tmp_path: Path):
    put(tmp_path, "open.jpg", "shut/1.jpg")
    (tmp_path / "shut").chmod(0)
    found = look_through(tmp_path)
    (tmp_path / "shut").chmod(0o700)
    assert found.photographs == ["open.jpg"]
    assert found.left_out["shut"].detail == "Permission denied"


def test_the_reasons_are_counted_in_one_line(tmp_path: Path):
    found = look_through(put(tmp_path, "1.heic", "2.heic", "a.txt", "b/c.TXT", "d.txt", "e"))
    assert found.reasons() == {
        "a phone's HEIC picture: export it as JPEG": 2,
        ".txt file": 3,
        "file without suffix": 1,
    }
    assert summary(found.reasons()).startswith("3 × .txt file; 2 × a phone's HEIC")
