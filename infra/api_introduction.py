"""The part of `docs/api.md` before the operations: conventions, limits, types of problems.

The figures of the limits are those of `chalicelib/limits/model.py`; a test holds the types against
those that the code raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.limits.model import FIGURES, Figure
from chalicelib.notices.access import SAFEGUARDS, TRANSFERS

PROBLEM_TYPES: Mapping[str, tuple[int, str]] = {
    "validation": (400, "the request does not fit; `errors` says all that is wrong"),
    "invalid-json": (400, "the body is not JSON, or names a member twice"),
    "invalid-form": (400, "the body is not a form, or names a field twice"),
    "not-signed-in": (401, "address and password do not belong together"),
    "second-factor-needed": (401, "the password is right; send `code` too"),
    "second-factor-wrong": (401, "the password is right, the code is wrong or was used"),
    "ticket-not-valid": (401, "the time for the code is over; sign in again from the password"),
    "code-again": (401, "a form of the desk, after 15 minutes without a request, lacks a code"),
    "wrong-code-again": (401, "the code in such a form is wrong or was used"),
    "signed-in-again": (409, "a form of the desk outlived its session; it is shown once more"),
    "wrong-password": (403, "the password asked for again is wrong"),
    "wrong-code": (403, "the code of the second factor is wrong or was used"),
    "second-factor-on": (409, "there is a second factor already"),
    "second-factor-off": (409, "there is no second factor"),
    "second-factor-not-offered": (409, "no secret was asked for in the last hour"),
    "second-factor-changed": (409, "the second factor changed at this moment"),
    "role-needs-second-factor": (409, "who works at the desk cannot go without"),
    "address-changed-lately": (409, "the last move to another address can still be undone"),
    "not-permitted": (409, "the decision point says no; `reasons` says why"),
    "right-not-offered": (409, "the notice in force has no such right"),
    "preview-changed": (409, "an approval on a page would do something else than it showed"),
    "ground-not-allowed": (409, "the law does not know this ground for this right"),
    "held": (409, "a hold, or a restriction of its use, keeps this from being erased"),
    "move-not-allowed": (409, "the request has no such move from its status, or not any more"),
    "too-many-messages": (409, "the request has as many messages, or additions, as there may be"),
    "answered-already": (409, "this system has answered otherwise, or a file is being looked at"),
    "upload-unfit": (422, "what a system uploaded has not the form that it must have"),
    "not-ready": (409, "the copy is not ready yet"),
    "link-not-valid": (422, "the link was used, expired, or was replaced by a newer one"),
    "account-gone": (422, "the account that the link is about was erased, or is being erased"),
    "code-not-valid": (422, "the short code of a verification mail is wrong or too old"),
    "notice-not-in-force": (422, "other words are in force than the person saw"),
    "evidence-not-verified": (422, "the proof of what was shown, sent with a yes, does not hold"),
    "no-signal": (422, "the source is `signal`, and nothing says that the browser sends one"),
    "event-reused": (422, "the `event_id` stands for other decisions"),
    "staff-only": (403, "not a session of the desk, or one opened without a second factor"),
    "already-published": (409, "the version is published and never changes"),
    "draft-changed": (409, "the draft was saved again with another text than was read"),
    "too-many-drafts": (409, "there are as many drafts as there may be; delete one"),
    "version-waiting": (409, "another version is published and has not taken effect yet"),
    "publishing": (409, "somebody else publishes at this moment"),
    "notice-refused": (422, "the document does not compile, or may not follow the one in force"),
    "no-notice": (503, "no notice was published here yet, so nothing may be stored"),
    "notice-too-old": (503, "the version in force lacks what this needs; the log names it"),
    "notice-unconfirmed": (422, "production takes no statement that is not confirmed"),
    "notice-withdrawn": (409, "this version was called back, and is not published again"),
    "too-late": (409, "the time in which this can be done is over, or has not come yet"),
    "notice-date": (422, "the version would take effect too soon"),
}
"""Types of problems, after `urn:riserbo:problem:`, with their status and the case that they
name."""

_CONVENTIONS = """\
# The HTTP interface

Written by `make docs` from the contracts in `chalicelib`, which are also what every request is
checked against; the running product serves the same at `/docs` and `/openapi.json`. Purposes and
profile fields are those of the shipped notice: another notice has others.

