"""Photographs the studio for the README: `python -m tests.tools.take_pictures [folder] [name…]`, by default static/img.

Fills a studio of its own (tests.tools.picture_studio), serves it without an engine, and keeps what SHOTS lists as
`readme-<name>.webp`. Needs Chromium. With names it takes these alone.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from tests.browser.pages import KEY, Page
from tests.browser.still import Still, fill, running
from tests.ops.studio_process import manage

LIMIT = 120_000  # bytes a picture may have
BETWEEN = (226, 226, 223)
LIGHTHOUSE = "A lighthouse on a small island at dusk, the lamp already turning"
WORKS = ".card[data-state=working]"
COMPOSED = (
    "/?prompt=A+%7Bteal|crimson|golden%7D+lighthouse+at+%7Bdawn|dusk%7D&model=dall-e-3&also=flux-1.1-pro&also=imagen-4"
)
SELECT = "[...document.querySelectorAll('.tile input[name=picture]')].slice(1, 4).forEach((one) => one.click())"


@dataclass(frozen=True)
class Shot:
    """A page as it stands in a window of `size`, or `within` alone; the picture is `wide` pixels wide."""

    name: str
    page: Page
    size: tuple[int, int] = (1440, 1000)
    dark: bool = False
    within: str = ""
    wide: int = 1200
    zoomed: float = 1


def shot(name: str, who: str, path: str, act: str = "", shows: str = "main, body.login", **more: object) -> Shot:
    return Shot(name, Page(name, who, path, act, shows), **more)  # type: ignore[arg-type]


SHOTS = (
    shot("studio", "mina", f"/?prompt={LIGHTHOUSE.replace(' ', '+')}&model=dall-e-3", shows=WORKS),
    shot("states", "luis", "/", shows=WORKS, size=(1440, 1100), within="#sheet", wide=1000, zoomed=1.5),
    shot("composer", "hana", COMPOSED, within="#composer", wide=640, zoomed=1.5),
    shot("picker", "mina", "/?choose=1", shows="#picker-list", within=".picker", wide=640, zoomed=1.5),
    shot("batch", "hana", "{batch}", size=(1440, 1190), wide=1000),
    shot("job", "mina", "{picture}"),
    shot("refused", "mina", "{refused}", size=(1440, 640), wide=1000),
    shot("gallery", "mina", "/gallery/?scope=team", SELECT, "#selection[data-selecting]"),
    shot("compare", "mina", "{alike}", shows=".sides img"),
    shot("duel", "jonas", "{duel}", wide=1000),
    shot("board", "jonas", "{board}", dark=True, wide=1000),
    shot(
        "palette",
        "mina",
        "/gallery/",
        KEY.format("k", "true"),
        "#palette[open] [role=option]",
        size=(1200, 720),
        wide=800,
    ),
    shot("model", "mina", "/models/dall-e-3/"),
    shot("usage", "mina", "/usage/"),
    shot("keys", "hana", "/keys/", size=(1440, 760), wide=1000),
    shot("webhooks", "hana", "{endpoint}", size=(1440, 760), wide=1000),
    shot("docs", "hana", "/docs/api/", dark=True, wide=1000),
    shot("empty", "new", "/", wide=1000),
    shot("dark", "mina", "{picture}", dark=True, wide=1000),
    shot("ja", "aiko", "/", dark=True, wide=1000),
    shot("ko", "jiwoo", "/gallery/?scope=team", wide=1000),
)
TELEPHONES = (
    shot("phone", "mina", "/", size=(390, 844)),
    shot("phone", "mina", "{picture}", size=(390, 844), dark=True),
    shot("phone", "mina", "/gallery/?scope=team", size=(390, 844)),
    shot("phone", "mina", "/usage/", size=(390, 844), dark=True),
)
LOADED = """const isFar = (one) => one.loading === 'lazy' && one.getBoundingClientRect().top > innerHeight;
  return [...document.images].every((one) => !one.checkVisibility() || isFar(one) || one.complete && one.naturalWidth)
    && document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')"""


def look(still: Still, shot: Shot, folder: Path) -> Image.Image:
    """The page as it is, when all of it is there."""
    window, (width, height) = still.window, shot.size
    if shot.page.path.startswith("/?") or shot.page.path == "/":
        begin = "from tests.tools.picture_studio import begin_again; begin_again()"
        assert manage(folder, "shell", "-c", begin).returncode == 0
    still.size(width, height=height, dark=shot.dark, zoomed=shot.zoomed)
    window.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    still.show(shot.page)
    window.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": width // 2, "y": 2})
    if not shot.page.act:
        window.driver.execute_script("document.activeElement.blur()")
    window.until(lambda: window.driver.execute_script(LOADED), "not all pictures are loaded", 30)
    time.sleep(2)  # they are decoded beside the page
    png = window.one(shot.within).screenshot_as_png if shot.within else window.driver.get_screenshot_as_png()
    return Image.open(io.BytesIO(png)).convert("RGB")


def keep(picture: Image.Image, wide: int, path: Path) -> None:
    """A picture as good as the bytes allow that it may have."""
    small = picture.resize((wide, round(wide * picture.height / picture.width)), Image.Resampling.LANCZOS)
    for quality in range(84, 30, -4):
        small.save(path, quality=quality, method=6)
        if (size := path.stat().st_size) <= LIMIT * (wide / 1200):
            break
    print(f"{path.name}: {small.width}x{small.height}, {size:,} bytes, quality {quality}")


def beside(pictures: list[Image.Image]) -> Image.Image:
    """Windows of telephones in one row."""
    gap = 24
    row = Image.new("RGB", (sum(one.width + gap for one in pictures) - gap, pictures[0].height), BETWEEN)
    for number, one in enumerate(pictures):
        row.paste(one, (number * (one.width + gap), 0))
    return row


def take(target: Path, names: list[str]) -> None:
    """Fill one studio and photograph it."""
    with tempfile.TemporaryDirectory() as data:
        folder, zone = Path(data), afternoon()
        fill(folder, "tests.tools.picture_studio", STUDIO_TIME_ZONE=zone)
        with running(folder, STUDIO_TIME_ZONE=zone) as still:
            for one in SHOTS:
                if not names or one.name in names:
                    keep(look(still, one, folder), one.wide, target / f"readme-{one.name}.webp")
            if not names or "phone" in names:
                keep(beside([look(still, one, folder) for one in TELEPHONES]), 1200, target / "readme-phone.webp")


def afternoon() -> str:
    """A time zone in which it is between 13 and 14 o'clock now: then a day's work is behind those in the pictures."""
    ahead = (13 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[2] / "static" / "img"
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else here, sys.argv[2:])
