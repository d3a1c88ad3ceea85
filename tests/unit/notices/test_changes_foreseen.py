"""The table foresees every member that the schema knows.

Who adds a member to the schema has to say what a change of it means: a rule of its own, or words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chalicelib.catalogue import STORED
from chalicelib.notices.changes import classed
from chalicelib.notices.changes.model import ELEMENT, Act, Difference
from chalicelib.notices.changes.rules import UNFORESEEN
from chalicelib.notices.compiler.completion import completed
from chalicelib.notices.compiler.schema import schema
from tests.unit.notices import grown

Path = tuple[str, ...]
Node = dict[str, Any]

VERSION = {("version",), ("effective_at",)}
NAMING = re.compile(r".*/:x/id|records/:x/kind|.*/survives/:x/kind|cookies/cookies/:x/name")
"""Members by which elements of lists are known: another value is another element."""

FILLED = re.compile(
    r"requests|complaint|cookies|headings|requests/(how|deadline)"
    r"|records/:x/(class|fields)|retention/:x/then|notifications/:x/optional"
)
"""Members that the software adds where they are left out: two notices that are compared have both.
"""

UNITS = re.compile(r".+/(years|months|days|hours|minutes|session)")
"""Parts of a length of time, which is judged as a whole."""

LEAF = {"string", "integer", "boolean"}
LENGTHS = {
    "period",
    "period_up_to_a_year",
    "retention_period",
    "lifetime",
    "days_to_answer",
    "lasting",
}
WHOLE = {*LENGTHS, "words", "title"}


def defined(node: Node) -> str:
    """The name of the definition that a schema refers to; empty where it is one of its own."""
    return str(node.get("$ref", "")).rpartition("/")[2]


def resolved(node: Node) -> Node:
    return {**schema()["$defs"].get(defined(node), {}), **node}


def places(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node, bool]]:
    """Every place that the schema allows, elements and free names as `x`, and whether optional."""
    node = resolved(node)
    if defined(node) in WHOLE:
        return
    for name, inner in node.get("properties", {}).items():
        optional = name not in node.get("required", ())
        yield (*path, name), resolved(inner), optional
        yield from places(inner, (*path, name))
    others = node.get("additionalProperties")
    for step, inner in ((f"{ELEMENT}x", node.get("items")), ("x", others)):
        if isinstance(inner, dict):
            yield (*path, step), resolved(inner), True
            yield from places(inner, (*path, step))


def is_judged(path: Path) -> bool:
    """Whether a difference may stand at such a place."""
    place = "/".join(path)
    if path in VERSION or NAMING.fullmatch(place):
        return False
    return not UNITS.fullmatch(place) or path[0] == "recovery_window"


def is_leaf(node: Node) -> bool:
    return defined(node) in WHOLE or "enum" in node or node.get("type") in LEAF


def values(node: Node) -> tuple[Any, Any]:
    """Two values that may stand there."""
    if defined(node) in ("words", "title"):
        return {"en": "a"}, {"en": "b"}
    if defined(node) in WHOLE:
        return {"days": 1}, {"days": 2}
    if "enum" in node:
        return node["enum"][0], node["enum"][-1]
    kinds: dict[Any, tuple[Any, Any]] = {
        "integer": (1, 2),
        "boolean": (False, True),
        "object": ({"some": {"en": "a"}}, {"some": {"en": "b"}}),
    }
    return kinds.get(node.get("type"), ("a", "b"))


def differences() -> Iterator[Difference]:
    """What may differ in two documents, at every place of the schema."""
    for path, node, optional in places(schema()):
        if not is_judged(path) or node.get("type") == "array":
            continue
        before, after = values(node)
        if is_leaf(node) and not path[-1].startswith(ELEMENT):
            yield Difference(path, Act.CHANGED, "", before, after)
        if optional and not FILLED.fullmatch("/".join(path)):
            yield Difference(path, Act.ADDED, "", None, after)
            yield Difference(path, Act.REMOVED, "", before, None)


def test_what_is_left_out_is_filled() -> None:
    document = grown.document()
    left_out = [path for path, _, _ in places(schema()) if FILLED.fullmatch("/".join(path))]
    assert len(left_out) == 10
    for path in left_out:
        _leave_out(document, path)
    # The software fills what it knows: of a kind of the organisation's own it knows nothing.
    for name in ("records", "retention"):
        document[name] = [one for one in document[name] if one["kind"] in STORED]
    for path in left_out:
        assert all(_holds(completed(document, STORED), path)), path


def _leave_out(value: Any, path: Path) -> None:
    for holder in _holders(value, path[:-1]):
        holder.pop(path[-1], None)


def _holds(value: Any, path: Path) -> Iterator[bool]:
    for holder in _holders(value, path[:-1]):
        yield path[-1] in holder


def _holders(value: Any, path: Path) -> Iterator[dict[str, Any]]:
    if not path:
        yield value
    elif path[0].startswith(ELEMENT):
        for inner in value:
            yield from _holders(inner, path[1:])
    elif path[0] in value:
        yield from _holders(value[path[0]], path[1:])


def test_every_place_of_the_schema_has_its_rule() -> None:
    notice = grown.compiled(grown.document())
    found = list(differences())
    assert len(found) > 600
    unforeseen = [one for one in found if classed(one, notice, notice)[0] is UNFORESEEN]
    assert [(one.path, one.act) for one in unforeseen] == []
