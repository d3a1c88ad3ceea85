"""The marks of statements that the controller has still to confirm, and the confirmations.

A confirmation is `<id>=<digest>`: it holds for the statement as it read, so that a changed one is
unconfirmed again. An id is the path to the statement, with the elements of lists by name:
`purposes/newsletter/basis`. A path to a value without a mark, such as `purposes`, confirms every
statement below it, by the digest of all of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from chalicelib.notices.compiler.references import name_of

ORIGIN_OF: Final = "_origin"
"""The ending of a member that gives its sibling's origin: `role_origin` of `role`."""

DIGEST_BYTES: Final = 9
"""Bytes of SHA-256 that a confirmation keeps, 12 characters: another text with the same ones cannot
be found, and many confirmations fit into one setting."""

_SIGN: Final = "="
_PROPOSED: Final = "controller_choice"
_SEPARATING: Final = re.compile(r"[\s=,/]")
"""Characters that part ids, confirmations, or confirmations from each other."""


def unconfirmed(document: object, confirmed: Collection[str]) -> tuple[str, ...]:
    """Lists the ids of all proposals and unresolved statements that are not confirmed as they read.

    In the order of the document. `confirmed` has entries of the form `<id>=<digest>`.
    """
    return tuple(name for name, _ in _open("", document, _by_id(confirmed)))


def confirmations(document: object, confirmed: Collection[str] = ()) -> tuple[str, ...]:
    """Lists the entries that would confirm each unconfirmed statement: `<id>=<digest>`."""
    found = _open("", document, _by_id(confirmed))
    return tuple(confirmation(name, value) for name, value in found)


def sections(document: object) -> tuple[str, ...]:
    """Lists the entries that would confirm each section of a document as a whole, in its order."""
    if not isinstance(document, dict):
        return ()
    return tuple(
        confirmation(name, value)
        for name, value in document.items()
        if unconfirmed({name: value}, ())
    )


def confirmation(name: str, value: object) -> str:
    """Returns the confirmation of a value of a document, by its id."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(written.encode()).digest()[:DIGEST_BYTES]
    return f"{name}{_SIGN}{urlsafe_b64encode(digest).decode()}"


def _by_id(confirmed: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Returns confirmations by their id; an entry of another form confirms nothing."""
    found: dict[str, frozenset[str]] = {}
    for entry in confirmed:
        name = entry.partition(_SIGN)[0]
        found[name] = found.get(name, frozenset()) | {entry}
    return found


def _open(
    path: str, value: object, confirmed: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, object]]:
    if _is_mark(value):
        if not _holds(path, value, confirmed):
            yield path, value
    elif _holds(path, value, confirmed):
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith(ORIGIN_OF) and inner == _PROPOSED:
                of = name.removesuffix(ORIGIN_OF)
                if not _holds(f"{path}/{of}", value.get(of), confirmed):
                    yield f"{path}/{of}", value.get(of)
            yield from _open(f"{path}/{name}" if path else name, inner, confirmed)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _open(f"{path}/{step(inner, index)}", inner, confirmed)


def step(value: object, index: int) -> str:
    """Returns an element's step in an id: its name, else its number in the list.

    A name that would be cut in two by the sign of a confirmation gives way to the number.
    """
    name = name_of(value)
    return str(index) if name is None or _SEPARATING.search(name) else name


def _holds(path: str, value: object, confirmed: Mapping[str, frozenset[str]]) -> bool:
    """Tells whether this very value was confirmed at its place."""
    known = confirmed.get(path)
    return known is not None and confirmation(path, value) in known


def _is_mark(value: object) -> bool:
    """Tells whether a value is marked as a proposal, or as unresolved."""
    return isinstance(value, dict) and (
        value.get("origin") == _PROPOSED or value.get("to_confirm") is True
    )
