"""The desk reads a request and acts on it: moves, grounds, words, and the entry of each act."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kinds.model import Record
from chalicelib.notices.model import LegalBasis
from chalicelib.requests.grounds import ARTICLES, Ground, Right
from chalicelib.requests.machine import Action
from chalicelib.requests.service import casework
from chalicelib.requests.store import MessageItem, OpenRequestItem, RegisterItem
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import StandingItem
from chalicelib.vault.store import DataKeyItem
from functions.kinds import registry
from tests.unit.core.samples import NOW, SUBJECT, shipped
from tests.unit.desk.office import OFFICER, OTHER, READER, REASON, REQUESTS, Office
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)


class TestReading:
    def test_shows_the_clock_the_words_and_what_approving_would_do(self, office: Office) -> None:
        changes = {"identity": {"name": "Bea"}}
        request = office.entered("rectify", details="My name.", changes=changes)["id"]
        shown = office.read(request)
        assert (shown["id"], shown["subject"], shown["status"]) == (request, SUBJECT, "received")
        assert shown["details"] == "My name."
        assert shown["changes"] == {"identity": {"name": "Bea"}}
        assert shown["person"] == {
            "subject": SUBJECT,
            "kind": "account",
            "state": "active",
            "restricted": False,
        }
        assert shown["clock"]["counted_from"] == shown["received_on"]
        assert shown["preview"]["done"] == "by_job"
        assert (shown["messages"], shown["waiting"], shown["identified_by"]) == ([], [], None)

    def test_is_an_entry_of_the_audit_each_time(self, office: Office) -> None:
        request = office.ask("port")
        office.read(request)
        office.read(request, by=READER)
        assert [(one.by, one.action, one.subject, one.request) for one in office.audited()] == [
            (OFFICER, "request_read", SUBJECT, request),
            (READER, "request_read", SUBJECT, request),
        ]

    def test_shows_nothing_where_the_look_is_not_recorded(self, office: Office) -> None:
        request = office.ask("port", details="Somebody's words.")
        office.steps.kill_before(3)
        with pytest.raises(Killed):
            office.read(request)
        office.steps.revive()
        assert office.audited() == []

    def test_of_an_unknown_one_is_404_and_no_entry(self, office: Office) -> None:
        sent = office.call("GET", f"{REQUESTS}/{{id}}", at={"id": "z" * 26})
        assert sent.status == 404
        assert office.audited() == []

    def test_previews_an_objection_and_an_erasure(self, office: Office) -> None:
        objection = office.read(office.ask("object", purposes=("improvement",)))["preview"]
        assert objection["decisions"] == {"improvement": "objected"}
        erasure = office.read(office.ask("erase"))["preview"]
        assert erasure["done"] == "by_job"
        assert "entry" in erasure["kept"]
        assert set(erasure["erased"]) == set(shipped().categories) - {"evidence"}


class TestActing:
    def test_extends_once_until_the_first_due_day(self, office: Office) -> None:
        request = office.ask("port")
        after = office.done(request, "extend", ground="complexity", reason=REASON)
        assert after["extended"]
        assert after["history"][-1]["reason"] == "complexity"
        assert office.stored(request).shelf_at == office.stored(request).answer_due_at
        again = office.refused(request, "extend", ground="number", reason=REASON)
        assert again == (409, "move-not-allowed")
        late = office.ask("erase")
        office.now += 40 * DAY
        assert office.refused(late, "extend", ground="number", reason=REASON) == (409, "too-late")

    def test_refuses_with_a_ground_and_tells_it(self, office: Office) -> None:
        changes = {"identity": {"name": "Bea"}}
        request = office.entered("rectify", changes=changes)["id"]
        after = office.done(request, "refuse", ground="accurate", text="It is right as it is.")
        assert (after["status"], after["outcome"]) == ("refused", "refused")
        assert not office.tables.all(OpenRequestItem)
        office.work_off()
        assert len(office.ses.taken) == 2  # receipt and refusal
        shown = office.read(request)
        assert [one["text"] for one in shown["messages"]] == ["It is right as it is."]
        assert shown["preview"] is None
        assert [one.action for one in office.audited()][1:] == ["request_refused", "request_read"]

    def test_pauses_and_goes_on(self, office: Office) -> None:
        request = office.ask("copy")
        after = office.done(request, "pause", ground="clarification", text="Which year?")
        assert (after["status"], after["history"][-1]["reason"]) == ("paused", "clarification")
        office.work_off()
        assert office.events(request)[-1] == "question_mailed"
        office.now += 4 * DAY
        after = office.done(request, "resume")
        assert after["status"] == "in_progress"
        assert [pause["days"] for pause in after["clock"]["pauses"]] == [4]

    def test_approves_and_completes_by_hand(self, office: Office) -> None:
        request = office.ask("review")
        assert office.done(request, "approve")["status"] == "in_progress"
        assert office.refused(request, "refuse", ground="no_decision") == (409, "move-not-allowed")
        after = office.done(request, "complete", text="A person looked at it: the answer stands.")
        assert (after["status"], after["completed_at"] is None) == ("completed", False)
        assert office.refused(request, "complete") == (409, "move-not-allowed")
        assert office.stored(request).shelf == "closed#2026-11"

    def test_approves_an_objection_in_one_go(self, office: Office) -> None:
        request = office.ask("object", purposes=("improvement",))
        after = office.done(request, "approve")
        assert after["status"] == "completed"
        assert [one["event"] for one in after["history"]][-2:] == ["approve", "complete"]
        assert [one["by"] for one in after["history"]][-2:] == ["desk", "system"]

    def test_notes_in_any_status_and_tells_nobody(self, office: Office) -> None:
        request = office.ask("port")
        office.work_off()
        office.done(request, "note", text="Called back.")
        office.done(request, "refuse", ground="not_covered")
        office.done(request, "note", text="The file lies in the archive.")
        office.work_off()
        assert len(office.ses.taken) == 2
        shown = office.read(request)
        assert [one["text"] for one in shown["messages"]] == [
            "Called back.",
            "The file lies in the archive.",
        ]
        assert shown["status"] == "refused"

    def test_lifts_only_what_restricts(self, office: Office) -> None:
        request = office.ask("port")
        office.done(request, "refuse", ground="not_covered")
        assert office.refused(request, "lift") == (409, "move-not-allowed")
        restriction = office.entered("restrict", purposes=["improvement"])["id"]
        office.done(restriction, "approve")
        assert office.done(restriction, "lift")["history"][-1]["event"] == "lift"

    def test_words_are_sealed_and_nowhere_else(self, office: Office) -> None:
        request = office.ask("port")
        office.done(request, "extend", ground="number", reason=REASON)
        (message,) = office.tables.all(MessageItem)
        assert message.sealed is not None
        assert REASON not in repr([{**raw, "sealed": ""} for raw in office.tables.items.values()])


class TestErasure:
    """A person is being erased while the desk reads and acts: their keys are gone first."""

    @pytest.fixture
    def request_id(self, office: Office) -> str:
        shown = office.entered("rectify", details="Mine.", changes={"identity": {"name": "Bea"}})
        office.done(shown["id"], "note", text="Called back.")
        for key in office.tables.all(DataKeyItem):
            office.tables.items.pop((True, key.pk, key.sk))
        return str(shown["id"])

    def test_what_was_sealed_is_not_shown(self, office: Office, request_id: str) -> None:
        shown = office.read(request_id)
        assert (shown["details"], shown["changes"], shown["messages"]) == (None, {}, [])
        assert shown["status"] == "received"

    @pytest.mark.parametrize(
        ("action", "members"),
        [
            ("note", {"text": "Too late."}),
            ("refuse", {"ground": "accurate"}),
            ("extend", {"ground": "number", "reason": REASON}),
            ("approve", {}),
            ("complete", {}),
        ],
    )
    @pytest.mark.parametrize("gone", [False, True])
    def test_no_act_is_answered_with_a_failure(
        self, office: Office, request_id: str, action: str, members: dict[str, str], gone: bool
    ) -> None:
        office.stop(Life.ERASING)
        if gone:
            (item,) = (one for one in office.tables.all(StandingItem) if SUBJECT in one.pk)
            office.tables.items.pop((False, item.pk, item.sk))
        assert office.does(request_id, action, **members).status in (200, 409)

    def test_of_a_request_that_is_gone_is_404(self, office: Office, request_id: str) -> None:
        item = office.stored(request_id)
        office.tables.items.pop((False, item.pk, item.sk))
        sent = office.call("GET", f"{REQUESTS}/{{id}}", at={"id": request_id})
        assert sent.status == 404
        assert office.does(request_id, "note", text="Nobody.").status == 404
        assert office.listed()["items"] == []


class TestTwoOfficers:
    @pytest.mark.parametrize("second", ["refuse", "extend", "note", "complete"])
    def test_at_once_are_one_act_and_one_409(self, office: Office, second: str) -> None:
        request = office.ask("port")
        members = {
            "refuse": {"ground": "not_covered"},
            "extend": {"ground": "number", "reason": REASON},
            "note": {"text": "Mine."},
            "complete": {},
        }[second]
        first: list[Any] = []

        def meanwhile() -> None:
            first.append(office.does(request, "refuse", OTHER, ground="not_covered"))

        office.steps.meanwhile["commit"] = [meanwhile]
        late = office.does(request, second, **members)
        assert ([one.status for one in first], late.status) == ([200], 409)
        assert [one.by for one in office.audited()] == [OTHER]
        assert office.events(request) == ["submit", "refuse"]

    def test_about_two_requests_are_two_acts(self, office: Office) -> None:
        one, another = office.ask("port"), office.ask("erase")
        done: list[Any] = []
        office.steps.meanwhile["commit"] = [
            lambda: done.append(office.does(another, "refuse", OTHER, ground="no_ground"))
        ]
        office.done(one, "refuse", ground="not_covered")
        assert done[0].status == 200
        assert [(entry.seq, entry.by) for entry in office.audited()] == [(1, OTHER), (2, OFFICER)]

    @pytest.mark.parametrize("step", range(7))
    def test_a_crash_leaves_all_of_it_or_nothing(self, office: Office, step: int) -> None:
        request = office.ask("port")
        office.steps.kill_before(step)
        with suppress(Killed):
            office.does(request, "refuse", ground="not_covered")
        office.steps.revive()
        refused = office.events(request)[-1] == "refuse"
        assert len(office.audited()) == int(refused)
        assert bool(office.tables.all(OpenRequestItem)) is not refused


@pytest.mark.parametrize("right", Right)
def test_every_cell_of_right_and_ground(office: Office, right: Right) -> None:
    """A ground that the law does not know for a right is 409, and changes nothing."""
    known, before = ARTICLES[right], dict(office.tables.items)
    for ground in Ground:
        office.tables.items.clear()
        office.tables.items |= before
        request = _open(office, right)
        if ground in known:
            after = office.done(request, "refuse", ground=str(ground))
            assert (after["status"], after["history"][-1]["reason"]) == ("refused", str(ground))
        else:
            found = office.refused(request, "refuse", ground=str(ground))
            assert found == (409, "ground-not-allowed"), ground


def _open(office: Office, right: Right) -> str:
    """An open request of a right; what is done at once is laid there as if it had to wait."""
    item = office.ask("port")
    stored = office.stored(item)
    stored.right = str(right)
    stored.sealed_fields = frozenset()
    office.tables.put(stored)
    return item


def test_an_objection_to_marketing_alone_is_never_weighed(office: Office) -> None:
    request = _open(office, Right.OBJECT)
    marketing = [one.id for one in shipped().purposes.values() if one.marketing]
    stored = office.stored(request)
    stored.purposes = " ".join(marketing)
    office.tables.put(stored)
    for ground in ("compelling_grounds", "claims", "legal_obligation", "archiving"):
        assert office.refused(request, "refuse", ground=ground) == (409, "ground-not-allowed")
    assert office.done(request, "refuse", ground="not_identified")["status"] == "refused"


def test_an_erasure_stops_at_a_duty_only_where_the_notice_states_one(office: Office) -> None:
    request, stated = _open(office, Right.ERASE), shipped()
    without = {
        name: one
        for name, one in stated.purposes.items()
        if one.basis is not LegalBasis.LEGAL_OBLIGATION
    }
    assert without != stated.purposes
    office.notice = replace(stated, purposes=without)
    found = office.refused(request, "refuse", ground="legal_obligation")
    assert found == (409, "ground-not-allowed")
    office.notice = stated
    assert office.done(request, "refuse", ground="legal_obligation")["status"] == "refused"


class TestQuestions:
    def test_of_identity_never_for_what_came_by_a_session(self, office: Office) -> None:
        request = office.ask("port")
        found = office.refused(request, "pause", ground="identity", text="Who are you?")
        assert found == (409, "ground-not-allowed")

    def test_of_identity_within_five_working_days(self, office: Office) -> None:
        request = office.entered()["id"]  # on Sunday 22 November
        office.now = NOW + 6 * DAY
        assert office.refused(request, "pause", ground="identity") == (409, "too-late")
        office.now = NOW + 5 * DAY
        assert office.done(request, "pause", ground="identity")["status"] == "paused"

    def test_of_meaning_for_a_copy_alone(self, office: Office) -> None:
        request = office.ask("port")
        found = office.refused(request, "pause", ground="clarification", text="Which?")
        assert found == (409, "ground-not-allowed")

    def test_without_an_answer_let_it_be_refused_after_thirty_days(self, office: Office) -> None:
        request = office.entered()["id"]
        office.done(request, "pause", ground="identity")
        office.work_off()
        office.now += 30 * DAY
        found = office.refused(request, "refuse", ground="not_identified")
        assert found == (409, "too-late")
        office.now += 1 * DAY
        after = office.done(request, "refuse", ground="not_identified")
        assert after["status"] == "refused"


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["/action"]),
    ({"action": "erase"}, ["/action"]),
    ({"action": "refuse"}, ["/ground"]),
    ({"action": "refuse", "ground": "complexity"}, ["/ground"]),
    ({"action": "refuse", "ground": "because"}, ["/ground"]),
    ({"action": "extend", "ground": "number"}, ["/reason"]),
    ({"action": "extend", "ground": "number", "reason": "x" * 19}, ["/reason"]),
    ({"action": "extend", "ground": "number", "reason": "x" + " " * 30}, ["/reason"]),
    ({"action": "extend", "ground": "accurate", "reason": REASON}, ["/ground"]),
    ({"action": "pause", "ground": "clarification"}, ["/text"]),
    ({"action": "pause", "ground": "claims", "text": "a"}, ["/ground"]),
    ({"action": "note"}, ["/text"]),
    ({"action": "note", "text": "   "}, ["/text"]),
    ({"action": "note", "text": "a\x00b"}, ["/text"]),
    ({"action": "note", "text": "x" * 4_001}, ["/text"]),
    ({"action": "note", "text": "a", "reason": "b"}, ["/text"]),
    ({"action": "resume", "ground": "identity"}, ["/ground"]),
    ({"action": "approve", "who": "me"}, ["/who"]),
]


@pytest.mark.parametrize(("body", "pointers"), BAD)
def test_what_does_not_fit_is_told_at_once(
    office: Office, body: dict[str, Any], pointers: list[str]
) -> None:
    request = office.ask("copy")
    at = {"id": request}
    sent = office.call("POST", f"{REQUESTS}/{{id}}/actions", body, at=at)
    assert sent.status == 400
    assert [one["pointer"] for one in sent.json["errors"]] == pointers
    assert office.audited() == []


@pytest.mark.parametrize("action", casework.AUDITED)
def test_a_reader_acts_on_nothing(office: Office, action: Action) -> None:
    request = office.ask("port")
    members: dict[str, str] = {"text": "A note."}
    if action in (Action.REFUSE, Action.EXTEND, Action.PAUSE):
        grounds = {Action.REFUSE: "not_covered", Action.EXTEND: "number"}
        members["ground"] = grounds.get(action, "identity")
    if action is Action.EXTEND:
        members = {"ground": "number", "reason": REASON}
    sent = office.does(request, str(action), READER, **members)
    assert (sent.status, sent.json["type"].rpartition(":")[2]) == (403, "staff-only")
    body = {
        "right": "port",
        "subject": SUBJECT,
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
    }
    assert office.call("POST", REQUESTS, body, by=READER).status == 403
    assert office.events(request) == ["submit"]


def test_its_place_in_the_register_goes_with_the_request(office: Office) -> None:
    request = office.ask("port")
    assert len(office.tables.all(RegisterItem)) == 1
    registry().of("request").release(SUBJECT, Record("request", request, {}))
    assert office.tables.all(RegisterItem) == []
