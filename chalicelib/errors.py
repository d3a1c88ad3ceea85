"""The errors of use cases, which the web kernel answers as problems.

Use cases raise these; the web kernel writes them as RFC 9457 `application/problem+json`. They know
HTTP only by the number of a status. A detail and a finding are read by strangers and logged by
clients: they never repeat a value of the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect of an input.

    `pointer` is a JSON Pointer (RFC 6901) into the body, or `/query/<name>`, `/header/<name>` for
    the other parts; `detail` describes the defect in plain words, without the value. `reason` is
    the defect as one word, such as `too_short`, by which pages say it in their reader's language;
    `limit` is the number in it. Neither is sent to programs.
    """

    pointer: str
    detail: str
    reason: str = field(default="", compare=False)
    limit: int | None = field(default=None, compare=False)


class Problem(Exception):
    """A refusal or an error (RFC 9457).

    `type` is a slug, stable across releases; `status` an HTTP status; `findings` every defect at
    once; `headers` those that the status requires; `members` further members for programs (RFC
    9457, section 3.2).
    """

    status: ClassVar[int] = 500
    default_type: ClassVar[str] = "internal"
    default_title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str = "",
        *,
        type: str | None = None,
        title: str | None = None,
        findings: tuple[Finding, ...] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.type = type or self.default_type
        self.title = title or self.default_title
        self.detail = detail
        self.findings = findings
        self.headers: dict[str, str] = dict(headers or {})
        self.members: dict[str, Any] = dict(members or {})


class BadRequest(Problem):
    """400: the request cannot be read, or does not fit its schema."""

    status = 400
    default_type = "bad-request"
    default_title = "The request cannot be understood"


class Unauthenticated(Problem):
    """401: no valid credentials; always with a challenge (RFC 9110, section 11.6.1)."""

    status = 401
    default_type = "unauthenticated"
    default_title = "Valid credentials are needed"

    def __init__(
        self,
        detail: str = "",
        *,
        type: str | None = None,
        title: str | None = None,
        findings: tuple[Finding, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        challenge = {"WWW-Authenticate": 'Bearer realm="riserbo"', **(headers or {})}
        super().__init__(detail, type=type, title=title, findings=findings, headers=challenge)


class Forbidden(Problem):
    """403: the caller is known, and may not do it."""

    status = 403
    default_type = "forbidden"
    default_title = "This is not allowed"


class NotFound(Problem):
    """404: nothing here, or nothing that the caller may know of."""

    status = 404
    default_type = "not-found"
    default_title = "There is nothing here"


class MethodNotAllowed(Problem):
    """405: the path exists and does not take this method; `Allow` names those it takes."""

    status = 405
    default_type = "method-not-allowed"
    default_title = "This path does not take that method"


class NotAcceptable(Problem):
    """406: none of the media types on offer is accepted."""

    status = 406
    default_type = "not-acceptable"
    default_title = "No acceptable media type"


class Conflict(Problem):
    """409: the state forbids it, or another request changes it at the same moment."""

    status = 409
    default_type = "conflict"
    default_title = "This conflicts with the current state"


class Contention(Conflict):
    """409: other requests kept writing at the same place.

    The request may be sent again as it is.
    """


class PreconditionFailed(Problem):
    """412: the state differs from the one that the caller named."""

    status = 412
    default_type = "precondition-failed"
    default_title = "The state has changed meanwhile"


class TooLarge(Problem):
    """413: more bytes than are taken."""

    status = 413
    default_type = "too-large"
    default_title = "The body is too large"


class UnsupportedMediaType(Problem):
    """415: the body has a type that is not read here."""

    status = 415
    default_type = "unsupported-media-type"
    default_title = "The body has an unsupported media type"


class Unprocessable(Problem):
    """422: well-formed, but it cannot be done."""

    status = 422
    default_type = "unprocessable"
    default_title = "This cannot be processed"


class DoneAlready(Unprocessable):
    """422: the act was done already, by the same link or code.

    It is a refusal for programs; a person who repeats it gets a page saying that it is done.
    """


class TooManyRequests(Problem):
    """429: too often; `retry_after` is in whole seconds."""

    status = 429
    default_type = "too-many-requests"
    default_title = "Too many requests"

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: int,
        type: str | None = None,
        title: str | None = None,
        findings: tuple[Finding, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        wait = {"Retry-After": str(max(1, retry_after)), **(headers or {})}
        super().__init__(detail, type=type, title=title, findings=findings, headers=wait)
        self.retry_after = max(1, retry_after)


class Unavailable(Problem):
    """503: it cannot be done at the moment, and nothing has changed."""

    status = 503
    default_type = "unavailable"
    default_title = "Not available at the moment"


class NoticeTooOld(Unavailable):
    """503: the version of the notice in force lacks what the operation needs.

    An older release published it. `missing` names what it lacks, for the log; the answer does not.
    """

    default_type = "notice-too-old"
    default_title = "The notice in force is too old for this"

    def __init__(self, missing: str) -> None:
        super().__init__("A newer version of the notice has to be published first.")
        self.missing = missing
