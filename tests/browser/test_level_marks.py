"""Who sees it stands on every tile, and nothing that can be pressed stands over it."""

import pytest

from tests.browser.pages import GALLERY
from tests.browser.still import Still

PAGE = next(page for page in GALLERY if page.name == "gallery")
ALL = "document.querySelectorAll('.tile input[name=picture]').forEach(box => { if (!box.checked) box.click() })"
# Each tile is looked at with all its marks shown, as over a tile that is hovered and among selected ones.
COVERED = """
const box = one => one.getBoundingClientRect();
const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
const shown = one => (one.matches('.tile-zoom') && one.querySelector('.on-touch').checkVisibility()
  ? one.querySelector('.on-touch') : one);
const told = [];
for (const tile of document.querySelectorAll('.tile')) {
  const mark = tile.querySelector('.level-mark');
  const [a, whole] = [box(mark.querySelector('svg')), box(tile)];
  if (!mark.checkVisibility({opacityProperty: true, visibilityProperty: true})) told.push('hidden');
  if (a.width < 12 || a.left < whole.left || a.right > whole.right || a.bottom > whole.bottom) told.push('cut off');
  for (const other of tile.querySelectorAll('.tile-mark, .tile-star, .tile-zoom'))
    if (other.checkVisibility() && over(a, box(shown(other)))) told.push(`under ${other.className}`);
}
return told;
"""


@pytest.mark.parametrize("selecting", [False, True], ids=["looking", "selecting"])
@pytest.mark.parametrize(("width", "by_finger"), [(1440, False), (820, True), (390, True)])
def test_the_level_is_seen_on_every_tile(still: Still, width: int, by_finger: bool, selecting: bool) -> None:
    still.size(width)
    with still.by_finger(by_finger):
        still.show(PAGE)
        still.window.one(".tile-zoom")
        if selecting:
            still.window.driver.execute_script(ALL)
        assert len(still.window.all(".tile .level-mark")) == len(still.window.all(".tile"))
        assert still.window.driver.execute_script(COVERED) == []
