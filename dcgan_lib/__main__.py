"""`python -m dcgan_lib …`: one command or more for each room, in the order of the chapters."""

from __future__ import annotations

import typer

from dcgan_lib.beyond.animate import animate_command, learn_motion_command
from dcgan_lib.beyond.style import style_app
from dcgan_lib.collect import collect_command
from dcgan_lib.crop import crop_command, subset_command
from dcgan_lib.evaluate import evaluate_command
from dcgan_lib.latent import latent_app
from dcgan_lib.machine import info_command
from dcgan_lib.publish import publish_command
from dcgan_lib.rules import rules_command
from dcgan_lib.shared import run_command
from dcgan_lib.train import sample_command, train_command

HELP = """Train a DCGAN on cropped faces, and generate faces that nobody has.

\b
  python -m dcgan_lib collect orl
  python -m dcgan_lib crop data/raw/orl data/faces/orl
  python -m dcgan_lib train data/faces/orl --run runs/orl --profile quick
  python -m dcgan_lib sample runs/orl --count 64 --out generated --grid grid.png

Every command explains itself with --help. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. --debug shows the traceback of an error.
"""

app = typer.Typer(help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None)
app.command("collect")(collect_command)  # chapter 01
app.command("crop")(crop_command)  # 02
app.command("subset")(subset_command)
app.command("train")(train_command)  # 07
app.command("sample")(sample_command)
app.command("evaluate")(evaluate_command)  # 08
app.add_typer(latent_app, name="latent")  # 09
app.command("rules")(rules_command)  # 10
app.command("publish")(publish_command)  # 11
app.add_typer(style_app, name="style")  # 13
app.command("learn-motion")(learn_motion_command)  # 14
app.command("animate")(animate_command)
app.command("info")(info_command)

if __name__ == "__main__":
    run_command(app)
