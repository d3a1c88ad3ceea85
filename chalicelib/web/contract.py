"""The contract of one HTTP operation as a value, from which validation and OpenAPI both come.

Every capability keeps its operations in its `contract`. They are pure data: no handler, no I/O. The
same value is checked and published, so the document and the behaviour cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.errors import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.notices.model import Notice

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""A value that JSON can carry."""

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema (2020-12), closed: `additionalProperties` false, every length bounded."""

JSON = "application/json"
HTML = "text/html"
MARKDOWN = "text/markdown"
FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"

MAX_BODY = 64 * 1024
"""Most bytes of a body, unless an operation sets another limit."""


class Auth(Enum):
    """The credential that an operation needs. The kernel checks its presence and form only."""

    NONE = "none"
    SESSION = "session"
    """`Authorization: Bearer` of an account."""
    VISITOR = "visitor"
    """`Riserbo-Visitor`, a browser without account."""
    VISITOR_OR_SESSION = "visitor_or_session"
    """Either, or none where the operation hands out a visitor token or takes an address."""
    SERVICE = "service"
    """`Authorization: Bearer` of an API key."""
    STAFF = "staff"
    """`Authorization: Bearer` of an account with a desk role."""
    LINK = "link"
    """A single-purpose token in the body, the query or the path."""
    REQUEST = "request"
    """`Authorization: Bearer` of an account, or the token of the one request in the path."""
    SESSION_OR_LINK = "session_or_link"
    """A session, or a link's token, or none where the operation starts with an address."""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer that an operation may give.

    `schema` describes a JSON body and is None for an empty or a textual one; `headers` maps the
    names of headers worth documenting to their meaning.
    """

    description: str
    schema: Schema | None = None
    media_types: tuple[str, ...] = (JSON,)
    headers: Mapping[str, str] = field(default_factory=dict)
    example: Json = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    `id` is unique, camelCase and stable: generated clients name their functions after it. `body` is
    a schema, or a function of the notice in force that returns one (profile fields and purposes are
    the notice's to decide). `query` maps a parameter to the schema of its value; `required_query`
    names the required ones. `answers` holds the successes by status; `problems` the statuses of
    refusals beyond those that follow from the rest of the contract.

    `idempotent` means that `Idempotency-Key` is honoured; `form` that the body may also come from
    an HTML form, and that a client that prefers HTML gets refusals as a page. `summary` and
    `description` are English; `pages/words` holds the summary in other languages. `check` finds
    defects that a schema cannot express: it takes any JSON value and the time of the call, and its
    findings are answered with the schema's.

    `max_body` is the limit of a body in bytes: where it is above MAX_BODY, a caller with a bearer
    token is authenticated before the body is read. With `visitor` a browser's `Riserbo-Visitor` is
    read too, whatever `auth` is; with Auth.REQUEST it stands for a bearer token that is not sent.
    `scope` is the scope that an API key needs. An answer that `hands_out` a token is stored for
    repetition only for a caller with a token. `public` marks an operation that is no page but has
    an address that people pass on. One of the desk that `acts` needs the role `desk`; every other
    may also be called with the role `reader`. One that `opens_accounts` is there only where the
    notice in force has a form of registration; elsewhere it answers 404.
    """

    id: str
    method: str
    path: str
    summary: str
    auth: Auth
    answers: Mapping[int, Response]
    body: Schema | Callable[[Notice], Schema] | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    required_query: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    problems: frozenset[int] = frozenset()
    idempotent: bool = False
    form: bool = False
    description: str = ""
    check: Callable[[Notice, Json, datetime], tuple[Finding, ...]] | None = None
    max_body: int = MAX_BODY
    visitor: bool = False
    scope: str = ""
    hands_out: bool = False
    example: Json = None
    public: bool = False
    acts: bool = False
    opens_accounts: bool = False

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that a success may have, in the order of preference."""
        return tuple(
            dict.fromkeys(kind for answer in self.answers.values() for kind in answer.media_types)
        )

    @property
    def for_people(self) -> bool:
        """Whether people open its address without writing it themselves.

        Newsletters, social networks and link trackers append parameters to such addresses.
        """
        return self.public or self.form or HTML in self.media_types

    @property
    def answers_head(self) -> bool:
        """Whether HEAD is answered too, which link checkers, scanners and caches use."""
        return self.method == "GET" and (self.for_people or self.auth is Auth.NONE)

    def body_schema(self, notice: Callable[[], Notice]) -> Schema | None:
        """Returns the schema of the body, calling `notice` only where the schema depends on it."""
        return self.body(notice()) if callable(self.body) else self.body
