"""Collect face photographs: `python -m dcgan_lib collect` under the paper's name."""

from dcgan_lib.collect import collect_command
from dcgan_lib.shared import run_function

if __name__ == "__main__":
    run_function(collect_command)
