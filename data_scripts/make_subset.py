"""Copy a balanced part of a face set: `python -m dcgan_lib subset` under the paper's name."""

from dcgan_lib.crop import subset_command
from dcgan_lib.shared import run_function

if __name__ == "__main__":
    run_function(subset_command)
