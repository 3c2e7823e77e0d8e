"""A chapter in JupyterLab, in headless Chromium: widgets move and redraw (make test-browser)."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from dcgan_lib.classroom.notebooks import NOTEBOOKS

pytestmark = pytest.mark.browser
TOKEN = "test"


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
    environment = {**os.environ, "DCGAN_PROFILE": "tiny"}
    server = subprocess.Popen(line, cwd=folder / "notebooks", env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api?token={TOKEN}")
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is missing. Install it, for instance: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def chapter(lab, browser):
    """Open a chapter, run all its cells, and wait until the last one is done."""

    def open_and_run(name):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{lab}/lab/tree/{name}.ipynb?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_selector("text=Python 3", timeout=60_000)
        page.click("text=Run >> visible=true")
        page.click("text=Run All Cells")
        page.wait_for_selector(".jp-Notebook .jp-InputPrompt:has-text('[*]')", timeout=60_000)
        page.wait_for_function(
            "!document.querySelector('.jp-Notebook .jp-InputPrompt')"
            " || ![...document.querySelectorAll('.jp-InputPrompt')]"
            ".some(prompt => prompt.textContent.includes('[*]'))",
            timeout=180_000,
        )
        return page

    return open_and_run


def test_the_checkerboard_slider_redraws_its_picture(chapter):
    page = chapter("04_generator")
    assert page.locator(".jp-OutputArea-output:has-text('Traceback')").count() == 0
    box = page.locator(".widget-vbox:has-text('kernel size')").first
    box.scroll_into_view_if_needed()
    picture = box.locator("img")
    picture.wait_for(timeout=30_000)
    before = picture.get_attribute("src")
    handle = box.locator(".noUi-handle, [role=slider]").first
    handle.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(50):
        if picture.get_attribute("src") != before:
            break
        time.sleep(0.2)
    assert picture.get_attribute("src") != before
    assert picture.evaluate("image => image.naturalWidth") > 300
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{os.environ['SCREENSHOTS']}/04_generator.png")


def _wait_for(url):
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)
