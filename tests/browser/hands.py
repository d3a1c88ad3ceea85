"""How a person works a page: with a mouse, or with a keyboard alone."""

from __future__ import annotations

from datetime import date
from typing import Final, Protocol

from playwright.sync_api import Locator, Page

STOPS: Final = 150
"""Most presses of Tab until the keyboard reaches what it looks for."""

_FOCUS: Final = """target => {
    const at = document.activeElement;
    if (!at || at === document.body) return {at: 'body'};
    const paired = at.closest('.pair label');
    const marked = paired ? at.nextElementSibling : at;
    const box = marked.getBoundingClientRect();
    // The middle of what the screen shows of it: a tall field is scrolled to where one writes.
    const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
    const top = document.elementFromPoint(
        middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
    const shown = paired || at;
    const lines = ['', '::after'].map(one => getComputedStyle(marked, one || null).outlineStyle);
    return {
        at: at === target ? 'target' : at.matches('.skip') ? 'skip' : 'other',
        inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        uncovered: !!top && (shown.contains(top) || top.contains(shown)),
        marked: lines.some(one => one !== 'none'),
        name: at.outerHTML.slice(0, 120),
    };
}"""


class Hand(Protocol):
    """What a person does with a part of a page."""

    def press(self, part: Locator) -> None:
        """Presses a button or a link."""

    def write(self, field: Locator, text: str) -> None:
        """Puts a text in the place of what the field holds."""

    def choose(self, radio: Locator) -> None:
        """Chooses one of several."""

    def tick(self, box: Locator) -> None:
        """Ticks a box."""

    def pick(self, list_: Locator, value: str) -> None:
        """Chooses from a list that opens."""

    def write_day(self, field: Locator, day: date) -> None:
        """Puts a day into a field of a date."""


class Mouse:
    """A person with a mouse, who types where they clicked."""

    def press(self, part: Locator) -> None:
        part.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)

    def choose(self, radio: Locator) -> None:
        radio.click()

    def tick(self, box: Locator) -> None:
        box.click()

    def pick(self, list_: Locator, value: str) -> None:
        list_.click()
        list_.select_option(value)

    def write_day(self, field: Locator, day: date) -> None:
        field.click()
        field.fill(day.isoformat())


class Keyboard:
    """A person with a keyboard alone, who goes forward with Tab from where they are.

    Every stop on the way is seen and marked (WCAG 2.2, 2.4.7) and not covered (2.4.11), and the
    first of a page is the way to its contents (2.4.1).
    """

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, part: Locator) -> None:
        self._reach(part)
        self._page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)

    def choose(self, radio: Locator) -> None:
        group = radio.locator("xpath=ancestor::fieldset").get_by_role("radio")
        chosen = group.and_(self._page.locator(":checked"))
        self._reach(chosen.first if chosen.count() else group.first)
        self._page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self._page.keyboard.press("ArrowDown")
        assert radio.is_checked(), "the arrows do not lead there"

    def tick(self, box: Locator) -> None:
        self._reach(box)
        self._page.keyboard.press("Space")
        assert box.is_checked()

    def pick(self, list_: Locator, value: str) -> None:
        self._reach(list_)
        for _ in range(list_.locator("option").count()):
            if list_.input_value() == value:
                return
            self._page.keyboard.press("ArrowDown")
        assert list_.input_value() == value, "the arrows do not lead there"

    def write_day(self, field: Locator, day: date) -> None:
        self._reach(field)
        for order in ("%m%d%Y", "%d%m%Y"):  # as the browser's own language has it
            self._page.keyboard.type(day.strftime(order))
            if field.input_value() == day.isoformat():
                return
            for _ in range(2):
                self._page.keyboard.press("ArrowLeft")
        assert field.input_value() == day.isoformat(), "the digits make no such day"

    def _reach(self, part: Locator) -> None:
        target = part.element_handle()
        fresh = self._page.evaluate(_FOCUS, target)["at"] == "body"
        for _ in range(STOPS):
            self._page.keyboard.press("Tab")
            found = self._page.evaluate(_FOCUS, target)
            if found["at"] == "body":  # the keyboard went round the page, through the browser
                continue
            assert not fresh or found["at"] == "skip", found
            fresh = False
            assert found["inside"], found
            assert found["uncovered"], found
            assert found["marked"], found
            if found["at"] == "target":
                return
        raise AssertionError(f"Tab does not lead to {part}")
