"""How a document is damaged: values put at JSON pointers, or taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

GONE = object()
"""Stands for a member that is taken away."""

Defect: TypeAlias = tuple[str, dict[str, Any], set[str]]
"""A name, the value to put at each pointer, and the places of all findings."""


def edit(document: dict[str, Any], edits: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the value at each pointer replaced, added, or taken away."""
    for pointer, value in edits.items():
        *way, last = pointer.removeprefix("/").split("/")
        holder: Any = document
        for token in way:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
        place: Any = int(last) if isinstance(holder, list) else last
        if value is GONE:
            del holder[place]
        else:
            holder[place] = value
    return document
