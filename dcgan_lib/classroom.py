"""The old name of the class's commands; it says where they are now."""

import sys

if __name__ == "__main__":
    sys.exit(
        "The class's commands have moved: python -m dcgan_classroom release | grade | report | "
        "doctor, and python -m dcgan_course run | lint | tidy | repository | archive."
    )
