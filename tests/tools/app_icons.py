"""Draws the icons of the installed studio from its mark (favicon.svg): python -m tests.tools.app_icons."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[2] / "static" / "img"
PAPER, INK = "#fafaf9", "#171716"
# Name, pixels, and the mark's share of the side: of a maskable one only the middle circle of 80 % is safe (W3C).
ICONS = [
    ("icon-192", 192, 0.8),
    ("icon-512", 512, 0.8),
    ("icon-maskable-512", 512, 0.5),
    ("apple-touch-icon", 180, 0.62),
]


def drawn(side: int, share: float) -> Image.Image:
    """The mark: a frame of 16 units, 2 thick, half filled by a field of 4.5 × 8 whose corner lies 4 within it."""
    unit = side * share / 16
    corner = side * (1 - share) / 2
    picture = Image.new("RGB", (side, side), PAPER)
    draw = ImageDraw.Draw(picture)

    def box(x: float, y: float, width: float, height: float, fill: str) -> None:
        ends = (corner + x * unit, corner + y * unit, corner + (x + width) * unit, corner + (y + height) * unit)
        left, top, right, bottom = (round(end) for end in ends)
        draw.rectangle((left, top, right - 1, bottom - 1), fill=fill)

    box(0, 0, 16, 16, INK)
    box(2, 2, 12, 12, PAPER)
    box(4, 4, 4.5, 8, INK)
    return picture


def main() -> None:
    for name, side, share in ICONS:
        drawn(side, share).convert("P", palette=Image.Palette.ADAPTIVE, colors=4).save(
            FOLDER / f"{name}.png", optimize=True
        )


if __name__ == "__main__":
    main()
