"""What a notice may do without, by its schema: members that may be left out, lists that may be
empty, and elements that others do not need."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import chalicelib.notices

Document = dict[str, Any]
Edit = Callable[[Document], None]

_FOLDER = Path(chalicelib.notices.__file__).parent
_SCHEMA: Document = json.loads((_FOLDER / "notice.schema.json").read_text("utf-8"))
ANY = "*"
"""Stands for every element of a list, and for every member of an object with free names."""


def leaner(document: Document) -> dict[str, Document]:
    """Documents that lack one thing each, by what they lack; some of them do not compile."""
    edits: dict[str, Edit] = {}
    for path in _optional((), _SCHEMA):
        edits["without " + "/".join(path)] = partial(_remove, path=path)
    for path in _emptiable((), _SCHEMA):
        edits["empty " + "/".join(path)] = partial(_empty, path=path)
    for right in document["rights"]:
        edits["no right " + right["id"]] = partial(_without_right, right=right["id"])
    for one in document["notifications"]:
        edits["no notification " + one["id"]] = partial(_without_notification, name=one["id"])
    edits["nothing on consent"] = _without_consent
    made = {}
    # A document is JSON; to pickle it costs a tenth of a deep copy, and there are hundreds.
    pickled = pickle.dumps(document)
    for name, edit in edits.items():
        edit(changed := pickle.loads(pickled))
        if changed != document:
            made[name] = changed
    return made


def _resolved(schema: Document) -> Document:
    name = schema.get("$ref")
    found: Document = _SCHEMA["$defs"][name.rpartition("/")[2]] if name else schema
    return found


def _inside(path: tuple[str, ...], schema: Document) -> Iterator[tuple[tuple[str, ...], Document]]:
    schema = _resolved(schema)
    for branch in schema.get("oneOf", ()):
        yield from _inside(path, branch)
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), inner
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield (*path, ANY), schema[name]


def _optional(path: tuple[str, ...], schema: Document) -> Iterator[tuple[str, ...]]:
    needed = _resolved(schema).get("required", ())
    for inner, below in _inside(path, schema):
        if inner[-1] != ANY and inner[-1] not in needed:
            yield inner
        yield from _optional(inner, below)


def _emptiable(path: tuple[str, ...], schema: Document) -> Iterator[tuple[str, ...]]:
    found = _resolved(schema)
    if found.get("type") == "array" and not found.get("minItems"):
        yield path
    for inner, below in _inside(path, schema):
        yield from _emptiable(inner, below)


def _holders(value: Any, path: tuple[str, ...]) -> Iterator[Document]:
    if not path:
        if isinstance(value, dict):
            yield value
    elif path[0] == ANY:
        for inner in value.values() if isinstance(value, dict) else value or ():
            yield from _holders(inner, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _holders(value[path[0]], path[1:])


def _remove(document: Document, path: tuple[str, ...]) -> None:
    for holder in _holders(document, path[:-1]):
        holder.pop(path[-1], None)


def _empty(document: Document, path: tuple[str, ...]) -> None:
    for holder in _holders(document, path[:-1]):
        if path[-1] in holder:
            holder[path[-1]] = []


def _drop(elements: list[Document], id: str) -> None:
    elements[:] = [one for one in elements if one["id"] != id]


def _without_right(document: Document, right: str) -> None:
    _drop(document["rights"], right)
    for category in document["categories"]:
        category["outcomes"].pop(right, None)


def _without_notification(document: Document, name: str) -> None:
    _drop(document["notifications"], name)


def _without_consent(document: Document) -> None:
    """Everything rests on a contract, and there is no cookie that needs a yes."""
    for purpose in document["purposes"]:
        if purpose["basis"]["kind"] == "consent":
            purpose["basis"]["kind"] = "contract"
            purpose["marketing"] = False
            for name in ("lasts", "consent_lasts", "signals", "measures_mail"):
                purpose.pop(name, None)
    cookies = document["cookies"]
    cookies["classes"] = [one for one in cookies["classes"] if one["exempt"]]
    exempt = {one["id"] for one in cookies["classes"]}
    cookies["cookies"] = [one for one in cookies["cookies"] if one["class"] in exempt]
    cookies.pop("banner", None)
