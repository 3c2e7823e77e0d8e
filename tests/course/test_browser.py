"""A chapter in JupyterLab, in headless Chromium: widgets move and redraw (make test-browser)."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from dcgan_course.chapters import NOTEBOOKS, find_chapters

pytestmark = pytest.mark.browser
TOKEN = "test"
WINDOWING = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"  # all cells on the page


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the chapters, in a folder of its own; its address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    line += [f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    line += [
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    settings = folder / "settings" / WINDOWING
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}))
    environment = {**os.environ, "DCGAN_PROFILE": "tiny"}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    server = subprocess.Popen(line, cwd=folder / "notebooks", env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api?token={TOKEN}")
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def chapter(lab, browser):
    """Open a chapter, run all its cells, and wait until the last one is done."""

    def open_and_run(name):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb?token={TOKEN}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_selector(".jp-Toolbar-kernelName:has-text('Python 3')", timeout=60_000)
        page.click(".lm-MenuBar-itemLabel:text-is('Run')")
        page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
        page.wait_for_selector(".jp-InputPrompt:has-text('[*]')", timeout=60_000)
        page.wait_for_function(
            "![...document.querySelectorAll('.jp-InputPrompt')]"
            ".some(prompt => prompt.textContent.includes('[*]'))",
            timeout=240_000,
        )
        return page

    return open_and_run


@pytest.mark.parametrize("name", [path.stem for path in find_chapters()])
def test_a_chapter_runs_and_every_widget_redraws(chapter, name):
    page = chapter(name)
    assert page.locator(".jp-OutputArea-output:has-text('Traceback')").count() == 0
    boxes = page.locator(".jp-OutputArea-output .widget-vbox:has(> img)")
    moved = 0
    for number in range(boxes.count()):
        box = boxes.nth(number)
        if not box.locator(".noUi-handle, select").count():
            continue  # the training panel: it moves by itself
        box.scroll_into_view_if_needed()
        picture = box.locator("img").first
        before = picture.get_attribute("src")
        assert any(_turned(page, box, key, picture, before) for key in ("ArrowRight", "ArrowLeft"))
        assert picture.evaluate("image => image.naturalWidth") > 100
        moved += 1
        if os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{os.environ['SCREENSHOTS']}/{name}_{moved}.png")
    assert moved
    page.close()


def _turned(page, box, key, picture, before):
    """Move the first control; whether the picture is another one within ten seconds."""
    control = box.locator(".noUi-handle, select").first
    if control.evaluate("element => element.tagName === 'SELECT'"):
        control.select_option(index=1 if key == "ArrowRight" else 0)
    else:
        control.focus()
        page.keyboard.press(key)
    for _ in range(50):
        if picture.get_attribute("src") != before:
            return True
        time.sleep(0.2)
    return False


def _wait_for(url):
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)
