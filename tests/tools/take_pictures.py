"""Photographs the studio for the README: `python -m tests.tools.take_pictures [folder]`, by default into static/img.

Starts a studio of its own on an empty data folder, has the sandbox draw what a small team might have ordered, and
keeps each page as it looks at 1440 px in light as `readme-<page>.webp`, 1200 px wide, at most 120 kB. Needs Chromium.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image

from tests.browser.test_story import sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess, manage

PASSWORD = "the first northern window"  # noqa: S105
LIMIT = 120_000
WIDTH = 1200
# What Aiko orders, in this order: words, shape, model.
ORDERS = (
    ("Dunes after sunset, one bright moon, long shadows", "3:2", "dall-e-3"),
    ("Tiles in a geometric pattern, teal and golden", "1:1", "flux-1.1-pro"),
    ("Topographic map of a small island", "1:1", "dall-e-3"),
    ("Still life with three pears, morning light", "2:3", "dall-e-3"),
    ("Night city in the rain, neon", "3:2", "dall-e-3"),
    ("Wind in long hair, flow lines, rose", "2:3", "flux-1.1-pro"),
    ("Ringed planet over a violet horizon", "3:2", "dall-e-3"),
    ("Courtyard with an arch, low sun, long shadow", "2:3", "dall-e-3"),
    ("A small terracotta town on a table, isometric", "1:1", "flux-1.1-pro"),
    ("Paper koi in a green pond, from above", "3:2", "dall-e-3"),
    ("Seven stems before a golden disc", "2:3", "dall-e-3"),
    ("Nine waves, a large sun and bars of cloud", "3:2", "dall-e-3"),
    ("Six ridges in morning fog, one small sun", "2:3", "flux-1.1-pro"),
    ("A vase with tulips on a blue table", "2:3", "dall-e-3"),
    ("Harbour at dawn, one white ship", "3:2", "dall-e-3"),
    ("A forest of ferns, moss and light", "1:1", "dall-e-3"),
    ("Stairs to a courtyard, terracotta", "2:3", "dall-e-3"),
    ("Desert at dusk, crimson sky", "3:2", "flux-1.1-pro"),
    ("Islands in a cobalt sea, as a map", "3:2", "dall-e-3"),
    ("Snow on a small town, night", "1:1", "dall-e-3"),
    ("Two planets and a black sky", "2:3", "dall-e-3"),
    ("Fish in a golden pond", "1:1", "dall-e-3"),
    ("Five oranges in a bowl, mint wall", "3:2", "dall-e-3"),
    ("Mountains behind a lake, lilac dusk", "3:2", "dall-e-3"),
    ("A tower block city by night, warm windows", "2:3", "flux-1.1-pro"),
    ("Music as flowing lines, teal", "3:2", "dall-e-3"),
    ("An arch, a ball, a long shadow", "2:3", "dall-e-3"),
    ("Lighthouse, polar night, long beam", "2:3", "dall-e-3"),
)
LIGHTHOUSE = "A lighthouse on a small island at dusk, the lamp already turning, a long beam over violet water"
UNDER_WAY = ("Paper koi in a dark pond, seen from above", "Six ridges at sunrise, one small sun")


def order(port: int, key: str, prompt: str, shape: str, model: str) -> str:
    """Order one picture as a program does; the id of its job."""
    settings = "fluxParams" if model.startswith("flux") else "dalleParams"
    body = {"model": model, "prompt": prompt, settings: {"aspect_ratio": shape}}
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{port}/v2/images/generate"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)) as answer:
        return str(json.load(answer)["jobId"])


def drawn(window: Window) -> bool:
    """Whether every picture is there with its copies: the gallery shows those, and colours until then."""
    window.go("/gallery/")
    return len(window.all(".tile-open img")) == len(ORDERS) + 1


def keep(window: Window, folder: Path, name: str, height: int = 1000) -> None:
    """One page as it stands, as large as fits into the bytes it may have."""
    window.size(1440, height=height)
    window.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    window.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 700, "y": 2})
    window.until(lambda: window.driver.execute_script(LOADED), "not all pictures are loaded", 30)
    time.sleep(4)  # they are decoded beside the page, and jobs that are under way get somewhere
    with Image.open(io.BytesIO(window.driver.get_screenshot_as_png())) as shot:
        small = shot.convert("RGB").resize((WIDTH, round(WIDTH * shot.height / shot.width)), Image.Resampling.LANCZOS)
    for quality in range(88, 30, -4):
        small.save(folder / f"readme-{name}.webp", quality=quality, method=6)
        if (size := (folder / f"readme-{name}.webp").stat().st_size) <= LIMIT:
            break
    print(f"readme-{name}.webp: {small.width}x{small.height}, {size:,} bytes, quality {quality}")


LOADED = """const isFar = (one) => one.loading === 'lazy' && one.getBoundingClientRect().top > innerHeight;
  return [...document.images].every((one) => !one.checkVisibility() || isFar(one) || one.complete && one.naturalWidth)
    && document.fonts.status === 'loaded' && !document.querySelector('.arriving')"""


def take(folder: Path, data: Path) -> None:
    """Fill one studio and photograph it."""
    settings = {"STUDIO_ADMIN_PASSWORD": PASSWORD, "STUDIO_RATE_LIMIT": "6000/min"}
    studio = StudioProcess(data, STUDIO_SANDBOX_SECONDS="0", STUDIO_OPENING_CREDITS="1200", **settings).ready()
    try:
        manage(data, "add_user", "Aiko", "--password", PASSWORD, "--credits", "1200")
        key = manage(data, "create_api_key", "Aiko").stdout.strip()
        for prompt, shape, model in ORDERS:
            order(studio.port, key, prompt, shape, model)
        job = order(studio.port, key, LIGHTHOUSE, "2:3", "dall-e-3")
        window = Window(f"http://127.0.0.1:{studio.port}")
        try:
            window.go("/")
            sign_in(window, "Aiko", PASSWORD)
            window.until(lambda: drawn(window), "not all are drawn", 240)
            pages(window, folder, job)
        finally:
            window.close()
    finally:
        studio.close()
    studio = StudioProcess(data, STUDIO_SANDBOX_SECONDS="40", **settings).ready()
    try:
        window = Window(f"http://127.0.0.1:{studio.port}")
        for prompt, shape in zip(UNDER_WAY, ("1:1", "3:2"), strict=True):
            order(studio.port, key, prompt, shape, "dall-e-3")
        try:
            window.go("/")
            sign_in(window, "Aiko", PASSWORD)
            window.until(lambda: len(window.all(".card[data-state=working]")) == len(UNDER_WAY), "none is under way")
            window.go(f"/?from={job}")
            window.driver.execute_script("document.activeElement.blur()")
            keep(window, folder, "studio")
        finally:
            window.close()
    finally:
        studio.close()


def pages(window: Window, folder: Path, job: str) -> None:
    """Everything but the studio with jobs under way."""
    window.go("/gallery/")
    for mark in window.all(".tile input[name=picture]")[1:4]:
        mark.click()
    keep(window, folder, "gallery")
    window.click(".selection-bar button[data-key=c]")
    window.one(".compare-page, main h1")
    keep(window, folder, "compare")
    window.go(f"/jobs/{job}/")
    window.click(".star[value='5']")
    window.one(".star[value='5'][aria-pressed=true]")
    window.driver.execute_script("document.activeElement.blur()")
    keep(window, folder, "job")
    window.go("/models/dall-e-3/")
    keep(window, folder, "model")
    window.go("/usage/")
    keep(window, folder, "usage")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "static" / "img"
    with tempfile.TemporaryDirectory() as data:
        take(target, Path(data))
