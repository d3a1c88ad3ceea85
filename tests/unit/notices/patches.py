"""Changes of a document in the form of JSON Patch (RFC 6902): add, remove, replace."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any


def patched(document: Mapping[str, Any], patch: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns a document with a patch applied; the given one stays as it is."""
    found: dict[str, Any] = copy.deepcopy(dict(document))
    for step in patch:
        *way, last = [
            token.replace("~1", "/").replace("~0", "~") for token in step["path"].split("/")[1:]
        ]
        holder: Any = found
        for token in way:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
        _apply(holder, last, step)
    return found


def _apply(holder: Any, last: str, step: Mapping[str, Any]) -> None:
    place: Any = last
    if isinstance(holder, list):
        place = len(holder) if last == "-" else int(last)
    if step["op"] == "remove":
        del holder[place]
    elif step["op"] == "add" and isinstance(holder, list):
        holder.insert(place, copy.deepcopy(step["value"]))
    elif step["op"] in ("add", "replace"):
        holder[place] = copy.deepcopy(step["value"])
    else:
        raise ValueError(f"{step['op']} is no step of these patches")
