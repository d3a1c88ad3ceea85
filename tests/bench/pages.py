"""Pages for people: what one costs, and what it weighs on its way to a browser.

`python -m tests.bench.pages` prints the weights by itself.
"""

from __future__ import annotations

import gzip
import json
import secrets
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chalicelib import clock
from chalicelib.instants import instant
from chalicelib.requests.service.worklist import EVERY
from chalicelib.web.pages import cookie
from tests.bench.desk import next_version, officer, posting
from tests.bench.engines import services
from tests.bench.events import HTML
from tests.bench.office import LISTED, crowd
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done, world

HOME, NOTICE, SIGN_IN = "home page", "notice page", "sign-in page"
CHOICES, SAVED, REQUEST = "choices page", "choices saved on their page", "page of one request"
SOUGHT, PERSON = "desk: search on its page", "desk: page of a person"
DESK_LIST, DESK_REQUEST = "desk: page of the list, of 500", "desk: page of a request to erase"
MONTH, FAILURES = "desk: page of a month of retention", "desk: page of failures"
ACTIVITIES, ENTRIES = "desk: page of processing activities", "desk: audit on its page"
FAILED = "/desk/failures"
NOTICE_LIST, DRAFT = "desk: page of notices", "desk: page of a draft"

_CHOICES = "/account/choices"
_NOTICES = "/desk/notices"


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of a page's HTML, the style within it: as they are, and as gzip leaves them."""

    plain: int
    zipped: int


def _open(function: str, path: str) -> Callable[[World], Run]:
    return lambda world: world.http(function, "GET", path, headers={"Accept": HTML})


def _notice(world: World) -> Run:
    """A process has asked for the hour's evidence of the notice, which KMS gives, before."""
    open_notice = _open("notices", "/notice")
    done(open_notice(world)(), 200)
    return open_notice(world)


def _kept(person: Person) -> dict[str, str]:
    """What a browser sends that keeps somebody's session."""
    return {"Accept": HTML, "Cookie": f"{cookie.NAME}={person.token}"}


def _choices(world: World) -> Run:
    """Somebody who answered all that there is to answer opens the page of their choices."""
    person = world.person(secrets.token_hex(4))
    done(world.capture(person.headers, "granted", len(world.choices))(), 201)
    return world.http("consents", "GET", _CHOICES, headers=_kept(person))


def _saving(world: World) -> Run:
    """Somebody who agreed to one purpose says no to it on the page, and leaves the others open."""
    person = world.person(secrets.token_hex(4))
    done(world.capture(person.headers, "granted", 1)(), 201)
    page = done(world.http("consents", "GET", _CHOICES, headers=_kept(person))(), 200)["body"]
    form = {
        "form": cookie.form_token(person.token),
        "notice_version": world.version,
        f"decisions.{world.choices[0]}": "denied",
    }
    assert f'name="decisions.{world.choices[0]}"' in page
    headers = {**_kept(person), "Sec-Fetch-Site": "same-origin"}
    return world.http("consents", "POST", _CHOICES, headers=headers, form=form)


def _request(world: World) -> Run:
    """Somebody new who asked to be erased looks at the request."""
    person = world.person(secrets.token_hex(4))
    asking = world.http(
        "requests", "POST", "/v1/requests", headers=person.headers, body={"right": "erase"}
    )
    at = {"id": json.loads(done(asking(), 201)["body"])["id"]}
    return world.http("requests", "GET", "/account/requests/{id}", headers=_kept(person), at=at)


def _searching(world: World) -> Run:
    """Somebody at the desk looks for an account by its address, for the second time."""
    first = _sought(world)
    done(first(), 303)  # an audit that has begun
    return _sought(world)


def _sought(world: World) -> Run:
    member, person = officer(world), world.person(secrets.token_hex(4))
    form = {"form": cookie.form_token(member.token), "sought": person.email}
    headers = {**_kept(member), "Sec-Fetch-Site": "same-origin"}
    return world.http("desk_subjects", "POST", "/desk/people", headers=headers, form=form)


