"""Photographs of every kind come in upright, RGB and 8-bit, or say why they can't."""

import io
import os
import struct
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageCms

from dcgan_lib.crop.photos import UnreadablePhoto, find_photos, read_photo, read_small_copy

# What a camera that was turned stores, for each EXIF orientation, so that it shows upright
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


@pytest.fixture(scope="module")
def astronaut():
    return skimage.data.astronaut()[:300, 100:356]  # (300, 256, 3): sides differ


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def assert_close(a, b, tolerance):
    assert a.shape == b.shape and a.dtype == np.uint8
    assert np.abs(a.astype(int) - b.astype(int)).mean() < tolerance


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(astronaut, kind, orientation):
    stored = np.ascontiguousarray(STORED[orientation](astronaut))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(stored), kind, exif=exif, quality=95)
    assert_close(read_photo(data), astronaut, 4)
    small, scale = read_small_copy(data, 75, grey=True)
    assert small.shape == (75, 64) and scale == 4
    grey = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)
    assert_close(small, cv2.resize(grey, (64, 75), interpolation=cv2.INTER_AREA), 4)


def test_damaged_exif_is_passed_over(astronaut):
    data = encoded(Image.fromarray(astronaut), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert_close(read_photo(data), astronaut, 5)


def test_grey_becomes_rgb(astronaut):
    grey = astronaut[..., 0]
    for kind in ("PNG", "PPM", "JPEG", "BMP"):
        photo = read_photo(encoded(Image.fromarray(grey), kind))
        assert photo.shape == (300, 256, 3) and (photo[..., 0] == photo[..., 2]).all()
        assert_close(photo[..., 1], grey, 5)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(astronaut, mode):
    image = Image.fromarray(astronaut).convert(mode)
    alpha = np.full((300, 256), 255, np.uint8)
    alpha[:100], alpha[100:200] = 0, 128
    image.putalpha(Image.fromarray(alpha))
    photo = read_photo(encoded(image, "PNG"))
    opaque = np.asarray(Image.fromarray(astronaut).convert(mode).convert("RGB"))
    assert (photo[:100] == 255).all()
    assert_close(photo[100:200], (opaque[100:200] // 2 + 127), 2)
    assert_close(photo[200:], opaque[200:], 0.1)


def test_a_palette_with_a_transparent_colour_lies_on_white():
    image = Image.new("P", (40, 30), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (0, 0, 20, 30))
    photo = read_photo(encoded(image, "PNG", transparency=0))
    assert (photo[0, 39] == [255, 255, 255]).all() and (photo[0, 0] == [0, 0, 255]).all()


def test_cmyk_jpeg(astronaut):
    data = encoded(Image.fromarray(astronaut).convert("CMYK"), "JPEG", quality=95)
    assert_close(read_photo(data), astronaut, 6)
    small, _ = read_small_copy(data, 100, grey=True)
    assert small.shape == (100, 85) and small.std() > 20


def test_sixteen_bits_keep_the_upper_eight(astronaut, tmp_path):
    deep = astronaut.astype(np.uint16) * 257
    for name, stored, expected in [
        ("grey.png", deep[..., 1], astronaut[..., [1, 1, 1]]),
        ("colour.png", deep[..., ::-1], astronaut),
        ("grey.pgm", deep[..., 1], astronaut[..., [1, 1, 1]]),
        ("grey.tif", deep[..., 1], astronaut[..., [1, 1, 1]]),
    ]:
        assert cv2.imwrite(str(tmp_path / name), stored)
        assert_close(read_photo(tmp_path / name), expected, 1)


def test_a_photograph_of_64_megapixels(tmp_path):
    large = Image.fromarray(skimage.data.astronaut()).resize((8000, 8000), Image.Resampling.BOX)
    large.save(tmp_path / "large.jpg", quality=85)
    small, scale = read_small_copy(tmp_path / "large.jpg", 640, grey=True)
    assert small.shape == (640, 640) and scale == 12.5
    assert read_photo(tmp_path / "large.jpg").shape == (8000, 8000, 3)


def test_too_many_pixels_are_named():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = encoded(Image.new("RGB", (1, 1)), "PNG")
    data = (
        data[:16]
        + header
        + struct.pack(">I", __import__("zlib").crc32(b"IHDR" + header))
        + data[33:]
    )
    with pytest.raises(UnreadablePhoto, match="more than 179 million pixels"):
        read_photo(data)


@pytest.mark.parametrize("name", ["顔.jpg", "صورة.png", "Жанна д’Арк.webp", "émoji 😀 %20#.tiff"])
def test_names_in_any_script(astronaut, tmp_path, name):
    Image.fromarray(astronaut).save(tmp_path / name, quality=95)
    assert_close(read_photo(tmp_path / name), astronaut, 4)
    assert find_photos(tmp_path) == [name]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "PPM", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_unreadable(astronaut, kind, share, capfd):
    data = encoded(Image.fromarray(astronaut), kind)
    with pytest.raises(UnreadablePhoto, match=r"."):
        read_photo(data[: int(len(data) * share)])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"<html>Quota exceeded</html>", "no picture format"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "HEIC.*export it as JPEG"),
    ],
)
def test_no_picture(data, reason):
    with pytest.raises(UnreadablePhoto, match=reason):
        read_photo(data)


