"""The members of a notice, as a document written from the descriptions of its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
SCHEMA = PROJECT / "chalicelib" / "notices" / "notice.schema.json"
DOCUMENT = PROJECT / "docs" / "notice-members.md"

_INTRODUCTION = """\
# A notice, member by member

Written by `make docs` from `chalicelib/notices/notice.schema.json`; [notice.md](notice.md) says how
a notice is written. *words* are an object with one text for each locale of the notice.
"""


def members_document(schema: Mapping[str, Any]) -> str:
    """Returns the whole document, in Markdown: the notice first, then the parts of its members."""
    parts = [_INTRODUCTION, "\n".join(_section("The notice", schema, schema))]
    for name, member in schema["properties"].items():
        if "properties" in member:
            parts.append("\n".join(_section(f"In {name}", member, schema)))
    for name, definition in schema["$defs"].items():
        if "properties" in definition:
            parts.append("\n".join(_section(f"A {name.replace('_', ' ')}", definition, schema)))
    return "\n".join(parts)


def read_schema() -> dict[str, Any]:
    """Returns the schema that notices are checked against."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return schema


def _section(title: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"## {title}", "")
    if "description" in schema:
        yield from (schema["description"], "")
    yield from ("| member | | form | what it says |", "|---|---|---|---|")
    required = schema.get("required", ())
    for name, member in schema["properties"].items():
        need = "required" if name in required else "optional"
        yield f"| `{name}` | {need} | {_form(member)} | {_description(member, root)} |"
    yield ""


def _form(member: Mapping[str, Any]) -> str:
    """Describes a member's form: a list, one of some words, or a definition by its name."""
    if "$ref" in member:
        return str(member["$ref"]).rpartition("/")[2].replace("_", " ")
    if "enum" in member:
        return ", ".join(f"`{value}`" for value in member["enum"])
    if "const" in member:
        return f"`{json.dumps(member['const'])}`"
    if "oneOf" in member:
        return " or ".join(_form(one) for one in member["oneOf"])
    if member.get("type") == "array":
        return f"list of {_form(member['items'])}"
    return str(member.get("type", "see there"))


def _description(member: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "description" in member:
        return str(member["description"])
    name = str(member.get("$ref", "")).rpartition("/")[2]
    return str(root["$defs"].get(name, {}).get("description", ""))
