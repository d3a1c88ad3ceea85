"""Marks: what of a document the controller has still to confirm."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from chalicelib.notices.compiler.references import name_of

ORIGIN_OF = "_origin"
"""Ends the name of a member that says where its sibling comes from: `role_origin` of `role`."""


def unconfirmed(document: object, confirmed: Collection[str]) -> tuple[str, ...]:
    """The ids of all that is a proposal or unresolved, save what was confirmed.

    In the order of the document. An id is the way to the item, with the elements of lists by name:
    `purposes/newsletter/basis`.
    """
    return tuple(name for name in _marked("", document) if name not in confirmed)


def _marked(path: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("origin") == "controller_choice" or value.get("to_confirm") is True:
            yield path
        for name, inner in value.items():
            if name.endswith(ORIGIN_OF) and inner == "controller_choice":
                yield f"{path}/{name.removesuffix(ORIGIN_OF)}"
            yield from _marked(f"{path}/{name}" if path else name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _marked(f"{path}/{name_of(inner)}", inner)
