"""Malformed writes, class by class: each is refused with a problem, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from urllib3 import HTTPHeaderDict

from chalicelib.notices.model import Notice
from functions.http.site import OPERATIONS
from tests.functions import desk, people, tables
from tests.functions.api import Api, whats_wrong_with
from tests.functions.bodies import Accepted, accepted
from tests.functions.commands import make_key
from tests.functions.malformed import Sent, Target, good
from tests.functions.malformed_contents import CLASSES
from tests.functions.stack import DeployedStack
from tests.functions.strangers import all_mail_is_out
from tests.unit.core.samples import shipped

WRITES = (
    "captureConsent",
    "getDecisions",
    "recordDisclosure",
    "handOverRecord",
    "moveRecord",
    "verifyReceipt",
    "issueUnsubscribeLink",
    "recordDecisions",
    "writeMessage",
    "tellActivity",
)
"""Operations against which the whole table runs."""

A_NO = {"recordDecisions"}
"""What is made of a no, which counts whatever else is wrong: `tests/unit/functions/test_no.py`."""

SCOPES = "introspection,accounts,decisions,disclosures,records,answers"
"""What a key may do, so that the body alone is what is refused."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def known(api: Api) -> dict[str, Accepted]:
    """A request that is accepted, for each operation; with all that they need stored."""
    person, (staff, _) = people.signed_in(api), desk.officer(api)
    found = accepted(
        api, person, staff, make_key(api.stack, "malformed", SCOPES, recipient="aws")[1]
    )
    all_mail_is_out(api.stack)
    return found


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        made.headers.clear()
        yield made


def target(id: str, known: dict[str, Accepted], notice: Notice) -> Target:
    """An operation by its id, with what it accepts."""
    (operation,) = [one for one in OPERATIONS if one.id == id]
    schema = operation.body_schema(lambda: notice)
    assert schema is not None
    return Target(operation, known[id], schema)


def send(session: requests.Session, api: Api, to: Target, sent: Sent) -> requests.Response:
    """Sends it as it is: headers may come twice."""
    url = api.base_url + to.operation.path.format(id=to.accepted.id)
    prepared = session.prepare_request(
        requests.Request(to.operation.method, url, data=sent.body or None)
    )
    headers = HTTPHeaderDict()
    own = to.accepted.headers.items() if sent.credentials else ()
    for name, value in (*prepared.headers.items(), *own, *sent.headers):
        headers.add(name, str(value))
    prepared.headers = headers  # type: ignore[assignment]
    return session.send(prepared, timeout=60, allow_redirects=False)


def wrong_about(answer: requests.Response, sent: Sent) -> str:
    """Why an answer is no proper refusal of this; empty if it is one."""
    wrong = whats_wrong_with(answer)
    if wrong:
        return wrong
    if answer.status_code not in sent.expected:
        return f"{answer.status_code} instead of {sorted(sent.expected)}: {answer.text[:200]}"
    if answer.status_code == 400 and not answer.json()["errors"]:
        return f"no findings: {answer.text[:200]}"
    return ""


@pytest.fixture(scope="class")
def _nothing_is_stored(api: Api, known: dict[str, Accepted]) -> Iterator[None]:
    """That all refusals together change no item: to read them all takes seconds.

    But for the last use of a session, which is noted every few minutes.
    """
    before = set(tables.everything(api.stack))
    yield
    changed = before ^ set(tables.everything(api.stack))
    assert [one for one in sorted(changed) if "core#limit#use" not in one] == []


@pytest.mark.usefixtures("_nothing_is_stored")
class TestRefusals:
    @pytest.mark.parametrize("id", [one for one in WRITES if one not in A_NO])
    def test_each_is_a_problem_with_its_status(
        self, api: Api, session: requests.Session, known: dict[str, Accepted], id: str
    ) -> None:
        to, found = target(id, known, shipped()), []
        for name, made in CLASSES.items():
            for sent in made(to):
                wrong = wrong_about(send(session, api, to, sent), sent)
                if wrong:
                    found.append(f"{name}, {sent.body[:80]!r} {sent.headers[:3]}: {wrong}")
        assert found == []


def test_there_are_37_classes_and_each_says_something(known: dict[str, Accepted]) -> None:
    assert len(CLASSES) >= 37
    to = target("captureConsent", known, shipped())
    assert [name for name, made in CLASSES.items() if not list(made(to))] == []


@pytest.mark.parametrize("id", WRITES)
def test_what_they_are_made_of_is_accepted(
    api: Api, session: requests.Session, known: dict[str, Accepted], id: str
) -> None:
    to = target(id, known, shipped())
    answer = send(session, api, to, Sent(good(to)))
    nowhere = {404} if to.accepted.id else set[int]()
    assert answer.status_code in {200, 201, 202, 409} | nowhere, answer.text
