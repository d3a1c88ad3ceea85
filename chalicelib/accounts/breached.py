"""The shipped list of passwords that are common or known from breaches (NIST SP 800-63B 5.1.1.2).

The list is the file `breached.bin`: SHA-256 digests of passwords in their normal form, each cut to
`WIDTH` bytes, sorted, one after the other. So it is small, is searched by bisection, and holds no
password in the clear. `breached.md` names its source; `infra/breached.py` makes it.
"""

import unicodedata
from bisect import bisect_left
from functools import cache
from hashlib import sha256
from pathlib import Path

LIST = Path(__file__).with_name("breached.bin")

WIDTH = 5
"""Bytes of a digest: of a hundred million other passwords, seven would be taken for listed ones."""


def normal_form(password: str) -> str:
    """Returns the form that all spellings of a password share: without case, NFKC (UAX 15)."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    return unicodedata.normalize("NFKC", folded)


def digest(password: str) -> bytes:
    """The entry of the list that stands for a password in any spelling: `WIDTH` bytes."""
    # Surrogates pass: half a character is refused elsewhere and has to break nothing here.
    return sha256(normal_form(password).encode("utf-8", "surrogatepass")).digest()[:WIDTH]


def is_breached(password: str) -> bool:
    """Whether the list has the password, in whatever case and compatible characters."""
    entries, sought = _entries(), digest(password)
    places = range(len(entries) // WIDTH)
    found = bisect_left(places, sought, key=lambda place: _entry(entries, place))
    return _entry(entries, found) == sought


def _entry(entries: bytes, place: int) -> bytes:
    # Empty at the place behind the last, where bisection ends for what sorts behind all.
    return entries[place * WIDTH : (place + 1) * WIDTH]


@cache
def _entries() -> bytes:
    return LIST.read_bytes()
