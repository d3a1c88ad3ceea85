"""Letters of people whom the house does not know: entered, answered, followed, and joined."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import DoneAlready
from chalicelib.kinds.model import Record
from chalicelib.requests.grounds import Right
from chalicelib.requests.model import Asked
from chalicelib.requests.service import access, expiry, letters, messages, proof, unproven, view
from chalicelib.requests.store import (
    ContactItem,
    MessageItem,
    OpenRequestItem,
    RegisterItem,
    RequestItem,
    request_of,
)
from chalicelib.storage import keys, partition
from chalicelib.storage.item import Item
from chalicelib.subjects.model import Life
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from functions.kinds import registry
from tests.unit.accounts.world import ADDRESS, mac
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import OFFICER, OTHER, REQUESTS, Office, good
from tests.unit.storage.tables import Killed

IMPORTED = (access, expiry, letters, proof, unproven, view)
"""Imported before tables take DynamoDB's place."""

DAY = timedelta(days=1)
BEA = "bea@example.com"
LINK = re.compile(r"/requests/(\w+)/confirm\?token=([^\s&]+)")


@pytest.fixture(autouse=True)
def _played(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "address_mac", mac)
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)


def letter(**members: Any) -> dict[str, Any]:
    """A letter that reaches the desk on a Friday; members that are None are left out."""
    whole = {
        "right": "port",
        "email": BEA,
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
        "locale": "en",
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def entered(office: Office, status: int = 201, **members: Any) -> Any:
    return good(office.call("POST", REQUESTS, letter(**members)), status)


def item_of(office: Office, request: str) -> RequestItem:
    return office.stored(request, request)


def link(office: Office) -> tuple[str, str]:
    """The request and the token of the newest mail's link."""
    text = office.ses.taken[-1].get_content()
    found = LINK.search(text)
    assert found, text
    return found[1], found[2]


def followed(office: Office, request: str) -> str:
    """The token of the request, once its person pressed the button behind the receipt's link."""
    office.work_off()
    named, token = link(office)
    assert named == request
    proven = proof.by_link(request, token, office.notice)
    assert proven.token is not None
    return proven.token


def test_it_is_on_the_clock_and_its_receipt_goes_to_the_address(office: Office) -> None:
    shown = entered(office, details="I never signed up.", identified_by="Knows her number.")
    request = shown["id"]
    assert (shown["subject"], shown["status"], shown["channel"]) == (request, "received", "post")
    assert (shown["received_on"], shown["due_on"]) == ("2026-11-20", "2026-12-21")
    assert shown["clock"]["pauses"] == []
    office.work_off()
    (mail,) = office.ses.taken
    assert (mail["To"], "Right: Portability" in office.text()) == (BEA, True)
    assert "In your account" not in office.text()
    read = office.read(request)
    assert (read["details"], read["identified_by"]) == ("I never signed up.", "Knows her number.")
    assert (read["person"]["kind"], read["person"]["state"]) == ("contact", "active")
    assert [(one.action, one.subject, one.request, one.outcome) for one in office.audited()] == [
        ("request_recorded", request, request, "done"),
        ("request_read", request, request, "done"),
    ]
    assert [one["id"] for one in office.listed()["items"]] == [request]


def test_nothing_of_it_lies_in_the_clear(office: Office) -> None:
    entered(office, details="All of Quentin.", identified_by="Passport.")
    stored = repr(list(office.tables.items.values()))
    assert not any(word in stored for word in (BEA, "Quentin", "Passport"))


def test_a_paper_letter_has_neither_address_nor_subject(office: Office) -> None:
    shown = entered(office, email=None, details="Bea Weiss, Via Po 1, Torino: a copy, please.")
    assert shown["status"] == "received"
    office.work_off()
    assert office.ses.taken == []
    office.done(shown["id"], "extend", ground="number", reason="There are many such letters.")
    done = office.done(shown["id"], "complete", text="Sent by post.")
    assert done["status"] == "completed"
    office.work_off()
    assert office.ses.taken == []
    assert office.tables.all(OpenRequestItem) == []
    assert "Torino" in office.read(shown["id"])["details"]


def test_two_paper_letters_are_two_requests(office: Office) -> None:
    first, second = (entered(office, email=None, details=one)["id"] for one in ("Bea.", "Cem."))
    assert first != second
    assert len(office.listed()["items"]) == 2


@pytest.mark.parametrize("action", ["approve", "complete", "refuse"])
@pytest.mark.parametrize("right", ["port", "opt_out", "object", "restrict", "rectify", "copy"])
def test_the_officer_answers_it(office: Office, right: str, action: str) -> None:
    members: dict[str, Any] = {}
    if right in ("object", "restrict"):
        members["purposes"] = ["improvement"]
    if right == "restrict":
        members["ground"] = "claims"
    if right == "rectify":
        members["changes"] = {"identity": {"name": "Bea"}}
    request = entered(office, right=right, **members)["id"]
    if action == "refuse":
        done = office.done(request, "refuse", ground="not_identified")
        assert done["status"] == "refused"
    elif action == "complete":
        assert office.done(request, "complete")["status"] == "completed"
    else:
        done = office.done(request, "approve")
        by_hand = right in ("port", "copy", "rectify")
        assert done["status"] == ("in_progress" if by_hand else "completed")
        if by_hand:
            assert office.done(request, "complete")["status"] == "completed"
    assert office.tables.all(OpenRequestItem) == []
    office.work_off()
    assert office.ses.taken
    assert {one["To"] for one in office.ses.taken} == {BEA}


def test_it_pauses_for_identity_and_the_link_of_its_receipt_answers(office: Office) -> None:
    office.now = NOW
    request = entered(office, received_at=NOW.isoformat())["id"]
    office.work_off()
    _, token = link(office)
    paused = office.done(request, "pause", ground="identity", text="Who are you?")
    assert paused["status"] == "paused"
    office.work_off()
    office.now += 2 * DAY
    proven = proof.by_link(request, token, office.notice)
    shown = proven.request
    assert [str(one.event) for one in shown.request.history[-2:]] == ["prove", "answer"]
    assert (str(shown.request.status), shown.paused_since) == ("in_progress", None)
    assert [pause.days for pause in shown.deadline.pauses] == [2]


def test_the_link_gives_the_token_and_changes_no_clock(office: Office) -> None:
    shown = entered(office)
    request = shown["id"]
    token = followed(office, request)
    own = access.owner(token, request)
    found = view.get(own, request, office.notice)
    assert (str(found.request.status), found.deadline.due_on.isoformat()) == (
        "received",
        shown["due_on"],
    )
    messages.send(own, request, "One more thing.", office.notice)
    assert office.read(request)["messages"][0]["text"] == "One more thing."
    _, again = link(office)
    with pytest.raises(DoneAlready):
        proof.by_link(request, again, office.notice)
    view.cancel(own, request, office.notice)
    assert office.tables.all(OpenRequestItem) == []


def test_the_link_opens_an_answered_one_to_dispute_it(office: Office) -> None:
    request = entered(office)["id"]
    office.work_off()
    _, token = link(office)
    office.done(request, "refuse", ground="not_covered")
    proven = proof.by_link(request, token, office.notice)
    assert str(proven.request.request.status) == "refused"
    assert [str(one.event) for one in proven.request.request.history] == ["submit", "refuse"]
    own = access.owner(proven.token, request)
    shown = messages.dispute(own, request, "Look again.", office.notice)
    assert str(shown.request.status) == "in_progress"
    unproven.ask_again(request, "192.0.2.0/24", office.notice)


def test_the_words_of_a_letter_are_not_refused_for_their_length(office: Office) -> None:
    request = entered(office, details="a" * 3_000)["id"]
    assert entered(office, 200, details="b" * 3_000)["id"] == request
    read = office.read(request)
    assert read["details"] == "a" * 3_000
    assert [one["text"] for one in read["messages"]] == ["b" * 3_000]


def test_a_clarification_is_not_answered_by_the_link(office: Office) -> None:
    request = entered(office, right="copy", received_at=NOW.isoformat())["id"]
    office.work_off()
    _, token = link(office)
    office.done(request, "pause", ground="clarification", text="Which?")
    shown = proof.by_link(request, token, office.notice).request
    assert str(shown.request.status) == "paused"
    assert shown.paused_since is not None
    office.work_off()
    assert len(office.ses.taken) == 2  # the receipt, and the question


def test_the_receipt_comes_once_more_with_a_new_link(office: Office) -> None:
    request = entered(office)["id"]
    office.work_off()
    unproven.ask_again(request, "192.0.2.0/24", office.notice)
    office.work_off()
    assert len(office.ses.taken) == 2
    assert followed(office, request)
    unproven.ask_again(request, "192.0.2.0/24", office.notice)
    office.work_off()
    assert len(office.ses.taken) == 2


def test_it_does_not_expire_and_is_late_as_others_are(office: Office) -> None:
    from chalicelib.requests.service import deadlines

    request = entered(office)["id"]
    office.now += 20 * DAY
    deadlines.watch(office.notice, lambda: timedelta(minutes=5))
    assert str(item_of(office, request).status) == "received"
    office.now += 20 * DAY
    deadlines.watch(office.notice, lambda: timedelta(minutes=5))
    assert str(request_of(item_of(office, request)).history[-1].event) == "delay"
    office.work_off()
    assert BEA in {one["To"] for one in office.ses.taken}


def test_a_later_letter_of_the_address_joins_and_the_earlier_day_counts(office: Office) -> None:
    first = entered(office, details="First.")
    earlier = entered(office, 200, details="Second.", received_at="2026-11-18T09:00:00Z")
    assert (earlier["id"], earlier["received_on"]) == (first["id"], "2026-11-18")
    assert office.read(first["id"])["details"] == "First.\n\nSecond."
    other = entered(office, right="erase")
    assert other["id"] != first["id"]
    office.done(first["id"], "complete")
    assert entered(office)["id"] != first["id"]
    assert [one.outcome for one in office.audited()][:2] == ["done", "joined"]


def test_two_officers_at_once_leave_one(office: Office) -> None:
    ids = list[str]()
    office.steps.meanwhile["commit"] = [lambda: ids.append(entered(office)["id"])]
    joined = good(office.call("POST", REQUESTS, letter(), by=OTHER), 200)
    assert [joined["id"]] == ids
    assert len(office.tables.all(RequestItem)) == 1
    assert {one.by for one in office.audited()} == {OFFICER, OTHER}


def test_the_address_of_an_account_that_is_being_erased_is_a_strangers(office: Office) -> None:
    place = accounts.claim_place(mac(ADDRESS))
    claim = ClaimItem(*place, kind="claim", subject=SUBJECT, password_hash="x", verified_at=NOW)
    office.tables.put(claim)
    assert entered(office, email=ADDRESS)["subject"] == SUBJECT
    office.stop(Life.ERASING)
    again = entered(office, email=ADDRESS)
    assert again["subject"] == again["id"]


def test_an_answer_can_be_disputed_once_and_its_mark_comes_back(office: Office) -> None:
    request = entered(office)["id"]
    token = followed(office, request)
    office.done(request, "complete")
    own = access.owner(token, request)
    messages.dispute(own, request, None, office.notice)
    assert [one.request for one in office.tables.all(OpenRequestItem)] == [request]
    assert entered(office, 200)["id"] == request


def test_all_of_it_goes_with_the_request(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def remove(pk: str, sks: list[str], *, from_keys: bool = False) -> None:
        for sk in sks:
            office.tables.items.pop((from_keys, pk, sk), None)

    def keys_of(pk: str) -> list[str]:
        return [one.sk for one in office.tables.all(DataKeyItem) if one.pk == pk]

    monkeypatch.setattr(partition, "remove", remove)
    monkeypatch.setattr(partition, "keys_of", keys_of)
    request = entered(office, details="Words.")["id"]
    office.done(request, "complete", text="Done.")
    office.work_off()
    registry().of("request").release(request, Record("request", request, {}))
    for kind in (ContactItem, MessageItem, OpenRequestItem, RegisterItem):
        assert office.tables.all(kind) == []
    own = [one for one in office.tables.all(DataKeyItem) if one.pk == keys.subject(request)]
    assert {one.sk for one in own} == {"account", "evidence"}  # they go with the request itself
    assert item_of(office, request) is not None  # it goes after the rest of it


@pytest.mark.parametrize("number", range(12))
def test_a_crash_leaves_one_request_and_one_mail(office: Office, number: int) -> None:
    office.steps.kill_before(number)
    call: Callable[[], object] = lambda: office.call("POST", REQUESTS, letter())  # noqa: E731
    try:
        call()
    except Killed:
        office.steps.revive()
        call()
    office.steps.revive()
    office.work_off()
    assert len(office.tables.all(RequestItem)) == 1
    assert [one["To"] for one in office.ses.taken] == [BEA]
    assert len(office.tables.all(RegisterItem)) == 2
    assert {one.action for one in office.audited()} == {"request_recorded"}
    found: list[Any] = [one for one in office.tables.all(Item) if one.kind == "job"]
    assert found == []


@pytest.mark.parametrize("number", range(8))
def test_a_crash_at_the_proof_loses_no_way_to_the_request(office: Office, number: int) -> None:
    request = entered(office)["id"]
    office.work_off()
    _, token = link(office)
    office.steps.kill_before(number)
    proven = None
    try:
        proven = proof.by_link(request, token, office.notice)
    except Killed:
        office.steps.revive()
    office.steps.revive()
    if proven is None and item_of(office, request).token is None:
        proven = proof.by_link(request, token, office.notice)
    if proven is None:  # the answer was lost: asking again leads to the same request
        again = unproven.make(Asked(Right.PORT), BEA, "en", "192.0.2.0/24", office.notice)
        office.work_off()
        proven = proof.by_link(again, link(office)[1], office.notice)
    assert proven.request.request.id == request
    assert access.owner(proven.token, request).subject == request
    events = [str(one.event) for one in request_of(item_of(office, request)).history]
    assert events == ["submit", "prove"]


class TestWhatWaits:
    """The desk takes up what waits for a mailbox or a second factor that its person has lost."""

    def asked(self, office: Office, email: str = BEA, **members: Any) -> str:
        asked = Asked(Right(members.pop("right", "port")), **members)
        return unproven.make(asked, email, "en", "192.0.2.0/24", office.notice)

    def test_without_an_account(self, office: Office) -> None:
        request = self.asked(office, details="Words.")
        office.now += 2 * DAY
        taken = office.done(request, "resume")
        assert (taken["status"], taken["clock"]["pauses"][0]["days"]) == ("received", 2)
        assert [(one["event"], one["by"]) for one in taken["history"]] == [
            ("submit_by_address", "person"),
            ("prove", "desk"),
        ]
        office.work_off()
        assert "Answer at the latest on" in office.text()
        assert followed(office, request)
        assert entered(office, 200)["id"] == request
        assert "request_resumed" in {one.action for one in office.audited()}
        assert office.refused(request, "resume") == (409, "move-not-allowed")

    @pytest.mark.parametrize("right", ["port", "object", "opt_out"])
    def test_in_an_account_with_a_second_factor(self, office: Office, right: str) -> None:
        place = accounts.claim_place(mac(ADDRESS))
        claim = ClaimItem(*place, kind="claim", subject=SUBJECT, password_hash="x", verified_at=NOW)
        claim.second_factor = True
        office.tables.put(claim)
        purposes = ("improvement",) if right == "object" else ()
        request = self.asked(office, ADDRESS, right=right, purposes=purposes)
        office.work_off()
        waiting = proof.by_link(request, link(office)[1], office.notice)
        assert str(waiting.request.request.status) == "awaiting_verification"
        assert office.refused(request, "approve") == (409, "move-not-allowed")
        taken = office.done(request, "resume")
        done = right == "opt_out"
        assert taken["status"] == ("completed" if done else "received")
        assert bool(office.tables.all(OpenRequestItem)) is not done
        assert office.read(request)["person"]["restricted"] is (right == "object")

    def test_not_beside_another_that_is_open(self, office: Office) -> None:
        first, second = entered(office)["id"], self.asked(office)
        assert office.does(second, "resume").status == 409
        assert str(item_of(office, second).status) == "awaiting_verification"
        office.done(first, "complete")
        assert office.done(second, "resume")["status"] == "received"
