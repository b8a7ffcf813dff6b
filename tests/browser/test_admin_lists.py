"""Every list of the administration is seen whole at a desk, scrolls by itself on a telephone, and axe finds nothing."""

import pytest

from tests.browser import axe
from tests.browser.still import Still

LISTS = {
    "accounts": ("user", "apikey", "invitation"),
    "core": ("auditevent",),
    "credits": ("account", "entry", "hold"),
    "jobs": ("job", "statementrun"),
    "providers": ("modelrow", "providerrow", "pricelist", "diaryentry"),
    "showcase": ("example",),
    "webhooks": ("delivery", "endpoint"),
}
PATHS = [f"/admin/{app}/{model}/" for app, models in LISTS.items() for model in models]
CUT = "return [...document.querySelectorAll('.results')].map((one) => one.scrollWidth - one.clientWidth)"


def test_all_lists_are_looked_at() -> None:
    from django.contrib import admin

    from studio.jobs.models import StatementLine  # reached from its run

    shown = {model for model in admin.site._registry if model._meta.app_label in LISTS and model is not StatementLine}
    assert sorted(f"/admin/{one._meta.app_label}/{one._meta.model_name}/" for one in shown) == sorted(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_list_is_seen_whole(path: str, still: Still) -> None:
    window = still.window
    still.sign_in("root")
    still.size(1440)
    window.go(path)
    assert [wide for wide in window.driver.execute_script(CUT) if wide > 0] == []
    axe.check(window)
    still.size(390, dark=True)
    assert window.overflow() == 0
