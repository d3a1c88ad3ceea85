"""A person is erased through the deployed interface: all that goes is gone, the proof stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import requests

from chalicelib.instants import instant
from chalicelib.web.contract import Auth
from tests.functions import deciding, desk, leaving, letters, people, receipts, sinks, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.bodies import accepted
from tests.functions.leaving import Leaver
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.test_requests_by_address import ask, mailed, prove
from tests.functions.waiting import until
from tests.unit.web.accessible import check_accessible

DESK, SEARCH = "/v1/desk/requests", "/v1/desk/subjects/search"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


def closed(api: Api, staff: Person, request: str) -> bool:
    """Whether a request has its answer."""
    found = ok(api.get(f"{DESK}/{request}", headers=staff.headers))
    return bool(found["status"] == "completed")


def test_an_account_is_erased_when_the_desk_approves(
    stack: DeployedStack, api: Api, staff: Person
) -> None:
    person = people.signed_in(api, decisions={"surveys": "granted"})
    body = {"right": "erase", "details": "Everything, please."}
    request = ok(api.post("/v1/requests", headers=person.headers, json=body), 201)["id"]
    shown = ok(api.get(f"{DESK}/{request}", headers=staff.headers))
    assert shown["preview"]["done"] == "by_job"
    assert {"entry", "request"} <= {*shown["preview"]["kept"]}
    actions = f"{DESK}/{request}/actions"
    ok(api.post(actions, headers=staff.headers, json={"action": "approve"}))
    assert until(lambda: closed(api, staff, request))
    left = tables.partition(stack, person.subject)
    assert until(lambda: not tables.of_kind(tables.partition(stack, person.subject), "reply"))
    kinds = {item["kind"]["S"] for item in left} - {"job", "reply"}
    assert kinds == {"tombstone", "entry", "request"}
    assert not tables.partition(stack, person.subject, "AccessTable")
    held = {item["sk"]["S"] for item in tables.partition(stack, person.subject, "KeysTable")}
    assert held == {"evidence"}
    problem(api.get("/v1/account", headers=person.headers), 401)
    problem(api.post("/v1/sessions", json={"email": person.email, "password": PASSWORD}), 401)
    mails = people.mails(stack, person.email)
    assert any("erased" in mail["Subject"] or "cancellato" in mail["Subject"] for mail in mails)
    (stored,) = tables.of_kind(left, "request")
    receipt = stored["receipt"]["S"]
    verdict = ok(api.post("/v1/receipts/verify", json={"receipt": receipt}))
    assert verdict["valid"]
    assert verdict["content"]["subject"] == person.subject
    assert {one["kind"]: one["gone"] for one in verdict["kept"]} == {
        "entry": False,
        "request": False,
    }
    seeds = [person.email, "Everything, please."]
    assert sinks.found_in(sinks.erasures(stack), seeds) == []


def test_some_categories_go_and_the_account_stays(
    stack: DeployedStack, api: Api, staff: Person
) -> None:
    granted = {"mail_measurement": "granted", "surveys": "granted"}
    person = people.signed_in(api, decisions=granted)
    headers = person.headers
    needed = ok(
        api.post(
            "/v1/requests", headers=headers, json={"right": "erase", "categories": ["identity"]}
        ),
        201,
    )
    assert (needed["status"], needed["history"][-1]["reason"]) == ("refused", "still_necessary")
    copy = ok(api.post("/v1/requests", headers=headers, json={"right": "copy"}), 201)["id"]
    assert until(lambda: closed(api, staff, copy))
    assert ok(api.get(f"/v1/requests/{copy}/export", headers=headers))["size"]
    body = {"right": "erase", "categories": ["cookies", "identity", "interaction"]}
    request = ok(api.post("/v1/requests", headers=headers, json=body), 201)["id"]
    preview = ok(api.get(f"{DESK}/{request}", headers=staff.headers))["preview"]
    assert (preview["done"], preview["needed"]) == ("by_job", ["identity"])
    assert preview["erased"] == ["cookies", "interaction"]
    approve = {"action": "approve"}
    ok(api.post(f"{DESK}/{request}/actions", headers=staff.headers, json=approve))
    assert until(lambda: closed(api, staff, request))
    found = ok(api.get(f"/v1/requests/{request}/receipt", headers=headers))
    scope = found["content"]["scope"]
    assert (scope["account"], scope["withdrawn"]) == ("stays", ["mail_measurement"])
    assert [one["category"] for one in scope["needed"]] == ["identity"]
    assert found["content"]["erased"]["records"] == {"export": 1}
    shown = api.get(f"/v1/requests/{request}/receipt?lang=it", headers={**headers, "Accept": HTML})
    check_accessible(shown.text, "it")
    verdict = ok(api.post("/v1/receipts/verify", json={"receipt": found["receipt"]}))
    assert (verdict["valid"], verdict["kept"]) == (True, [])
    standing = ok(api.get("/v1/consents", headers=headers))["standing"]
    assert standing["mail_measurement"]["decision"] == "withdrawn"
    assert standing["surveys"]["decision"] == "granted"
    problem(api.get(f"/v1/requests/{copy}/export", headers=headers), 404)
    assert ok(api.get("/v1/account", headers=headers))["profile"]["identity"]["email"]
    kinds = {item["kind"]["S"] for item in tables.partition(stack, person.subject)}
    assert "profile" in kinds
    assert "export" not in kinds


def test_the_token_of_a_request_opens_the_receipt_also_as_a_document(
    api: Api, staff: Person
) -> None:
    email = people.new_address()
    request = ask(api, email, details="Everything, please.")
    token, _ = mailed(api, email)
    opened = people.bearer(prove(api, request, token=token)["token"])
    path, page = f"/v1/requests/{request}/receipt", {**opened, "Accept": HTML}
    early = problem(api.get(path, headers=opened), 409)
    assert early["type"].endswith(":not-ready")
    refused = api.get(f"{path}?lang=en", headers=page)
    assert refused.status_code == 409
    check_accessible(refused.text, "en")
    body = {"action": "approve"}
    ok(api.post(f"{DESK}/{request}/actions", headers=staff.headers, json=body))
    assert until(lambda: closed(api, staff, request))
    found = ok(api.get(path, headers=opened))
    assert found["content"]["request"] == request
    for language, title in (
        ("it", "Ricevuta della cancellazione"),
        ("en", "Receipt of the erasure"),
    ):
        shown = api.get(f"{path}?lang={language}", headers=page)
        assert shown.status_code == 200
        assert shown.headers["Content-Language"] == language
        assert shown.headers["Cache-Control"] == "no-store"
        said = check_accessible(shown.text, language).said
        assert title in said
        assert found["receipt"] in said
        assert email not in shown.text
    problem(api.get(path, headers={**opened, "Accept": "application/pdf"}), 406)
    problem(api.get(path, headers={"Accept": "application/json"}), 401)


def test_a_browser_is_erased_by_a_letter_and_is_somebody_new_after_it(
    stack: DeployedStack, api: Api, staff: Person
) -> None:
    subject, headers, entry = deciding.browser(api, site_measurement="granted")
    receipt = receipts.fetched(api, headers, entry)["receipt"]
    letter = {
        "right": "erase",
        "subject": subject,
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
    }
    request = ok(api.post(DESK, headers=staff.headers, json=letter), 201)["id"]
    body = {"action": "approve"}
    ok(api.post(f"{DESK}/{request}/actions", headers=staff.headers, json=body))
    assert until(lambda: closed(api, staff, request))
    kinds = {one["kind"]["S"] for one in tables.partition(stack, subject)} - {"job", "reply"}
    assert kinds == {"tombstone", "request"}
    assert receipts.verdict(api, receipt)["valid"]
    unknown = people.visitor(people.new_visitor())
    for path in ("/v1/consents", "/v1/consents/ledger", f"/v1/receipts/{entry}"):
        theirs, others = (api.get(path, headers=one) for one in (headers, unknown))
        assert leaving.answered([theirs]) == leaving.answered([others]), path
        assert theirs.json() == others.json(), path


ERASED, BEGINS = "ha cancellato i Suoi dati", "sta per cancellare"
WAIT = 72 * 3600


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody with everything who is erased by now, and somebody who thought better of it."""

    leaver: Leaver
    request: str
    receipt: str
    stayed: Person
    began: int

    @property
    def subject(self) -> str:
        return self.leaver.person.subject