def _person(world: World) -> Run:
    """Somebody at the desk opens the page of a person with a request, and holds on their records.

    One was opened before, so that the audit has begun.
    """
    member, person = officer(world), world.person(secrets.token_hex(4))
    done(world.capture(person.headers, "granted", len(world.choices))(), 201)
    asking = world.http(
        "requests", "POST", "/v1/requests", headers=person.headers, body={"right": "review"}
    )
    done(asking(), 201)
    hold = {
        "subject": person.subject,
        "classes": ["evidence"],
        "ground": "claims",
        "reason": "The claim of 3 November: file 2026-114.",
        "until": instant(clock.now() + timedelta(days=300)),
    }
    placing = world.http(
        "desk_subjects", "POST", "/v1/desk/holds", headers=member.headers, body=hold
    )
    done(placing(), 201)
    at = {"id": person.subject}
    return world.http("desk_subjects", "GET", "/desk/people/{id}", headers=_kept(member), at=at)


def _desk_list(world: World) -> Run:
    """Somebody at the desk opens the list of as many requests as it counts."""
    crowd(world, EVERY)
    return world.http("desk_requests", "GET", "/desk", headers=_kept(officer(world)))


def _desk_request(world: World) -> Run:
    """Somebody at the desk opens a request to erase, with its preview, after another one."""
    member = officer(world)
    crowd(world, LISTED)  # those in the list beside it
    for _ in range(2):
        person = world.person(secrets.token_hex(4))
        body = {"right": "erase", "details": "All of it, please."}
        asking = world.http("requests", "POST", "/v1/requests", headers=person.headers, body=body)
        at = {"id": json.loads(done(asking(), 201)["body"])["id"]}
        headers = _kept(member)
        run = world.http("desk_requests", "GET", "/desk/requests/{id}", headers=headers, at=at)
        done(run(), 200)
    return run


def _desk(path: str, **query: str) -> Callable[[World], Run]:
    """Somebody at the desk opens a page of reports once more: the audit has begun."""

    def opened(world: World) -> Run:
        headers = _kept(officer(world))
        first = world.http("desk_reports", "GET", FAILED, headers=headers)
        done(first(), 200)
        return world.http("desk_reports", "GET", path, headers=headers, query=query)

    return opened


def _notices(world: World) -> Run:
    """Somebody at the desk opens the lists of drafts and versions."""
    return world.http("desk_notices", "GET", _NOTICES, headers=_kept(officer(world)))


def _draft(world: World) -> Run:
    """Somebody at the desk opens the page of a draft that changes something."""
    document = next_version(world)
    done(posting(world, f"/v1{_NOTICES}", document=document)(), 201)
    at = {"version": document["version"]}
    headers = _kept(officer(world))
    return world.http("desk_notices", "GET", f"{_NOTICES}/{{version}}", headers=headers, at=at)


OPERATIONS: tuple[Operation, ...] = (
    Operation(HOME, "site", _open("site", "/"), 200),
    Operation(NOTICE, "notices", _notice, 200),
    Operation(SIGN_IN, "sessions", _open("sessions", "/sign-in"), 200),
    Operation(CHOICES, "consents", _choices, 200),
    Operation(SAVED, "consents", _saving, 303),
    Operation(REQUEST, "requests", _request, 200),
    Operation(SOUGHT, "desk_subjects", _searching, 303),
    Operation(PERSON, "desk_subjects", _person, 200),
    Operation(DESK_LIST, "desk_requests", _desk_list, 200),
    Operation(DESK_REQUEST, "desk_requests", _desk_request, 200),
    Operation(MONTH, "desk_reports", _desk("/desk/retention"), 200),
    Operation(FAILURES, "desk_reports", _desk(FAILED), 200),
    Operation(ACTIVITIES, "desk_reports", _desk("/desk/processing"), 200),
    Operation(ENTRIES, "desk_reports", _desk("/desk/audit"), 200),
    Operation(NOTICE_LIST, "desk_notices", _notices, 200),
    Operation(DRAFT, "desk_notices", _draft, 200),
)
"""The pages of the cost book."""


def weights(made: World) -> Mapping[str, Weight]:
    """What the pages of the cost book weigh, by the name of the operation that opens one."""
    found = {}
    for one in OPERATIONS:
        if one.status == 200:
            text = str(done(one.prepare(made)(), 200)["body"]).encode()
            found[one.name] = Weight(len(text), len(gzip.compress(text)))
    return found


def main() -> None:
    """Weighs the pages and prints what was found."""
    with tempfile.TemporaryDirectory(prefix="riserbo-bench-") as folder:
        _weigh(Path(folder))


def _weigh(folder: Path) -> None:
    with services(folder) as local, world(local) as made:
        for name, one in weights(made).items():
            sys.stdout.write(f"{name:32}{one.plain:9,} bytes{one.zipped:9,} zipped\n")


if __name__ == "__main__":
    main()
