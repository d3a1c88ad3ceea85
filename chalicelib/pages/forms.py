"""Forms as values, which the macros of `components.html.j2` render."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class FormField:
    """An input that a person fills in, with HTML's values of `type` and `autocomplete`.

    `minimum` and `maximum` are lengths in characters, 0 for none. A password has no maximum here: a
    browser would silently cut a longer one when it is pasted. `errors` are the reasons of a refusal
    of this field's value, in the page's language.
    """

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    minimum: int = 0
    maximum: int = 320
    required: bool = True
    hint: str = ""
    errors: tuple[str, ...] = ()

    @property
    def described_by(self) -> str:
        """Ids of the elements that explain the field, the errors first; for `aria-describedby`."""
        explained = {"errors": self.errors, "hint": self.hint}
        return " ".join(f"{part}-{self.name}" for part, text in explained.items() if text)


@dataclass(frozen=True, slots=True)
class Copied:
    """A value that a person copies from a page, and why; it cannot be changed, and is not sent."""

    name: str
    label: str
    value: str = field(repr=False)
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that posts to `action`, an address relative to the page's own (`answer_to`).

    `hidden` are values sent along unseen, such as a link's token; `lead` is a paragraph before it.
    """

    button: str
    action: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[FormField, ...] = ()
    lead: str = ""

    @property
    def refused(self) -> tuple[FormField, ...]:
        """The fields with errors."""
        return tuple(one for one in self.fields if one.errors)


def answer_to(path: str, locale: str) -> str:
    """Returns the address that a page's form posts to: the page's own path, with the language.

    The address is relative, so it holds below every stage and host that serves the page. A form
    without an action would post to the page's whole address, its query included.
    """
    return f"{quote(path.rpartition('/')[2], safe='')}?{urlencode({'lang': locale})}"
