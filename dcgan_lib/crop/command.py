"""`python -m dcgan_lib crop | subset`, and data_scripts/crop_faces.py and make_subset.py."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.crop.settings import CropSettings
from dcgan_lib.shared import summary


def crop_command(
    src: Annotated[
        Path, typer.Argument(metavar="SRC", help="Folder of photographs; subfolders are groups.")
    ],
    dst: Annotated[
        Path, typer.Argument(metavar="DST", help="Folder of faces: <group>/<name>.png.")
    ],
    size: Annotated[int, typer.Option(help="Side of a crop in pixels.")] = CropSettings.size,
    margin: Annotated[
        float, typer.Option(help="Added on each edge, as a share of the face's box.")
    ] = CropSettings.margin,
    level_eyes: Annotated[
        bool, typer.Option("--level-eyes", help="Turn faces until the eyes are level.")
    ] = False,
    all_faces: Annotated[
        bool, typer.Option("--all-faces", help="Every face of a photograph, not only the best.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the work; by default one per core."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask scheduler whose cluster does the work instead."),
    ] = None,
) -> None:
    """Find the face in each photograph of SRC, and write it to DST.

    What became of every photograph stands in DST/manifest.csv, and a picture of it in
    DST/contact_sheet.png. The same command goes on after an interruption, and picks up
    photographs that were added to SRC. A crop that you delete from DST stays deleted.

    Example: python -m dcgan_lib crop data/raw/orl data/faces/orl
    """
    from dcgan_lib.crop.folder import CONTACT_SHEET, crop_folder
    from dcgan_lib.crop.manifest import MANIFEST

    settings = CropSettings(size, margin, level_eyes, all_faces)
    table = crop_folder(src, dst, settings, workers, scheduler)
    for decision, count in table["decision"].value_counts().items():
        print(f"{count:8,}  {decision}")
    not_read = table["decision"].isin(["unreadable", "left out"])
    if not_read.any():
        print(f"Left out: {summary(Counter(table['detail'][not_read]))}")
    print(f"Table: {dst / MANIFEST}   Picture: {dst / CONTACT_SHEET}")
    if (table["decision"] == "kept").any():
        print(f"Next: python -m dcgan_lib train {dst} --run runs/{dst.resolve().name}")


def subset_command(
    src: Annotated[
        Path, typer.Argument(metavar="SRC", help="Folder of pictures; subfolders are groups.")
    ],
    dst: Annotated[Path, typer.Argument(metavar="DST", help="New folder for the subset.")],
    count: Annotated[int, typer.Option(help="How many pictures.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pictures.")] = 0,
) -> None:
    """Copy COUNT pictures of SRC to DST, as evenly over the groups as can be.

    Where SRC is a face set, its manifest's rows come along.

    Example: python -m dcgan_lib subset data/faces/orl data/faces/orl-100 --count 100
    """
    from dcgan_lib.crop.subset import copy_subset

    names = copy_subset(src, dst, count, seed)
    groups = {name.rpartition("/")[0] for name in names}
    print(f"{len(names):,} pictures of {len(groups):,} groups in {dst}")
    print(f"Next: python -m dcgan_lib train {dst} --run runs/{dst.resolve().name}")
