"""The banner in a browser: what it weighs, when it is on screen, and the main thread's time for it.

`python -m tests.bench.screen` prints them. The shop of `make demo` is opened with the banner and
with an empty script in its place; nothing is served, so that no network is measured.
"""

from __future__ import annotations

import gzip
import os
import sys
from statistics import median
from typing import Final

from playwright.sync_api import Browser

from chalicelib.notices.banner import sdk
from tests.browser.chromium import chromium
from tests.browser.pictured_banner import banner, visited

ROUNDS: Final = 9

_WATCH: Final = """new MutationObserver((_, own) => {
    if (!document.querySelector('riserbo-banner')) return;
    own.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.shownAt = performance.now(); }));
}).observe(document, {subtree: true, childList: true});"""
_SHOWN: Final = """window.shownAt && window.shownAt - performance.getEntriesByType('resource')
    .find(one => one.name.endsWith('/v1/sdk.js')).responseEnd"""
_WORK: Final = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
_SETTLED: Final = 600
"""Milliseconds after which a page does nothing more by itself."""


def visit(browser: Browser, script: bytes) -> tuple[float, float]:
    """Returns the milliseconds until the first layer is painted, from the script's arrival on, and
    those that the main thread spent on script, style and layout; the first are 0 without a layer.
    """
    context = browser.new_context(locale="it", viewport={"width": 1280, "height": 800})
    context.add_init_script(_WATCH)
    page = context.new_page()
    counters = context.new_cdp_session(page)
    counters.send("Performance.enable")
    visited(page, script)
    page.wait_for_timeout(_SETTLED)
    found = {
        one["name"]: one["value"] for one in counters.send("Performance.getMetrics")["metrics"]
    }
    shown = float(page.evaluate(_SHOWN) or 0)
    context.close()
    return shown, sum(found[name] for name in _WORK) * 1000


def main() -> int:
    """Prints bytes and milliseconds, of which each is the median of several visits."""
    os.environ.setdefault("RISERBO_PUBLIC_URL", "https://privacy.example")
    script = banner()
    with chromium() as browser:
        visit(browser, script)
        visits = [(visit(browser, script), visit(browser, b"")) for _ in range(ROUNDS)]
    shown = median(one[0] for one, _ in visits)
    work = median(one[1] for one, _ in visits) - median(without[1] for _, without in visits)
    for name, value, unit in (
        ("script with the catalogue, zipped", len(gzip.compress(script)), "bytes"),
        ("script alone, zipped", len(gzip.compress(sdk.source())), "bytes"),
        ("first layer on screen after the script's arrival", round(shown), "ms"),
        ("main thread for the banner", round(work), "ms"),
    ):
        sys.stdout.write(f"{name}: {value:,} {unit}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
