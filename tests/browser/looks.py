"""How parts of the banner look, measured in the browser: sizes, colours, contrast, the focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.judge import OPTIONS, WIDTHS, give_axe, violations

LEGIBLE: Final = 4.5
"""The least contrast of text; WCAG 2.2, success criterion 1.4.3."""

_LOOK: Final = """one => {
    const at = getComputedStyle(one), box = one.getBoundingClientRect();
    const look = {level: one.localName};
    look.width = Math.round(box.width);
    look.height = Math.round(box.height);
    for (const name of ['color', 'backgroundColor', 'backgroundImage', 'fontSize', 'fontWeight',
        'fontFamily', 'fontStyle', 'textTransform', 'letterSpacing', 'textDecorationLine',
        'opacity',
        'borderTopWidth', 'borderTopStyle', 'borderTopColor', 'borderTopLeftRadius', 'boxShadow',
        'paddingTop', 'paddingLeft', 'visibility', 'filter', 'cursor'])
        look[name] = at[name];
    return look;
}"""

_CONTRAST: Final = """one => {
    const brush = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const read = colour => {
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = colour;
        brush.fillRect(0, 0, 1, 1);
        return [...brush.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    let ground = [255, 255, 255, 0];
    for (let at = one; at; at = at.parentElement || at.getRootNode().host) {
        ground = read(getComputedStyle(at).backgroundColor);
        if (ground[3] === 255) break;
    }
    const [dark, bright] = [light(ground), light(read(getComputedStyle(one).color))].sort(
        (a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
}"""

_FOCUSED: Final = """() => {
    let at = document.activeElement;
    while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
    const banner = document.querySelector('riserbo-banner');
    const region = banner && banner.shadowRoot.querySelector('[role=region], section');
    const box = at.getBoundingClientRect();
    const layer = region ? region.getBoundingClientRect() : new DOMRect();
    const over = layer.height > 0 && box.bottom > layer.top + 1 && box.top < layer.bottom - 1
        && box.right > layer.left + 1 && box.left < layer.right - 1;
    return {
        name: (at.getAttribute('aria-label') || at.textContent || '').trim(),
        tag: at.localName,
        inside: at.getRootNode().host === banner && banner !== null,
        outlined: getComputedStyle(at).outlineStyle !== 'none'
            && parseFloat(getComputedStyle(at).outlineWidth) > 0,
        seen: box.bottom > 0 && box.top < innerHeight,
        covered: at.getRootNode().host !== banner && over,
    };
}"""

_MOVES: Final = """() => {
    const found = document.getAnimations().length ? ['an animation runs'] : [];
    const look = root => {
        for (const one of root.querySelectorAll('*')) {
            const at = getComputedStyle(one);
            if (at.animationName !== 'none') found.push(`${one.localName} ${at.animationName}`);
            if (at.transitionDuration.split(', ').some(time => parseFloat(time) > 0.01))
                found.push(`${one.localName} ${at.transitionDuration}`);
            if (at.scrollBehavior === 'smooth') found.push(`${one.localName} scrolls`);
        }
    };
    for (const host of document.querySelectorAll('riserbo-banner, riserbo-frame'))
        look(host.shadowRoot);
    return found;
}"""


def look(part: Locator) -> dict[str, Any]:
    """How a part looks, its size included."""
    found: dict[str, Any] = part.evaluate(_LOOK)
    return found


def contrast(part: Locator) -> float:
    """Between a part's text and what it stands on."""
    found: float = part.evaluate(_CONTRAST)
    return found


def focused(page: Page) -> dict[str, Any]:
    """What has the focus, and whether the first layer covers it."""
    found: dict[str, Any] = page.evaluate(_FOCUSED)
    return found


def moves(page: Page) -> list[str]:
    """What moves in the banner, or would."""
    found: list[str] = page.evaluate(_MOVES)
    return found


def box(part: Locator) -> dict[str, float]:
    """Where a part stands in the window."""
    found: dict[str, float] | None = part.bounding_box()  # type: ignore[assignment]
    assert found is not None
    return found


def faults(page: Page, *parts: str) -> list[tuple[str, str, str, str]]:
    """What axe finds in parts of a page, at both widths, light and dark; empty for none."""
    give_axe(page)
    found: list[tuple[str, str, str, str]] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, options in OPTIONS.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for one in violations(page, options, *parts):
                found.append((str(width), scheme, one["id"], str(one["nodes"][0]["html"])))
    return found


def styled(text: str) -> Callable[[BrowserContext], None]:
    """Returns what gives every page of a browser one more stylesheet of its own."""

    def prepare(context: BrowserContext) -> None:
        context.add_init_script(
            "const more = new CSSStyleSheet(); more.replaceSync(`" + text + "`);"
            "document.adoptedStyleSheets = [...document.adoptedStyleSheets, more];"
        )

    return prepare
