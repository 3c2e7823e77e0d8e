"""Servers that send too much, too slowly, or aren't who they say: told soon, nothing left over."""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dcgan_lib.collect import web
from dcgan_lib.collect.databases import Download
from dcgan_lib.collect.download import fetch
from dcgan_lib.collect.web import BrokenOffError, RefusedError, get, looks_like_html
from dcgan_lib.shared.errors import CourseError
from tests.support.http_server import Reply, Site, serve

BODY = bytes(range(256)) * 2000


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(web, "BACK_OFF_SECONDS", 0.01)
    with serve() as site:
        yield site


def download(url: str, body: bytes = BODY) -> Download:
    return Download("a.tgz", (url,), hashlib.sha256(body).hexdigest(), len(body))


@pytest.mark.parametrize("length", ["", None])
def test_a_stream_longer_than_published_is_stopped_and_thrown_away(
    tmp_path: Path, site: Site, length: str | None
) -> None:
    headers = {} if length == "" else {"Content-Length": None}
    url = site.put("/a.tgz", Reply(BODY + bytes(60 * 10**6), headers=headers))
    with pytest.raises(CourseError, match="and more, where 512,000 were published"):
        fetch(download(url), tmp_path)
    assert not list(tmp_path.iterdir())
    assert site.requests[0].sent < 12 * 10**6 and len(site.requests) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_a_server_that_asks_to_wait_is_not_asked_before(
    tmp_path: Path, site: Site, as_date: bool
) -> None:
    after = formatdate(time.time() + 3, usegmt=True) if as_date else "2"
    url = site.put("/a.tgz", Reply(b"", 503, headers={"Retry-After": after}), Reply(BODY))
    start = time.monotonic()
    assert fetch(download(url), tmp_path).read_bytes() == BODY
    assert time.monotonic() - start > 1.5


def test_a_server_that_asks_to_wait_for_an_hour_is_left(tmp_path: Path, site: Site) -> None:
    url = site.put("/a.tgz", Reply(b"", 429, headers={"Retry-After": "3600"}))
    with pytest.raises(CourseError, match=r"429.*asks to come back in 3,600 s"):
        fetch(download(url), tmp_path)
    assert len(site.requests) == 1


def test_an_archive_that_is_called_gzip_encoded_arrives_as_it_is(
    tmp_path: Path, site: Site
) -> None:
    import gzip

    body = gzip.compress(BODY)
    url = site.put("/a.tgz", Reply(body, headers={"Content-Encoding": "gzip"}))
    assert fetch(download(url, body), tmp_path).read_bytes() == body


def test_a_header_that_drips_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "HEADER_SECONDS", 0.5)
    url = site.put("/a.tgz", Reply(BODY, drip=0.2))
    start = time.monotonic()
    with pytest.raises(BrokenOffError, match=r"no whole header within 0\.5 s"):
        get(url)
    assert time.monotonic() - start < 5


def test_a_body_that_crawls_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "HEADER_SECONDS", 0.5)
    monkeypatch.setattr(web, "SLOWEST", 10**6)
    url = site.put("/a.tgz", Reply(BODY, slow=0.2))
    with pytest.raises(BrokenOffError, match=r"only [\d,]+ bytes in"):
        list(web.chunks(get(url)))


@pytest.mark.parametrize(
    "page",
    [
        b"\xef\xbb\xbf<!DOCTYPE html><html>",
        b"<!-- saved from a cache -->\n<html><head>",
        b'<?xml version="1.0"?>\r\n<!-- x --> <HTML>',
        b"\n\n<title>Sign in</title>",
    ],
)
def test_a_page_is_recognised_whatever_it_begins_with(page: bytes) -> None:
    assert looks_like_html(page)
    assert not looks_like_html(b"\x1f\x8b\x08" + page) and not looks_like_html(b"<svg><html>")


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_a_certificate_that_does_not_verify_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    line = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -keyout {key} -out"
    subprocess.run([*line.split(), str(certificate)], check=True, capture_output=True)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    start = time.monotonic()
    try:
        with pytest.raises(RefusedError, match="its certificate doesn't verify"):
            web.read(f"https://127.0.0.1:{server.server_port}/a")
    finally:
        server.shutdown()
        server.server_close()
    assert time.monotonic() - start < 5
