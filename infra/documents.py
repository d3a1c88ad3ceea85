"""Writes `docs/api.md` from the contracts that requests are checked against.

`python -m infra.documents` writes it, `docs/notice-members.md` beside it, the tables of kinds in
`docs/table.md`, and the types of problems that `/openapi.json` names
(`chalicelib/web/problem_types.json`); tests fail when a file is not what this would write.
Examples stand in `chalicelib/web/examples.json` and are checked against the same schemas.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.catalogue import STORED
from chalicelib.web import examples, problems
from chalicelib.web.contract import FORM, MAX_BODY, Auth, Operation, Response, Schema
from chalicelib.web.openapi import problem_statuses
from infra import notice_members, table
from infra.api_introduction import PROBLEM_TYPES, introduction
from infra.notice_document import EXAMPLE, notice_of

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

PROJECT = Path(__file__).parent.parent
DOCUMENT = PROJECT / "docs" / "api.md"
EXAMPLES = examples.FILE

_AUTH: Mapping[Auth, str] = {
    Auth.NONE: "none",
    Auth.SESSION: "session",
    Auth.REQUEST: "session or request token",
    Auth.VISITOR: "visitor",
    Auth.VISITOR_OR_SESSION: "visitor or session",
    Auth.SERVICE: "service",
    Auth.STAFF: "staff",
    Auth.LINK: "link",
    Auth.SESSION_OR_LINK: "session or link",
}
_BY_BROWSER: Mapping[Auth, str] = {
    Auth.REQUEST: "session, request token or visitor",
    Auth.SESSION_OR_LINK: "session, link or visitor",
}
"""The same of operations that a browser may call, too."""
_CREDENTIAL: Mapping[Auth, str] = {
    Auth.SESSION: "Authorization: Bearer $SESSION",
    Auth.REQUEST: "Authorization: Bearer $SESSION",
    Auth.VISITOR: "Riserbo-Visitor: $VISITOR",
    Auth.VISITOR_OR_SESSION: "Riserbo-Visitor: $VISITOR",
    Auth.SERVICE: "Authorization: Bearer $KEY",
    Auth.STAFF: "Authorization: Bearer $SESSION",
}
_BOUNDS = {
    "format": "{}",
    "minLength": "length {} or more",
    "maxLength": "length up to {}",
    "minimum": "from {}",
    "maximum": "to {}",
    "minProperties": "{} or more members",
}


def _auth(operation: Operation) -> str:
    """Returns the credentials of an operation in words."""
    by_browser = _BY_BROWSER.get(operation.auth) if operation.visitor else None
    return by_browser or _AUTH[operation.auth]


def api_document(operations: Iterable[Operation], notice: Notice) -> str:
    """The whole document, in Markdown. Every operation needs its example."""
    known = tuple(operations)
    parts = [introduction(), _overview(known)]
    parts += [_section(one, notice, examples.known()[one.id]) for one in known]
    return "\n".join(parts)


def example_notice() -> Notice:
    """The example notice, whose purposes and fields the document shows."""
    return notice_of(EXAMPLE)


def _overview(operations: Iterable[Operation]) -> str:
    rows = [
        f"| [`{one.method} {one.path}`](#{one.id.lower()}) | {_auth(one)} | {one.summary} |"
        for one in operations
    ]
    return "\n".join(
        ["## Operations", "", "| operation | auth | does |", "|---|---|---|", *rows, ""]
    )


def _section(operation: Operation, notice: Notice, example: Mapping[str, Any]) -> str:
    lines = [f"## {operation.id}", "", f"`{operation.method} {operation.path}`", ""]
    lines += [operation.summary + ".", ""]
    if operation.description:
        lines += [operation.description, ""]
    lines += [f"- Auth: {_auth(operation)}"]
    honoured = "honoured with a token" if operation.hands_out else "honoured"
    lines += [f"- Idempotency-Key: {honoured if operation.idempotent else 'not used'}"]
    lines += _inputs(operation)
    statuses = ", ".join(str(status) for status in problem_statuses(operation))
    lines += [f"- Problems: {statuses}", ""]
    schema = operation.body_schema(lambda: notice)
    if schema is not None:
        lines += ["| member of the body | | what |", "|---|---|---|", *_members(schema, ""), ""]
    for status, answer in operation.answers.items():
        lines += _answer(status, answer)
    return "\n".join([*lines, *_example(operation, example)])


def _inputs(operation: Operation) -> list[str]:
    lines = [
        f"- Query: `{name}`{' (required)' if name in operation.required_query else ''}, "
        f"{_value(schema)}"
        for name, schema in operation.query.items()
    ]
    lines += [f"- Header `{name}`: {text}" for name, text in operation.headers.items()]
    if operation.max_body != MAX_BODY:
        lines.append(f"- The body may have {operation.max_body // 1024} KiB.")
    if operation.form:
        lines.append(f"- The body may also be `{FORM}`; a browser is then answered with a page.")
    return lines


def _answer(status: int, answer: Response) -> Iterator[str]:
    kinds = ", ".join(f"`{kind}`" for kind in answer.media_types) if status != 204 else "no body"
    yield f"**{status}** ({kinds}): {answer.description}"
    yield ""
    for name, text in answer.headers.items():
        yield f"- Header `{name}`: {text}"
    if answer.headers:
        yield ""
    if answer.schema is not None and answer.schema.get("properties"):
        yield from ["| member of the answer | | what |", "|---|---|---|"]
        yield from _members(answer.schema, "")
        yield ""


def _members(schema: Schema, prefix: str) -> Iterator[str]:
    """A table row for each member, those inside others named by their path."""
    required = frozenset(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        need = "required" if name in required else "optional"
        text = f" {member['description']}" if "description" in member else ""
        yield f"| `{path}` | {need} | {_value(member)}.{text} |"
        yield from _members(member, f"{path}.")
        for inner, step in ((member.get("items"), "[]."), (_others(member), ".*.")):
            if inner:
                yield from _members(inner, f"{path}{step}")


def _others(schema: Schema) -> Schema | None:
    other = schema.get("additionalProperties")
    return other if isinstance(other, Mapping) else None


def _value(schema: Schema) -> str:
    """Describes the form of a value, in a few words."""
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " or ".join(_literal(value) for value in schema["enum"])
    kinds = schema.get("type", "any")
    kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
    bounds = [text.format(schema[name]) for name, text in _BOUNDS.items() if schema.get(name)]
    return ", ".join([kind, *bounds])


def _literal(value: object) -> str:
    """A value as JSON writes it; a text without its quotes."""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _example(operation: Operation, example: Mapping[str, Any]) -> Iterator[str]:
    path = re.sub(r"{(\w+)}", lambda found: example["path"][found[1]], operation.path)
    method = "" if operation.method == "GET" else f"-X {operation.method} "
    command = [f'curl {method}"$BASE{path}{example.get("query", "")}"']
    if operation.auth in _CREDENTIAL:
        command.append(f'-H "{_CREDENTIAL[operation.auth]}"')
    if operation.idempotent:
        command.append("-H 'Idempotency-Key: 5b9c1d3e'")
    command += [f'-H "{name}: {value}"' for name, value in example.get("headers", {}).items()]
    if "body" in example:
        command.append("-H 'Content-Type: application/json'")
        command.append("-d " + shlex.quote(json.dumps(example["body"], ensure_ascii=False)))
    yield from ["```sh", " \\\n  ".join(command), "```", ""]
    if "answer" in example:
        answer = json.dumps(example["answer"], ensure_ascii=False, indent=2)
        yield from ["```json", answer, "```", ""]


def main() -> int:
    """Write all three files."""
    from functions.http.site import OPERATIONS

    written = {
        DOCUMENT: api_document(OPERATIONS, example_notice()),
        problems.TYPES: json.dumps(sorted(PROBLEM_TYPES), indent=2) + "\n",
        notice_members.DOCUMENT: notice_members.members_document(notice_members.read_schema()),
        table.DOCUMENT: table.written_anew(table.DOCUMENT.read_text("utf-8"), STORED),
    }
    for document, text in written.items():
        document.write_text(text, "utf-8")
        sys.stdout.write(f"wrote {document.relative_to(PROJECT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