@pytest.fixture(scope="module")
def left(stack: DeployedStack, api: Api) -> Left:
    """Both ask with their password; one cancels; then 72 hours pass, and schedules run."""
    began = sinks.now()
    gone, stayed = leaving.leaver(api), people.signed_in(api)
    request, taken_back = (leaving.ask_to_be_erased(api, one) for one in (gone.person, stayed))
    letters.wait(stack, leaving.EMAIL, BEGINS)
    cancelled = api.delete(f"/v1/requests/{taken_back}", headers=stayed.headers)
    assert ok(cancelled)["status"] == "cancelled"
    for seconds, state in ((WAIT - 600, 200), (WAIT + 60, 401)):
        stack.move_clock(seconds)
        stack.run_schedule("deadlines")
        assert until(lambda: tables.waiting(stack, "RetentionQueueUrl") == 0)
        assert comes_to(api, gone.person, state)
    receipt = leaving.closing_receipt(letters.wait(stack, leaving.EMAIL, ERASED))
    assert until(lambda: not tables.of_kind(tables.partition(stack, gone.person.subject), "reply"))
    return Left(gone, request, receipt, stayed, began)


def comes_to(api: Api, person: Person, status: int) -> bool:
    """Whether the account of a person is answered with a status in the end."""
    look = "/v1/account"
    return until(lambda: api.get(look, headers=person.headers).status_code == status)


