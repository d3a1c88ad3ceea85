"""The frame of a page: the values that stand around its contents, and its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from chalicelib import links
from chalicelib.pages.formats import own_name
from chalicelib.pages.languages import Alternate, spoken

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

LANGUAGE = "lang"
"""The parameter of an address that chooses the page's language."""

DONE = "done"
"""The parameter of an address that names the act which led to the page."""

PROVE = "/sign-in/again"
TO = "to"
"""The address that takes the code of a form of the desk, and its parameter for the form's own."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The values around a page's contents.

    `notice` is the notice in force, of which the header and the footer say the site's name, the
    controller and the contact. `path` is the page's own, such as `/account/choices`; `query` its
    own parameters without `lang` and `done`. `asked` tells whether the address held `lang`, which
    every link of the page then repeats. `token` is the forms' token of the session, empty without
    one. `done` is a word of the page's closed list, empty where the page follows no act. `tab`
    names the tab of the account, or of the desk, that the page belongs to. `refused` tells whether
    the page shows a form again that was refused, `asks_again` whether its forms act with a code of
    the second factor alone.
    """

    notice: Notice
    language: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    asked: bool = False
    signed_in: bool = False
    token: str = field(default="", repr=False)
    done: str = ""
    tab: str = ""
    refused: bool = False
    asks_again: bool = False

    def to(self, path: str, **query: str) -> str:
        """Returns the public address of a page of this software, in the language asked for.

        `path` begins with a slash and may hold a query or a fragment. Empty parameters are left
        out.
        """
        asked = {LANGUAGE: self.language} if self.asked else {}
        return _address(path, {**query, **asked})

    def proving(self, address: str) -> str:
        """Returns the address that takes a form's code first, and then sends the form to `address`.

        `address` is one that `to` returned.
        """
        path, _, given = address.removeprefix(links.base()).partition("?")
        query = {name: value for name, value in parse_qsl(given) if name != LANGUAGE}
        return self.to(PROVE, **{TO: path + (f"?{urlencode(query)}" if query else "")})

    def alternates(self) -> tuple[Alternate, ...]:
        """Lists this page in the notice's other languages, at the same path and parameters."""
        return tuple(
            Alternate(one, own_name(one), _address(self.path, {**self.query, LANGUAGE: one}))
            for one in spoken(self.notice.locales)
            if one != self.language
        )


def _address(path: str, query: Mapping[str, str]) -> str:
    place, mark, fragment = path.partition("#")
    given = urlencode({name: value for name, value in query.items() if value})
    joint = "&" if "?" in place else "?"
    return links.base() + place + (joint + given if given else "") + mark + fragment
