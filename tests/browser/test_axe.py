"""axe finds nothing on any page in any state, and nothing is too small to be pressed: by mouse and by finger.

Main pages are looked at wide and narrow, light and dark, all others in one of the two windows by turns.
"""

import pytest

from tests.browser import axe, targets
from tests.browser.pages import PAGES, Page
from tests.browser.still import Still
from tests.turns import turn


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing(page: Page, still: Still) -> None:
    axe.source()
    window, found = still.window, []
    still.size(1440)
    still.show(page)
    windows = ((1440, False), (390, True))
    for width, dark in windows if page.is_main else turn(windows, PAGES.index(page) % 2, of=2):
        still.size(width, dark=dark)
        found += [f"{width}: {one}" for one in axe.violations(window, within=page.within)]
        if "/admin/" not in window.driver.current_url:  # Django's own, for a desk
            with still.by_finger(width == 390) as least:
                found += targets.too_small(window, least, within=page.within)
    for width, dark in ((1440, True), (390, False)) if page.is_main else ():
        still.size(width, dark=dark)
        found += [f"{width}: {one}" for one in axe.violations(window, "color-contrast")]
    assert not found, "\n".join(found)