class TestOneWhoLeaves:
    def test_every_door_answers_as_to_somebody_unknown(self, api: Api, left: Left) -> None:
        wrong, tried = [], 0
        for door in leaving.doors():
            theirs = leaving.answered(leaving.knock(api, door, left.leaver.kept, left.leaver.key))
            unknown = leaving.answered(leaving.knock(api, door, leaving.nobody(), left.leaver.key))
            tried += 1
            if theirs != unknown or max(status for status, _ in theirs) >= 500:
                wrong.append((door.id, theirs, unknown))
            if door.auth in (Auth.SESSION, Auth.REQUEST):
                assert {status for status, _ in theirs} <= {401, 404, 410}, (door.id, theirs)
        assert wrong == []
        assert tried > 45
        asked = {"right": "copy"}
        gone = left.leaver
        problem(api.post("/v1/requests", headers=gone.person.headers, json=asked), 401)
        assert requests.get(gone.copy, timeout=10).status_code in (403, 404)

    def test_no_door_of_the_desk_breaks_and_none_finds_the_address(
        self, stack: DeployedStack, api: Api, left: Left
    ) -> None:
        staff = desk.officer(api)[0].headers
        found = api.post(SEARCH, headers=staff, json={"email": leaving.EMAIL})
        assert ok(found)["items"] == []
        proof = ok(api.get(f"{DESK}/{left.request}", headers=staff))
        assert proof["status"] == "completed"
        assert sinks.found_in([("desk", str(proof).encode())], leaving.SEEDS) == []
        before = tables.partition(stack, left.subject)
        as_desk = Person("", staff["Authorization"].removeprefix("Bearer "), left.subject)
        known = accepted(api, as_desk, as_desk, left.leaver.key)
        refused = {
            name: api.post(path, headers=staff, json=dict(known[name].body)).status_code
            for name, path in (("enterRequest", DESK), ("recordDecisions", "/v1/desk/decisions"))
        }
        assert set(refused.values()) <= {404, 409, 410}, refused
        assert tables.partition(stack, left.subject) == before

    def test_a_link_that_ends_mails_says_so_and_changes_nothing(
        self, stack: DeployedStack, api: Api, left: Left
    ) -> None:
        before = tables.partition(stack, left.subject)
        path = f"/v1/unsubscribe/{left.leaver.kept.unsubscribe}"
        assert api.get(path.removeprefix("/v1")).status_code == 200
        assert api.post(path, json={}).status_code == 200
        assert tables.partition(stack, left.subject) == before

    def test_nothing_of_theirs_lies_anywhere(self, stack: DeployedStack, left: Left) -> None:
        looked_at = [*sinks.everywhere(stack, left.began), *leaving.exports(stack)]
        assert {where.split(" ")[0] for where, _ in looked_at} >= {*tables.TABLES, "log", "erasure"}
        assert sinks.found_in(looked_at, leaving.SEEDS) == []
        assert not tables.objects(stack, "ExportsBucket", f"exports/{left.subject}/")
        assert not tables.partition(stack, left.subject, "AccessTable")
        assert not tables.partition(stack, left.subject, "LinksTable")
        keys = tables.partition(stack, left.subject, "KeysTable")
        assert [one["sk"]["S"] for one in keys] == ["evidence"]

    def test_the_ledger_is_verified_from_what_stays(self, stack: DeployedStack, left: Left) -> None:
        assert leaving.chain_holds(stack, left.subject)
        assert receipts.verdict(Api(stack), left.leaver.receipt)["valid"]

    def test_the_closing_receipt_is_verified_by_the_published_key_alone(
        self, api: Api, left: Left
    ) -> None:
        said = receipts.read_with_the_published_key(api, left.receipt)
        assert (said["subject"], said["request"]) == (left.subject, left.request)
        assert said["erased"]["records"]["profile"] >= 1
        assert said["recipients_told"] == ["sponsors"]
        assert sinks.found_in([("receipt", str(said).encode())], leaving.SEEDS) == []
        verdict = receipts.verdict(api, left.receipt)
        assert verdict["valid"]
        assert {one["kind"] for one in verdict["kept"]} == {"disclosure", "entry", "request"}
        assert not any(one["gone"] for one in verdict["kept"])
        changed = left.receipt[:-6] + "AAAAAA"
        assert not receipts.verdict(api, changed)["valid"]

    def test_the_address_is_free_and_its_next_account_is_another(
        self, api: Api, left: Left
    ) -> None:
        before = len(letters.about(api.stack, leaving.EMAIL, letters.VERIFY))
        people.register(api, leaving.EMAIL)
        mail = letters.wait(api.stack, leaving.EMAIL, letters.VERIFY, before + 1)
        ok(api.post("/v1/accounts/verification", json=people.proof(letters.token(mail))))
        anew = people.sign_in(api, leaving.EMAIL)
        assert anew.subject != left.subject
        shown = ok(api.get("/v1/account", headers=anew.headers))
        assert shown["profile"] == {"identity": {"email": leaving.EMAIL}}
        assert ok(api.get("/v1/requests", headers=anew.headers))["items"] == []


