"""The contract of one page, or of one form, as a value.

Pages are no part of the interface for programs: they are not in the OpenAPI document, and
`docs/pages.md` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from chalicelib.errors import Finding
from chalicelib.web.contract import HTML, MAX_BODY, Auth, Json, Operation, Response, Schema

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.notices.model import Notice


class Session(Enum):
    """The use that a page makes of the session's cookie."""

    NONE = "none"
    """The cookie is not read: the page is the same for everybody."""
    OPTIONAL = "optional"
    """The cookie is read where there is one."""
    REQUIRED = "required"
    """Without a session the answer leads to the page for signing in, and from there back."""


@dataclass(frozen=True, slots=True)
class PageOperation:
    """One method on one path of the privacy centre, for people.

    `id` is unique and camelCase. `query` and `body` are closed schemas as an Operation's: `body`
    describes the form's fields (all of them texts) without `form` and `once`, which the kernel
    reads itself; a field that came empty counts as left out. `check` finds what a schema cannot.

    A page of `staff` is the desk's: it opens to a session with a role there and a second factor,
    and a form of it to the role of those who act. To any other session it is an address with
    nothing behind it. Where the session was without a request for too long, such a form acts with a
    code of the second factor alone (`web.pages.again`); one with `own_code` asks for a code in
    a field of its own each time, and for no other. A form with `reads` changes nothing, so who only
    reads may send it too, and no code is asked for.

    `asks_key` is the path of the page that asks for the token of a request, where such a token
    opens this page as a session does; empty where it opens nothing here.

    `token` marks an address that holds a link's token. With `once` the form creates something and
    carries a random value, so that sending it twice creates one. `opens_accounts` is as an
    Operation's. `shares` are the seconds for which everybody's caches may keep the page; 0 for
    none. `done` lists the words that `?done=` may hold here; `tab` is the page's tab. `max_body`
    is the limit of the form in bytes as it is sent, percent-encoded; one above MAX_BODY is for the
    desk alone, whose member is known before the form is decoded, or for a form on its way to
    another address, of which only the fields in `decodes` are read; None for all of them.
    """

    id: str
    method: Literal["GET", "POST"]
    path: str
    session: Session = Session.NONE
    query: Mapping[str, Schema] = field(default_factory=dict)
    required_query: frozenset[str] = frozenset()
    body: Schema | Callable[[Notice], Schema] | None = None
    check: Callable[[Notice, Json, datetime], tuple[Finding, ...]] | None = None
    staff: bool = False
    reads: bool = False
    own_code: bool = False
    asks_key: str = ""
    token: bool = False
    once: bool = False
    opens_accounts: bool = False
    shares: int = 0
    done: frozenset[str] = frozenset()
    tab: str = ""
    max_body: int = MAX_BODY
    decodes: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.staff and self.session is not Session.REQUIRED:
            raise ValueError(f"{self.id} is the desk's, and needs a session")
        if self.max_body > MAX_BODY and not self.staff and self.decodes is None:
            raise ValueError(f"{self.id} takes a large form of anybody")
        if self.shares and (self.session is not Session.NONE or self.token):
            raise ValueError(f"{self.id} cannot be shared: it is not the same for everybody")

    def address(self, parameters: Mapping[str, str]) -> str:
        """Returns the path with its parameters; that of home for an address with nothing there."""
        return "/" if self.path.endswith("+}") else self.path.format(**parameters)

    @property
    def read(self) -> Operation:
        """The operation by which the kernel reads everything of a request but the form."""
        return Operation(
            id=self.id,
            method=self.method,
            path=self.path,
            summary="",
            auth=Auth.NONE,
            answers={200: Response("A page.", media_types=(HTML,))},
            query=self.query,
            required_query=self.required_query,
            form=True,
            opens_accounts=self.opens_accounts,
        )

    @property
    def form(self) -> Operation:
        """The operation by which the kernel checks the fields of the form."""
        return replace(self.read, body=self.body or _NO_FIELDS, check=self.check)


def desk_page(
    name: str,
    path: str,
    tab: str,
    *,
    query: Mapping[str, Schema] | None = None,
    done: frozenset[str] = frozenset(),
) -> PageOperation:
    """Returns the operation, whose id is `name`, that shows a page of the desk."""
    return PageOperation(
        name, "GET", path, Session.REQUIRED, query or {}, staff=True, done=done, tab=tab
    )


def desk_form(
    name: str,
    path: str,
    tab: str,
    *,
    body: Schema | Callable[[Notice], Schema] | None = None,
    check: Callable[[Notice, Json, datetime], tuple[Finding, ...]] | None = None,
    reads: bool = False,
    own_code: bool = False,
    once: bool = False,
    max_body: int = MAX_BODY,
) -> PageOperation:
    """Returns the operation, whose id is `name`, that takes a form of a page of the desk."""
    return PageOperation(
        name,
        "POST",
        path,
        Session.REQUIRED,
        body=body,
        check=check,
        staff=True,
        reads=reads,
        own_code=own_code,
        once=once,
        tab=tab,
        max_body=max_body,
    )


AGAIN: Final = "again_code"
"""The field of a form of the desk for a code of the second factor, where the kernel asks for it."""

MAX_FORM: Final = 4 * 1024 * 1024
"""Most bytes of the largest form, one with a document.

Percent-encoding makes a text up to three times as long, its ends of lines six times, and Lambda
takes an event of 6 MB (AWS Lambda Developer Guide, "Lambda quotas"). So a document of 1 MB comes as
far as its page, which says that it is too large.
"""

_NO_FIELDS: Schema = {"type": "object", "additionalProperties": False, "properties": {}}