def test_animations_are_named(astronaut):
    frames = [Image.fromarray(astronaut), Image.fromarray(astronaut[::-1])]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        with pytest.raises(UnreadablePhoto, match=f"holds 2 pictures .{kind}"):
            read_photo(data)


def test_a_phones_picture_in_two_sizes_is_one_photograph(astronaut):
    image = Image.fromarray(astronaut)
    data = encoded(image, "MPO", save_all=True, append_images=[image.resize((64, 75))], quality=95)
    assert_close(read_photo(data), astronaut, 4)


def test_noise_after_a_header_never_crashes(astronaut):
    random = np.random.default_rng(0)
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"):
        whole = encoded(Image.fromarray(astronaut), kind)
        for _ in range(20):
            data = bytearray(whole)
            for place in random.integers(0, len(data), 30):
                data[place] = random.integers(256)
            try:
                assert read_photo(bytes(data)).shape[2] == 3
            except UnreadablePhoto as error:
                assert str(error)


def test_only_visible_pictures_are_found_sorted(tmp_path):
    for name in ["b.JPG", "a/2.png", "a/10.png", ".hidden.png", ".cache/x.png", "notes.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert find_photos(tmp_path) == ["a/10.png", "a/2.png", "b.JPG"]


def test_a_missing_file_is_unreadable(tmp_path):
    with pytest.raises(UnreadablePhoto, match="No such file"):
        read_photo(tmp_path / "gone.jpg")


def test_postscript_never_starts_another_program(tmp_path, monkeypatch):
    """Pillow would hand it to Ghostscript, found by its name ``gs``."""
    trace = tmp_path / "started"
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {trace}\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", "gs", raising=False)
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n")
    with pytest.raises(UnreadablePhoto, match="no picture format"):
        read_photo(tmp_path / "a.jpg")
    assert not trace.exists()


@pytest.mark.parametrize("target", ["pipe", "/dev/zero", "."])
def test_only_a_regular_file_is_opened(tmp_path, target):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.jpg").symlink_to(target)
    with pytest.raises(UnreadablePhoto, match=r"not a file|Is a directory"):
        read_photo(tmp_path / "a.jpg")


def test_photographs_read_at_once_in_many_threads_leave_warnings_as_they_were(astronaut):
    data = encoded(Image.fromarray(astronaut), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read_photo, [data] * 80))
    assert warnings.filters == before


def test_the_colours_that_a_profile_means_are_seen(astronaut):
    """The same bytes, said to be in a space with red and green swapped, mean other colours."""
    swapped = swapped_primaries()
    photo = read_photo(encoded(Image.fromarray(astronaut), "PNG", icc_profile=swapped))
    assert_close(photo[..., [1, 0, 2]], astronaut, 6)
    for profile in (b"damaged", srgb()):
        photo = read_photo(encoded(Image.fromarray(astronaut), "PNG", icc_profile=profile))
        assert_close(photo, astronaut, 0.1)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_primaries() -> bytes:
    """sRGB under another name, with the places of its red and its green exchanged."""
    profile = srgb().replace(b"s\0R\0G\0B", b"o\0t\0h\0r").replace(b"sRGB", b"othr")
    return profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")