- JSON in and out, UTF-8, at most 64 KiB unless an operation says otherwise; times are RFC 3339 in
  UTC. Unknown members are refused, and so are unknown parameters of the query.
- Addresses that people open (pages, the notice, the cookies, what is at a well-known place) ignore
  parameters that they do not know: newsletters, social networks and link trackers append them.
- What people say is kept as they say it, without the space around it; texts of several lines end
  them with LF. A telephone number is kept in E.164, with an extension as RFC 3966 writes it
  (`+390612345678;ext=12`); what is more than one number, or shows nothing, is refused. A space
  around an e-mail address is forgiven everywhere, and is a part of a password.
- Refusals are `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail` and
  `errors`, a list of `pointer` and `detail` that names *all* that is wrong, not only the first.
- *session* is `Authorization: Bearer` with the token of `POST /v1/sessions`. *visitor* is
  `Riserbo-Visitor` with a token of at least 128 random bits, which the client may mint. *service*
  is `Authorization: Bearer` with an API key, which an operator makes
  ([runbook](runbook.md#api-keys)). *staff* is a session, opened with a second factor, of an account
  with a role at the desk ([runbook](runbook.md#who-works-at-the-desk)). *link* is the single-use
  token of a mailed link, in the query or the body; that of a link which ends mails is in the path,
  works for a year, and is not used up.
- A browser keeps one *visitor* token, in its cookie or storage. `POST /v1/sessions` with it lets
  what the browser refused join the account, and what concerns the browser itself (purposes of
  classes of cookies); any other yes becomes a question, which `GET /v1/consents` shows in `ask`
  ([why so](decisions/0030-signals.md)). It answers a fresh one in `visitor`; ending the
  session answers one in the header `Riserbo-Visitor`. Put it in the old one's place at once, or
  whoever uses the browser next goes on with somebody else's choices. While a session lasts, send
  that and not the token. `POST /v1/requests` with the token alone erases what is known of the
  browser ([why so](decisions/0063-a-browser-erases-itself.md)).
- `Sec-GPC: 1` decides too ([why so](decisions/0030-signals.md)): a back end that calls for a
  browser sends the browser's header on. With the source `signal`, `POST /v1/consents` tells of it
  alone, on any page, and writes nothing when it stands already.
- A mailed link leads to a page of this interface. Opening it (GET) changes nothing, so that a mail
  scanner proves nothing; its button posts the token to the same path. A link stays known until it
  would have ended: whoever presses its button again is shown that it is done already, while a
  program gets 422 `link-not-valid`.
- A session lasts as long as the notice says. All sessions of an account end at once when its
  person signs out everywhere, resets the password, or undoes a move to another address; changing
  the password or the second factor ends all but the session in use.
- Every operation takes `?lang=it` or `?lang=en`, also as `it-IT`, `it_IT` or `it_IT.UTF-8`; without
  it, `Accept-Language` decides. A language is a wish: an unknown, empty or repeated one refuses no
  request; of several, the first on offer is taken.
- A HEAD is answered as a GET, without a body, where no credentials are needed and at every page.
- The base URL, with a slash or without, is a page in a browser; a program finds nothing there.
- Lists take `limit` (1 to 100) and `cursor`, and answer `items` and `next`: send `next` as
  `cursor` for the page after; it is null on the last one.
- `Idempotency-Key` (1 to 128 visible ASCII characters), where it is named below: a repetition
  with the same key and payload gets the first answer for 24 hours; another payload gets 422, and a
  request that is still being handled 409. Without the header nothing is remembered. Callers are
  told apart by their token, or by their network where the operation asks for none. Who may not call
  any more (a session that ended, a key that was revoked, a role that was taken away) gets 401 or
  403 and no remembered answer. An answer that hands out a token is remembered for nobody who sends
  none: a stranger with the same key would get it. So a browser's first `POST /v1/consents` is
  repeated safely with a *visitor* token that the client has minted, and an `event_id`.
- Every answer carries `Riserbo-Request-Id`, which the logs name too. Origins in
  `RISERBO_CORS_ORIGINS` may read every answer and its `Riserbo-*` headers; every path answers
  `OPTIONS`. A method that a path does not have gets 405 with `Allow`.
- `/openapi.json` is OpenAPI 3.1. openapi-python-client makes a client of it that works, as a test
  shows; on 29 November 2026 openapi-typescript 7.13 read it, and the recommended rules of Spectral
  6.16 found nothing.
- A 401 has `WWW-Authenticate`, which API Gateway renames on its way: on AWS it arrives as
  `x-amzn-remapped-www-authenticate`, with the same value. Go by the status and the `type`.
- Any operation may answer 429, 502 or 504 where API Gateway itself refuses or cannot reach it.
"""

_LIMITS = """\
## Limits

What strangers may try and what costs is counted in fixed windows, by address (as its keyed hash),
by person and by network: 24 bits of an IPv4 address; of an IPv6 address 64, 48 and 32 bits, and at
one address 48 and 32. What goes beyond is answered 429 with `Retry-After`, the seconds until the
window is over. Signing in forgets the wrong tries of its network at its address, and nothing else.
Let browsers call: a back end that calls for its visitors is one network. A refusal of consent, and
stopping an account, are never refused for a limit: of a request that says yes and no the no is
recorded, and 429 answered with it in `recorded`.

What is counted by samples is counted once in as many times as a fiftieth of its figure says, for so
many: such a limit is reached within a seventh of its figure or so, and takes effect soon after.

One copy of a person's data is open at a time: asking again answers the open one. A stage may set
other figures within the bounds ([settings](settings.md#limits)).

| name | counts | default | window | bounds |
|---|---|---|---|---|
"""

_TYPES = """\
## Types of problems

`type` is `urn:riserbo:problem:` with one of these. Any other refusal has the type of its status,
such as `unauthenticated` or `too-many-requests`.

| type | status | when |
|---|---|---|
"""


_COPY = """\
## The copy of one's data

A copy (`GET /v1/requests/{id}/export`) is a ZIP of three files: `data.json`, the form of which
`copy.schema.json` describes, and `index.html`, which opens from a disk without network or script
and shows the same records in the language of the request. `size` and `sha256` of the answer are
those of the ZIP. Its address works for a minute; from the first one on the copy is kept for 24
hours, or until the notice's period is over, where that is sooner. Without an account the mailed
link leads to a page with a button, and the request token opens the same operation.

`records` holds what is there, by kind; a record has its `fields`, the party that gave it as
`source`, and the date until which it is kept as `kept_until`, where it has one. Every kind of
record and every category says in `kept` for how long, in the sentences of the notice's page.
`systems` holds the answers of other systems, `left_out` what is not told, and why, and
`information` what GDPR art. 15(1) and (2) want said: for each category its purposes with their
legal basis and interest, the recipients who `received` it, with the days, and the `recipients` who
may.

Portability (`right` `port`, art. 20) has the same form, with what the person gave or their use
produced in categories whose outcome for `port` is `included`, where they are used on consent or
contract: no choices, no proof, and nothing from others.

Each recipient of a category has a `name`, `countries` (ISO 3166-1; empty only where none is
stated), the `place` and the `transfer_words` of the page, and two words of closed lists; nothing of
it is null.

"""


def _words_of(name: str, words: Mapping[str, str]) -> str:
    rows = "".join(f"| `{word}` | {meaning} |\n" for word, meaning in words.items())
    return f"| `{name}` | means |\n|---|---|\n{rows}"


def introduction() -> str:
    """Returns the whole introduction, in Markdown."""
    limits = _LIMITS + "".join(_limit(name, figure) for name, figure in FIGURES.items())
    types = _TYPES + "".join(
        f"| `{name}` | {status} | {when} |\n" for name, (status, when) in PROBLEM_TYPES.items()
    )
    copy = _COPY + _words_of("transfer", TRANSFERS) + "\n" + _words_of("safeguard", SAFEGUARDS)
    return "\n".join([_CONVENTIONS, limits, copy, types])


def _limit(name: str, figure: Figure) -> str:
    window = "" if figure.window is None else _window(figure.window)
    bounds = f"{figure.low} to {figure.high}"
    cells = (f"`{name}`", figure.what, str(figure.default), window, bounds)
    return f"| {' | '.join(cells)} |\n"


def _window(window: timedelta) -> str:
    minutes = int(window.total_seconds()) // 60
    named = {60: "an hour", 24 * 60: "a day"}
    return named.get(minutes, f"{minutes} minutes")
