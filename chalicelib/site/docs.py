"""The API's documentation as a page for people, made from the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.pages import page
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import FALLBACK, shipped
from chalicelib.pages.words import translations, words
from chalicelib.web.components import resolved
from chalicelib.web.contract import JSON

_HEADERS: Final[Mapping[str, str]] = {
    "session": '"Authorization: Bearer $SESSION"',
    "request": '"Authorization: Bearer $REQUEST"',
    "visitor": '"Riserbo-Visitor: $VISITOR"',
    "service": '"Authorization: Bearer $KEY"',
    "staff": '"Authorization: Bearer $SESSION"',
}
"""Name of a scheme of security -> the header that carries it, as an argument of curl."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: a text with its language where it has one, or a name (`code`)."""

    text: str
    language: str = ""
    code: bool = False


def docs_page(document: Mapping[str, Any], locale: str, frame: Frame | None = None) -> str:
    """Returns an accessible HTML page of an OpenAPI document.

    `locale` is one of the software's languages; a text without a translation stays English and is
    marked so. With a `frame` the page stands in the shell of the pages.
    """
    language = shipped(locale)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            shown = _operation(document, path, method, described, language)
            groups.setdefault(described["tags"][0], []).append(shown)
    said = words("docs", language)
    return page.document(
        "site/docs.html.j2",
        said["title"],
        words={**words("pages", language), **said},
        locale=language,
        site=document["info"]["title"],
        frame=frame,
        server=document["servers"][0]["url"],
        groups=groups,
        schemes={
            name: _text(scheme["description"], language)
            for name, scheme in document["components"]["securitySchemes"].items()
        },
    )


def _operation(
    document: Mapping[str, Any],
    path: str,
    method: str,
    described: Mapping[str, Any],
    language: str,
) -> dict[str, Any]:
    parameters = [_resolved(document, one) for one in described["parameters"]]
    content = described.get("requestBody", {}).get("content", {})
    answers = [
        (status, _resolved(document, answer)) for status, answer in described["responses"].items()
    ]
    return {
        "anchor": re.sub(r"[^A-Za-z0-9_-]", "-", described["operationId"]),
        "method": method.upper(),
        "path": path,
        "summary": _text(described["summary"], language),
        "description": _text(_more_than(described), language),
        "security": [" + ".join(one) for one in described["security"] if one],
        "optional": {} in described["security"],
        "parameters": [_parameter(one, language) for one in parameters],
        "bodies": [
            (kind, _json(resolved(document, one["schema"]))) for kind, one in content.items()
        ],
        "curl": _curl(document["servers"][0]["url"] + path, method.upper(), described),
        "answers": [
            (
                Cell(status),
                Cell(*_text(answer["description"], language)),
                Cell(", ".join(sorted(answer.get("content", {})))),
            )
            for status, answer in sorted(answers)
        ],
    }


def _curl(address: str, method: str, described: Mapping[str, Any]) -> str:
    """Returns the operation as a command of curl, with the example of its body where it has one.

    Variables of a shell stand for what the caller holds, such as `$SESSION`.
    """
    lines = [f"curl -X {method} '{address}'" if method != "GET" else f"curl '{address}'"]
    schemes = [name for one in described["security"][:1] for name in one]
    lines += [f"  -H {_HEADERS[name]}" for name in schemes if name in _HEADERS]
    content = described.get("requestBody", {}).get("content", {})
    for kind, one in content.items():
        if kind == JSON and "example" in one:
            body = _json(one["example"]).replace("'", "'\\''")
            lines += [f"  -H 'Content-Type: {kind}'", f"  -d '{body}'"]
    return " \\\n".join(lines)


def _parameter(parameter: Mapping[str, Any], language: str) -> tuple[Cell, ...]:
    said = words("docs", language)
    place = said[parameter["in"]]
    return (
        Cell(parameter["name"], code=True),
        Cell(f"{place}, {said['required']}" if parameter["required"] else place),
        Cell(*_text(_meaning(parameter), language)),
    )


def _more_than(described: Mapping[str, Any]) -> str:
    """Returns an operation's description; empty where it only repeats the summary."""
    said = str(described.get("description", ""))
    return "" if said == f"{described['summary']}." else said


def _meaning(parameter: Mapping[str, Any]) -> str:
    described = parameter.get("description") or parameter["schema"].get("description")
    return str(described or parameter["schema"].get("type", ""))


def _text(english: str, language: str) -> tuple[str, str]:
    """Returns a text and its language: the one asked for if there is a translation."""
    translated = translations("interface", language).get(english)
    return (translated, language) if translated else (english, FALLBACK)


def _resolved(document: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = value.get("$ref")
    if reference is None:
        return value
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    resolved: Mapping[str, Any] = found
    return resolved


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
