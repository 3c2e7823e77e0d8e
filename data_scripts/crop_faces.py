"""Crop the faces of a folder of photographs: `python -m dcgan_lib crop` under the paper's name."""

from dcgan_lib.crop import crop_command
from dcgan_lib.shared import run_function

if __name__ == "__main__":
    run_function(crop_command)
