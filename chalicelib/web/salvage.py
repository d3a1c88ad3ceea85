"""Records the refusals of consent in a request that is invalid or refused for another reason.

Withdrawing is as easy as giving (GDPR art. 7(3)), so nobody has to get a form right to say no. This
is the one rule for all operations through which a no may come; their capabilities decide which
values are a no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from chalicelib.errors import Contention, Finding, Problem
from chalicelib.web import negotiation, request
from chalicelib.web.answer import Answer
from chalicelib.web.call import Call
from chalicelib.web.contract import JSON, Json, Operation
from chalicelib.web.loose_json import loose_json
from chalicelib.web.query import read_query

MOST: Final = 1024 * 1024
"""Most bytes of a refused body in which a no is looked for."""

_OF_THE_CALLER: Final = frozenset({403, 404, 405})
_OF_NOBODY: Final = frozenset({"link-not-valid"})


@dataclass(frozen=True)
class Loose:
    """A request read again without any check of its form.

    `call` has the parts that could be read, without a body; `raw` is the body's bytes, None where
    there are too many. `anonymous` is a request without any credentials, in contrast to one whose
    credentials cannot be read.
    """

    call: Call
    raw: bytes | None
    anonymous: bool

    @cached_property
    def body(self) -> Any:
        """The JSON value of the body, which fits no schema; None where it has none."""
        return None if self.raw is None else loose_json(self.raw)

    @property
    def unread(self) -> bool:
        """Whether there is a body that cannot be read."""
        return self.body is None and self.raw != b""


@dataclass(frozen=True, slots=True)
class Kept:
    """The recorded no of a refused request, with the answer of the operation to it alone.

    `asks` is True when the request wanted something else too, such as a yes, which stays refused.
    """

    status: int
    body: Mapping[str, Json]
    asks: bool


Keep = Callable[[Loose, Problem], Kept | Answer | None]
"""Records the no of a request that met a problem; None where it holds none, or has no sender.

An Answer is sent as it is, for an operation whose address alone decides."""


def counts(problem: Problem) -> bool:
    """Tells whether a no in a request that met this problem is recorded all the same.

    It is, for any defect of form, words, keys and frequency. It is not where its sender is unknown
    or may not say it; after a 401 the capability looks for another credential. After an error of
    this service, or a lost race, the request has to be sent again.
    """
    if problem.status >= 500 or isinstance(problem, Contention):
        return False
    return problem.status not in _OF_THE_CALLER and problem.type not in _OF_NOBODY


def salvaged(keep: Keep, problem: Problem, call: Callable[[], Loose]) -> Answer | None:
    """Returns the answer to a refused request whose no was recorded; None where the refusal stands.

    A request with nothing but a no in it is answered as a success, and `overlooked` lists its
    defects. Otherwise the problem stays, and its member `recorded` holds the answer to the no.
    Raises Problem where recording fails by an error of this service.
    """
    if not counts(problem):
        return None
    try:
        kept = keep(call(), problem)
    except Problem as other:
        if other.status >= 500 or isinstance(other, Contention):
            raise
        return None
    if kept is None or isinstance(kept, Answer):
        return kept
    if kept.asks:
        problem.members["recorded"] = dict(kept.body)
        return None
    return Answer(kept.status, {**kept.body, "overlooked": list[Json](map(_told, _wrong(problem)))})


def read_loosely(
    operation: Operation, event: Mapping[str, Any], path: Mapping[str, Any], request_id: str
) -> Loose:
    """Reads an event without any check of its form.

    Unreadable credentials count as none, and so does an unreadable query. Raises NotFound for a
    path with an impossible id.
    """
    headers = request.headers_of(event)
    offered = operation.media_types or (JSON,)
    call = Call(
        operation=operation,
        body=None,
        query=_or_none(lambda: read_query(event, operation)) or {},
        path=request.path_parameters(path),
        headers=headers,
        media_type=negotiation.media_type(headers.get("Accept"), offered) or offered[0],
        request_id=request_id,
        bearer=_or_none(lambda: request.bearer_token(headers)),
        visitor=_or_none(lambda: request.visitor_token(headers)),
        gpc=request.global_privacy_control(headers),
    )
    credentials = "Authorization" in headers or "Riserbo-Visitor" in headers
    return Loose(call, _or_none(lambda: request.raw_body(event, MOST)), not credentials)


def _or_none(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Problem:
        return None


def _wrong(problem: Problem) -> tuple[Finding, ...]:
    where = "/header/Authorization" if problem.status == 401 else ""
    return problem.findings or (Finding(where, problem.detail or problem.title),)


def _told(finding: Finding) -> Json:
    return {"pointer": finding.pointer, "detail": finding.detail}


__all__ = [
    "Keep",
    "Kept",
    "Loose",
    "counts",
    "read_loosely",
    "salvaged",
]
