"""A forgiving reader of JSON, for the refusals in a body that is invalid."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.errors import BadRequest
from chalicelib.web.json_body import check_depth


def loose_json(raw: bytes) -> Any:
    """Returns the JSON value of a body; None where it has none.

    The values of a member that is given twice become a `Repeated`; a byte order mark, and numbers
    of any size, are accepted.
    """
    try:
        text = raw.decode("utf-8-sig")
        check_depth(text)
        return json.loads(text, object_pairs_hook=_members, parse_int=float)
    except (ValueError, BadRequest):
        return None


class Repeated(list[Any]):
    """All the values of a member that was given more than once."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], Repeated):
            found[name].append(value)
        else:
            found[name] = Repeated([found[name], value])
    return found
