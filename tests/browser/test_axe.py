"""axe finds nothing on any page in any state, and nothing is too small to be pressed: by mouse and by finger.

All are looked at wide in the light and narrow in the dark, main pages the other way round, too.
"""

import pytest

from tests.browser import axe, targets
from tests.browser.pages import PAGES, Page
from tests.browser.still import Still


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing(page: Page, still: Still) -> None:
    axe.source()
    window, found = still.window, []
    still.size(1440)
    still.show(page)
    for width, dark in ((1440, False), (390, True)):
        still.size(width, dark=dark)
        found += [f"{width}: {one}" for one in axe.violations(window, within=page.within)]
        if "/admin/" not in window.driver.current_url:  # Django's own, for a desk
            with still.by_finger(width == 390) as least:
                found += targets.too_small(window, least, within=page.within)
    for width, dark in ((1440, True), (390, False)) if page.is_main else ():
        still.size(width, dark=dark)
        found += [f"{width}: {one}" for one in axe.violations(window, "color-contrast")]
    assert not found, "\n".join(found)
