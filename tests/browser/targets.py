"""What can be pressed and is too small for it (WCAG 2.5.8): hit where it should be hit, not measured by its box."""

from typing import Any

from tests.browser.window import Window

MOUSE, FINGER = 24, 44
# Not meant: what is inside a sentence (as high as its line), what the browser itself draws in a field, what is drawn
# for the eye alone, and what has an equal of enough size beside it, as the words under a picture that lead where it
# does. Of a tile that is being selected all of it is the mark.
SMALL = """
const [within, least] = arguments;
const isInSentence = one => getComputedStyle(one).display.startsWith('inline')
  && [...one.parentNode.childNodes].some(node => node.nodeType === 3 && /\\p{L}{2}/u.test(node.textContent));
const isMeant = one => one.closest(within) && !one.disabled
  && one.checkVisibility({visibilityProperty: true})
  && !one.closest('.sr, [aria-hidden=true], .skip, .tile-mark, pre')
  && getComputedStyle(one).pointerEvents !== 'none' && !isInSentence(one);
const middle = one => {
  one.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
  const box = one.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2, box.width, box.height];
};
const isHit = one => {
  const label = /^(checkbox|radio|file)$/.test(one.type ?? '') && one.labels?.[0];
  const target = label && label.getBoundingClientRect().height > one.getBoundingClientRect().height ? label : one;
  const [x, y, width, height] = middle(target);
  if (!width || !height || height >= least - .5 && width >= 24) return true;
  const isOwn = (dx, dy) => {
    const hit = document.elementFromPoint(x + dx, y + dy);
    return hit && (target.contains(hit) || one.contains(hit) || hit.matches('label') && hit.contains(one));
  };
  if (!isOwn(0, 0)) return true; // something that floats lies over it
  const half = least / 2 - 1;
  return isOwn(0, -half) && isOwn(0, half) && (width >= 24 || isOwn(-11, 0) && isOwn(11, 0));
};
const found = [], held = new Set();
const KINDS = 'a[href], button, summary, select, input:not([type=hidden]), textarea';
const all = [...document.querySelectorAll(KINDS)].filter(isMeant);
for (const one of all) if (isHit(one) && one.href) held.add(one.href);
for (const one of all) if (!(one.href && held.has(one.href)) && !isHit(one)) {
  const [, , width, height] = middle(one);
  const where = one.parentNode.localName + (one.parentNode.className ? '.' + one.parentNode.className : '');
  const told = one.outerHTML.replace(/\\s+/g, ' ').slice(0, 130);
  found.push(`${Math.round(width)}x${Math.round(height)} ${where} > ${told}`);
}
for (const one of document.querySelectorAll('*'))
  if (one.scrollTop || one.scrollLeft) one.scrollTo({top: 0, left: 0, behavior: 'instant'});
return found;
"""


def too_small(window: Window, least: int, *, within: str = "html") -> list[str]:
    """Each control within that does not take a press `least` pixels high around its middle."""
    found: list[Any] = window.driver.execute_script(SMALL, within, least)
    return [f"{least} px: {one}" for one in found]