def test_one_who_cancels_in_time_keeps_everything(
    stack: DeployedStack, api: Api, left: Left
) -> None:
    stayed = left.stayed
    assert ok(api.get("/v1/account", headers=stayed.headers))["state"] == "active"
    assert people.sign_in(api, stayed.email).subject == stayed.subject
    kinds = {one["kind"]["S"] for one in tables.partition(stack, stayed.subject)}
    assert {"standing", "profile", "entry", "request"} <= kinds
    assert "tombstone" not in kinds
    keys = {one["sk"]["S"] for one in tables.partition(stack, stayed.subject, "KeysTable")}
    assert keys > {"evidence"}


def test_the_proof_is_there_until_its_last_day_and_gone_after_it(
    stack: DeployedStack, api: Api, left: Left
) -> None:
    kept = receipts.verdict(api, left.receipt)["kept"]
    ends = sorted(datetime.fromisoformat(one["ends_at"]) for one in kept)
    erased_at = datetime.now(UTC) + timedelta(seconds=WAIT)
    assert all((one - erased_at).days in range(1824, 1828) for one in ends)
    last_day = ends[0] - timedelta(days=1)
    before = tables.partition(stack, left.subject)
    stays = [one for one in before if "due_at" not in one or one["due_at"]["S"] > instant(last_day)]
    assert len(before) - len(stays) == 1  # the copy, which was answered three days earlier
    sweep(stack, last_day)
    assert tables.partition(stack, left.subject) == stays
    assert tables.partition(stack, left.subject, "KeysTable")
    assert leaving.chain_holds(stack, left.subject)
    assert not any(one["gone"] for one in receipts.verdict(api, left.receipt)["kept"])
    sweep(stack, ends[-1] + timedelta(days=1))
    assert tables.partition(stack, left.subject) == []
    assert tables.partition(stack, left.subject, "KeysTable") == []
    verdict = receipts.verdict(api, left.receipt)
    assert verdict["valid"]
    assert all(one["gone"] for one in verdict["kept"])


def sweep(stack: DeployedStack, at: datetime) -> None:
    """Puts the clock there, and lets the sweep do what is due, which it says is everything."""
    stack.move_clock(int((at - datetime.now(UTC)).total_seconds()))
    swept = stack.sweep()
    assert (swept["failed"], swept["left"]) == (0, 0)
