"""Chapter 01: folders of photographs, checksums, archives."""

from dcgan_classroom.probes.base import Probe

PROBES = {
    "photographs-per-person": Probe(
        """
import tempfile
from pathlib import Path


def counts(*names):
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            (Path(place) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(place) / name).touch()
        return {str(who): int(n) for who, n in photographs_per_person(Path(place)).items()}


people = [f"p{number}" for number in random.permutation(50)[:6]]
many = [f"{who}/{number}.jpg" for who in people for number in range(random.integers(1, 6))]
ask("a folder for each person", lambda: counts(*many))
ask("folders in folders", lambda: counts("a/1.png", "a/b/2.png", "a/b/c/3.bmp", "d/e/4.pgm"))
ask("endings in capitals", lambda: counts("ann/1.PNG", "ann/2.JpEg", "ben/3.PGM", "ben/4.png"))
ask("other files between", lambda: counts("ann/1.jpg", "ann/notes.txt", "ben/x.mp4", "cy/photo"))
""",
        ("photographs_per_person",),
        message="Every photograph counts once, under its folder's path from the folder given; "
        "is_photograph tells what is one.",
    ),
    "changed-digits": Probe(
        """
pairs = [(random.bytes(9), random.bytes(200)) for _ in range(12)]
ask("files that differ", lambda: [changed_digits(one, other) for one, other in pairs])
ask("a file with itself, and with a longer one", lambda: [
    changed_digits(one, one + end) for one, _ in pairs for end in (b"", b"!")])
""",
        ("changed_digits",),
        message="Compare the two texts that hexdigest() gives, place by place.",
    ),
    "kind-of": Probe(
        """
noise = random.bytes(20)
zips = [b"PK\\x03\\x04" + noise, b"PK\\x05\\x06" + noise, b"PK" + bytes(8), b" PK\\x03\\x04"]
packs = [b"\\x1f\\x8b\\x08" + noise, b"BZh9" + noise, b"\\xfd7zXZ\\x00" + noise, b"7zXZ"]
packs += [b"BZ" + bytes(9), b"BZip", b"\\x1f" + bytes(9), b"\\xfd7zXZ" + b"." + noise]
pages = [b"<!DOCTYPE html><p>", b"<html lang=en>", b"\\r\\n\\t <!doctype HTML>", b"\\t<html>"]
pages += [b"<HTML>", b"a<html>"]
others = [b"", b"P5 1 1 255", b"\\xff\\xd8\\xff\\xe0", b"see <!doctype html>", b"BZh", b"." + noise]
for name, starts in {
    "zip archives, and what is none": zips,
    "other archives": packs,
    "web pages": pages,
    "other files": [*others, b"<html>"],
}.items():
    ask(name, lambda: [kind_of(start) for start in starts])
""",
        ("kind_of",),
        message="The first bytes decide, and they stand at the very start; before a web page there "
        "may be white space, and its letters may be large or small.",
    ),
    "is-safe": Probe(
        """
questions = {
    "ways up, and what looks like one": (
        ["..", "../a.jpg", "a/../../b.jpg", "a/.."], ["..hidden/1.jpg", "one..two.png", "...x"]),
    "absolute names": (["/a.jpg", "//a.jpg", "/"], ["s1/1.pgm", "x", "a/b/c.jpg"]),
    "drives, and what looks like one": (
        ["C:/a.jpg", "z:b.jpg", "d:\\\\c.jpg"], ["1:2.jpg", "at 10: me.jpg", "c/d.jpg"]),
    "backslashes": (["a\\\\b.jpg", "..\\\\a.jpg", "\\\\a.jpg"], ["a/b.jpg", "a-b.jpg"]),
}
for name, members in questions.items():
    both = [*members[0], *members[1]]
    random.shuffle(both)
    ask(name, lambda: {one: is_safe(one) for one in both})
""",
        ("is_safe",),
        message="Four rules: no way up, no absolute path, no drive letter, no backslash; and what "
        "only looks like one of these is fine. Give True or False.",
    ),
}
