"""Unpacking: what belongs arrives, what would do harm is refused whole."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from dcgan_lib.collect import archives
from dcgan_lib.collect.archives import unpack
from dcgan_lib.shared.errors import CourseError


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, body in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name  # written as it is, however strange
            info.compress_type = zipfile.ZIP_DEFLATED
            pack.writestr(info, body)
    return path


def make_tar(path: Path, members: dict[str, bytes | tarfile.TarInfo], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as pack:
        for name, body in members.items():
            info = body if isinstance(body, tarfile.TarInfo) else tarfile.TarInfo(name)
            if isinstance(body, bytes):
                info.size = len(body)
            pack.addfile(info, io.BytesIO(body) if isinstance(body, bytes) else None)
    return path


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


PHOTOGRAPHS = {"Ann/1.jpg": b"one", "Ann/2.jpg": b"two", "Борис/1.jpg": b"three" * 9999}


@pytest.mark.parametrize("kind", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
def test_every_kind_arrives_byte_for_byte_whatever_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "archive.bin"
    archive = make_zip(path, PHOTOGRAPHS) if kind == "zip" else make_tar(path, PHOTOGRAPHS, kind)
    assert unpack(archive, tmp_path / "out") == 3
    assert files_in(tmp_path / "out") == PHOTOGRAPHS


def test_folders_and_a_leading_dot_are_no_trouble(tmp_path: Path) -> None:
    top, ann = tarfile.TarInfo("./"), tarfile.TarInfo("./Ann")
    top.type = ann.type = tarfile.DIRTYPE
    archive = make_tar(tmp_path / "a.tgz", {"./": top, "./Ann": ann, "./Ann/1.jpg": b"one"})
    unpack(archive, tmp_path / "out")
    assert files_in(tmp_path / "out") == {"Ann/1.jpg": b"one"}


def test_place_renames_and_leaves_out(tmp_path: Path) -> None:
    def place(path: PurePosixPath) -> PurePosixPath | None:
        return PurePosixPath(path.name) if path.parts[0] == "Ann" else None

    assert unpack(make_zip(tmp_path / "a.zip", PHOTOGRAPHS), tmp_path / "out", place) == 2
    assert set(files_in(tmp_path / "out")) == {"1.jpg", "2.jpg"}


CLIMBERS = [
    "../out.jpg", "a/../../out.jpg", "/tmp/out.jpg", "C:/out.jpg", "c:out.jpg", "..\\out.jpg",
    "a\\b.jpg", "..",
]  # fmt: skip


@pytest.mark.parametrize("name", CLIMBERS)
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_member_that_would_leave_the_folder_refuses_the_whole(
    tmp_path: Path, make, name: str
) -> None:
    archive = make(tmp_path / "a.bin", {"good.jpg": b"good", name: b"bad"})
    with pytest.raises(CourseError, match="stay inside the folder; received the name"):
        unpack(archive, tmp_path / "deep" / "out")
    assert [path.name for path in tmp_path.rglob("*.jpg")] == []


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("link.jpg")
    link.type, link.linkname = kind, "../../secret"
    archive = make_tar(tmp_path / "a.tar", {"good.jpg": b"good", "link.jpg": link}, "w")
    with pytest.raises(CourseError, match=r"files and folders only; received 'link\.jpg'"):
        unpack(archive, tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr(info, "../../secret")
    with pytest.raises(CourseError, match="files and folders only"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_an_archive_that_would_fill_the_disk_is_refused_before_it_starts(
    tmp_path: Path, make, small_disk
) -> None:
    small_disk(tmp_path, 4 * 10**6)
    bomb = make(tmp_path / "a.bin", {"small.jpg": b"1", "bomb.jpg": bytes(50 * 10**6)})
    assert bomb.stat().st_size < 10**5
    with pytest.raises(CourseError, match=r"would fill the disk.*--data-dir"):
        unpack(bomb, tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


def test_many_empty_files_fill_a_disk_too(tmp_path: Path, small_disk) -> None:
    small_disk(tmp_path, 4 * 10**6)
    crowd = make_zip(tmp_path / "a.zip", {f"{number}.jpg": b"" for number in range(3000)})
    with pytest.raises(CourseError, match="would fill the disk"):
        unpack(crowd, tmp_path / "out")


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"bomb.jpg": bytes(10**6)})
    lie = path.read_bytes().replace(struct.pack("<L", 10**6), struct.pack("<L", 100))
    path.write_bytes(lie)
    with pytest.raises(CourseError, match=r"corrupt|refused"):
        unpack(path, tmp_path / "out")
    assert sum(len(body) for body in files_in(tmp_path / "out").values()) <= 100


def test_bytes_are_counted_whatever_a_member_declares(tmp_path: Path) -> None:
    member = archives.Member("a.jpg", 10, lambda: io.BytesIO(bytes(11)))
    with pytest.raises(CourseError, match=r"Expected 10 bytes in a\.jpg.*received 11"):
        archives._write(member, tmp_path / "a.jpg", 10**6, Path("a.zip"))
    honest = archives.Member("b.jpg", 9000, lambda: io.BytesIO(bytes(9000)))
    with pytest.raises(CourseError, match="room for 8,192"):
        archives._write(honest, tmp_path / "b.jpg", 8192, Path("a.zip"))


def test_an_encrypted_zip_says_what_to_do(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"1.jpg": b"one"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(data)
    with pytest.raises(CourseError, match=r"encrypted.*without a password.*--from"):
        unpack(path, tmp_path / "out")


def test_a_zip_that_windows_wrote_keeps_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as pack:
        for name in ("Ann\\1.jpg", "Ann\\two\\2.jpg"):
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            info.create_system = 0
            pack.writestr(info, b"one")
    unpack(path, tmp_path / "out")
    assert set(files_in(tmp_path / "out")) == {"Ann/1.jpg", "Ann/two/2.jpg"}


def test_a_zip_that_windows_wrote_may_not_climb_out_either(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = "..\\out.jpg"
        info.create_system = 0
        pack.writestr(info, b"bad")
    with pytest.raises(CourseError, match="stay inside the folder"):
        unpack(tmp_path / "a.zip", tmp_path / "deep" / "out")


@pytest.mark.parametrize(
    ("written", "expected"), [("Zoë.jpg".encode("cp437"), "Zoë.jpg"), ("Жанна".encode(), "Жанна")]
)
def test_names_without_the_flag_for_utf8_are_read_as_they_were_meant(
    tmp_path: Path, written: bytes, expected: str
) -> None:
    place = b"n" * len(written)
    make_zip(tmp_path / "a.zip", {place.decode(): b"one"})
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(place, written))
    unpack(tmp_path / "a.zip", tmp_path / "out")
    assert files_in(tmp_path / "out") == {expected: b"one"}


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.98])
@pytest.mark.parametrize("kind", ["zip", "w:gz", "w:bz2", "w:xz", "w"])
def test_half_an_archive_is_an_error_and_not_half_a_collection(
    tmp_path: Path, kind: str, keep: float
) -> None:
    import numpy as np

    noise = np.random.default_rng(0).bytes
    members = {f"{number}.jpg": noise(20_000) for number in range(4)}
    path = tmp_path / "a.bin"
    path = make_zip(path, members) if kind == "zip" else make_tar(path, members, kind)
    whole = path.read_bytes().rstrip(b"\0") if kind == "w" else path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(CourseError, match=r"corrupt|can't be unpacked"):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize("body", [b"", b"Rar!\x1a\x07\x01\x00" * 99, b"<html>no</html>"])
def test_another_kind_of_file_is_named_as_such(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(body)
    with pytest.raises(CourseError, match=r"Expected a whole zip or tar archive.*7z"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("names", [("a/1.jpg", "A/1.JPG"), ("a", "a/1.jpg")])
def test_two_members_for_one_place_are_an_error(tmp_path: Path, names: tuple[str, str]) -> None:
    archive = make_zip(tmp_path / "a.zip", dict.fromkeys(names, b"1"))
    with pytest.raises(CourseError, match=r"same place|corrupt"):
        unpack(archive, tmp_path / "out")


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"1.jpg": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(CourseError, match="corrupt"):
        unpack(path, tmp_path / "out")
