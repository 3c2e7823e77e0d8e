"""A file that exists is whole."""

import os

import pytest

from dcgan_lib.shared.files import atomic_path, read_file


def test_a_file_appears_when_the_block_succeeds(tmp_path):
    target = tmp_path / "new" / "a.txt"
    with atomic_path(target) as path:
        path.write_text("whole")
        assert path.suffix == ".txt" and not target.exists()
    assert target.read_text() == "whole"
    assert [path.name for path in target.parent.iterdir()] == ["a.txt"]


def test_an_error_leaves_what_was_there(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("before")
    with pytest.raises(RuntimeError), atomic_path(target) as path:
        path.write_text("half")
        raise RuntimeError
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_files_are_as_readable_as_others(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    with atomic_path(tmp_path / "atomic") as path:
        path.touch()
    assert (tmp_path / "atomic").stat().st_mode == plain.stat().st_mode


def test_only_a_regular_file_is_read(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"whole")
    assert read_file(tmp_path / "a.jpg") == b"whole"
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "zero.jpg").symlink_to("/dev/zero")
    for name, reason in [("pipe.jpg", "a pipe, not a file"), ("zero.jpg", "a device, not a file")]:
        with pytest.raises(OSError, match=reason):
            read_file(tmp_path / name)
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(2**30 + 1)  # no room on the disk is taken
    with pytest.raises(OSError, match=r"1\.1 GB, too large"):
        read_file(tmp_path / "huge.jpg")
