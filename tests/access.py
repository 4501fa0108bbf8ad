"""Checks of pages that the product shows: accessibility violations by axe-core, and elements that overflow."""

from importlib.resources import files
from typing import Any

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(e => {
  if (!e.offsetParent) return false;
  if (e.closest('.u-hidden, .skip, [aria-hidden=true]')) return false;
  if (e.closest('#corpus-table, .u-scroll, .wide, .u-source pre, svg')) return false;
  const box = e.getBoundingClientRect();
  return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.tagName + '.' + e.className + '#' + e.id)"""


def wrong(page: Any) -> list[str]:
    """Returns axe-core's violations of WCAG 2.2 AA on the page in its current state."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules).then(result => result.violations)", _RULES)
    return [f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"]]


def overflowing(page: Any) -> list[str]:
    """Returns visible elements that overflow sideways, except inside a region that scrolls by itself."""
    return [*page.evaluate(_OVERFLOWING)]
