"""The throttles of the API: how many requests a second each operation takes, by class.

API Gateway refuses what passes the rate of its region for an account, whichever operation it asks
for: somebody who floods one would close all others. So every operation has a rate of its own, by
the class that its contract puts it into. API Gateway counts each method of each path by itself
("Throttle requests to your REST APIs for better throughput", API Gateway Developer Guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.web.contract import Auth, Operation
from chalicelib.web.pages.contract import PageOperation, Session

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Throttle:
    """A class of operations: each takes `a_second` requests a second, and as many at once."""

    name: str
    a_second: int
    holds: str

    @property
    def parameter(self) -> str:
        """The name of the stack's parameter, e.g. `ThrottleSignIn`."""
        return "Throttle" + self.name.title().replace("-", "")


NOTICE = Throttle("notice", 100, "the notice, the cookies and the banner in force")
PAGES = Throttle("pages", 20, "other pages and documents that anybody may read")
CAPTURE = Throttle("capture", 100, "consents and activity of browsers and accounts")
SIGN_IN = Throttle("sign-in", 20, "signing in, whose password costs processor time")
REGISTRATION = Throttle("registration", 10, "registering, and the mail for it again")
RESET = Throttle("reset", 10, "asking for a new password, and setting it")
REQUESTS = Throttle("requests", 10, "asking for a right, and writing a message")
RECEIPTS = Throttle("receipts", 20, "receipts, which KMS signs, and their verification")
LINKS = Throttle("links", 10, "links in mails: their pages, and what they confirm")
ACCOUNT = Throttle("account", 10, "an account's own data and requests")
DECISIONS = Throttle("decisions", 100, "may we?, and whose session this is, for own systems")
SYSTEMS = Throttle("systems", 20, "records, disclosures and answers of own systems")
DESK = Throttle("desk", 5, "the desk")

CLASSES: Final = (
    *(NOTICE, PAGES, CAPTURE, SIGN_IN, REGISTRATION, RESET, REQUESTS),
    *(RECEIPTS, LINKS, ACCOUNT, DECISIONS, SYSTEMS, DESK),
)

_BY_ID: Final[Mapping[str, Throttle]] = {
    "getNotice": NOTICE,
    "getCookies": NOTICE,
    "getBanner": NOTICE,
    "captureConsent": CAPTURE,
    "getConsents": CAPTURE,
    "tellActivity": CAPTURE,
    "getLedger": ACCOUNT,
    "listMessages": ACCOUNT,
    "writeMessage": REQUESTS,
    "makeRequest": REQUESTS,
    "resendRequestVerification": REQUESTS,
    "signIn": SIGN_IN,
    "registerAccount": REGISTRATION,
    "resendVerification": REGISTRATION,
    "requestPasswordReset": RESET,
    "resetPassword": RESET,
    "confirmPasswordReset": RESET,
    "getReceipt": RECEIPTS,
    "verifyReceipt": RECEIPTS,
    "getDecision": DECISIONS,
    "getDecisions": DECISIONS,
    "introspectSession": DECISIONS,
}

_BY_CREDENTIAL: Final[Mapping[Auth, Throttle]] = {
    Auth.LINK: LINKS,
    Auth.SESSION_OR_LINK: LINKS,
    Auth.SESSION: ACCOUNT,
    Auth.REQUEST: ACCOUNT,
    Auth.SERVICE: SYSTEMS,
    Auth.STAFF: DESK,
}


class Unclassed(ValueError):
    """An operation that anybody may call, and that has no class of its own."""


def throttle_of(operation: Operation) -> Throttle:
    """Returns the class of an operation.

    Those that anybody may call are named one by one, unless they only show a page. Raises Unclassed
    for a new one.
    """
    if operation.id in _BY_ID:
        return _BY_ID[operation.id]
    if operation.auth in _BY_CREDENTIAL:
        return _BY_CREDENTIAL[operation.auth]
    if operation.auth is Auth.NONE and operation.method == "GET":
        return PAGES
    raise Unclassed(operation.id)


_BY_PAGE: Final[Mapping[str, Throttle]] = {
    "/cookies": NOTICE,
    "/notice": NOTICE,
    "/password": RESET,
    "/receipts": RECEIPTS,
    "/register": REGISTRATION,
    "/requests": REQUESTS,
    "/sign-in": SIGN_IN,
}
"""The class of the pages that begin with a step, where neither session nor link decides it."""


def throttle_of_page(page: PageOperation) -> Throttle:
    """Returns the class of a page or a form: that of the operations whose use cases it calls."""
    if page.staff:
        return DESK
    if page.session is Session.REQUIRED:
        return ACCOUNT
    if page.token:
        return LINKS
    return _BY_PAGE.get("/" + page.path.split("/")[1], PAGES)


def parameters() -> Json:
    """The stack's parameters, by name: the rate of each class."""
    return {
        one.parameter: {
            "Type": "Number",
            "Default": one.a_second,
            "MinValue": 1,
            "Description": f"Requests a second, and at once, that each takes of: {one.holds}.",
        }
        for one in CLASSES
    }


def method_settings(
    operations: Iterable[Operation], pages: Iterable[PageOperation] = ()
) -> list[Json]:
    """The settings of a stage of the API, of everything first and then of each operation and page.

    A method without a class, such as a preflight, has the rate of `ApiRate`.
    """
    everything = _setting("/*", "*", "ApiRate", "ApiBurst")
    each = {(one.path, one.method): throttle_of(one) for one in operations}
    each |= {(one.path, one.method): throttle_of_page(one) for one in pages}
    return [everything, *(_of(*place, each[place]) for place in sorted(each))]


def _of(path: str, method: str, throttle: Throttle) -> Json:
    # In a method's setting the slashes of a path are written as ~1, but for the first one.
    written = "/" + path.replace("/", "~1") if path != "/" else "/"
    return _setting(written, method, throttle.parameter, throttle.parameter)


def _setting(path: str, method: str, rate: str, burst: str) -> Json:
    return {
        "ResourcePath": path,
        "HttpMethod": method,
        "ThrottlingRateLimit": {"Ref": rate},
        "ThrottlingBurstLimit": {"Ref": burst},
        # Metrics of each method would be billed one by one; nothing reads them.
        "MetricsEnabled": False,
        # Bodies are personal data: API Gateway must never log them.
        "DataTraceEnabled": False,
    }
