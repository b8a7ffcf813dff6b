"""axe-core in a window: what it finds against WCAG 2.2 AA and its own good practice."""

from functools import cache
from typing import Any

import pytest

from tests.browser.window import Window
from tests.databases import REQUIRED
from tests.sdk.libraries import NODE

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES = {name: {"enabled": True} for name in ("target-size", "label-content-name-mismatch")}  # off by themselves
OF_DJANGO = (".help-tooltip", "#searchbar")  # an icon of the box of permissions; a field named by a picture's alt
RUN = """
const [include, exclude, options, done] = arguments;
const why = ({ any, all, none }) => [...any, ...all, ...none].map(check => check.message).join("; ");
const told = node => `${node.html.slice(0, 240)} (${why(node).slice(0, 300)})`;
// Ink on ink is to axe a matter of opinion: it may be hidden on purpose. With us it is not.
const isUnseen = node => [...node.any, ...node.all].some(check => check.data?.messageKey === "equalRatio");
axe.run({ include, exclude }, options).then(
  ({ violations, incomplete }) => done([
    ...violations,
    ...incomplete.map(rule => ({ ...rule, nodes: rule.nodes.filter(isUnseen) })),
  ].map(({ id, nodes }) => [id, nodes.map(told)])),
  error => done([["axe itself", [String(error)]]]),
);
"""
# What is on its way (a picture that fades in, a menu that opens) is looked at where it arrives; nothing of ours loops.
ARRIVE = "document.getAnimations().forEach(one => one.finish())"


@cache
def source() -> str:
    """axe-core's script; skips the test where it was not installed, unless Node's packages are required."""
    path = NODE / "node_modules" / "axe-core" / "axe.min.js"
    if path.is_file():
        return path.read_text()
    missing = "no axe-core (npm install in tests/node)"
    if {"node", "browser"} & set(REQUIRED):
        pytest.fail(missing)
    pytest.skip(missing)


def violations(window: Window, *only: str, within: str = "html") -> list[str]:
    """Each rule that what the window shows breaks, with where; `only` these rules, all of them without any."""
    # Through the debugger: the policy of our pages forbids a script from elsewhere, and goes on doing so.
    if not window.driver.execute_script("return Boolean(window.axe)"):
        window.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": source()})
    asked: dict[str, Any] = {"resultTypes": ["violations", "incomplete"], "preload": False, "rules": RULES}
    asked["runOnly"] = {"type": "rule", "values": only} if only else {"type": "tag", "values": TAGS}
    if only:
        del asked["rules"]
    found: list[Any] = window.driver.execute_async_script(RUN, [within], OF_DJANGO, asked)
    return [f"{rule}: {place}" for rule, places in found for place in places]


def check(window: Window, within: str = "html") -> None:
    """Fails with what axe finds in the state that a story has come to, in the window as it is; without script, too."""
    had_script = window.has_script
    window.without_script(False)  # what the page has not loaded stays unloaded: axe alone runs
    try:
        window.driver.execute_script(ARRIVE)
        found = violations(window, within=within)
    finally:
        window.without_script(not had_script)
    assert not found, f"{window.driver.current_url}:\n" + "\n".join(found)
