"""Where signing in may lead: to a page of this software, and nowhere else.

A destination comes from an address, so anybody can write one. It is only ever put after
PUBLIC_URL, and has a form in which no browser reads a host.
"""

from __future__ import annotations

import re
from typing import Final

HOME: Final = "/account"
"""The page after signing in where none asked for it."""

MOST: Final = 500
"""Most characters of a destination."""

_FIRST: Final = frozenset(
    {"account", "cookies", "desk", "notice", "receipts", "register", "requests"}
)
"""The first steps of the paths of pages where somebody who signed in may want to be."""

_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){1,8}\Z")
_QUERY = re.compile(r"[A-Za-z0-9._~=&+-]*\Z")


def destination(text: str | None) -> str:
    """Returns a path with its query, as it came, where it is one of our pages; else HOME.

    No step of the path is empty or begins with a dot, and nothing is percent-encoded: so two
    slashes, a backslash, a step upwards, a control character and encodings of these are refused.
    """
    if not text or len(text) > MOST:
        return HOME
    path, _, query = text.partition("?")
    if not _PATH.match(path) or not _QUERY.match(query):
        return HOME
    return text if path.split("/")[1] in _FIRST else HOME
