"""The desk lists what waits and decides: what is answered, stored, recorded, and refused."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.retention.reviews.model import AGAIN
from chalicelib.subjects.model import Limits
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from functions.http import desk_subjects
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.desk.member import words
from tests.unit.desk.office import OFFICER, OTHER, READER
from tests.unit.desk.people import opens
from tests.unit.holds.keeper import sk_of
from tests.unit.retention.reviews.reviewing import DAY, REASON, Reviewing
from tests.unit.storage.tables import Killed

ALL_STEPS = range(12)


def waiting(office: Reviewing, *ids: str) -> None:
    office.over(*ids)
    office.sweep()


class TestList:
    def test_says_what_waits_by_which_rule_and_since_when(self, office: Reviewing) -> None:
        waiting(office, "r1")
        (shown,) = office.reviews()["items"]
        rule = office.notice.rule("request", "closed")
        assert shown["id"] == office.name("r1")
        assert {k: shown[k] for k in ("subject", "kind", "record", "rule", "event", "held")} == {
            "subject": SUBJECT,
            "kind": "request",
            "record": "r1",
            "rule": rule.id,
            "event": "closed",
            "held": False,
        }
        assert (shown["decision"], shown["until"], shown["by"]) == (None, None, None)
        assert shown["since"] < shown["ended_at"] < shown["asked_at"]

    def test_goes_on_page_by_page_the_longest_waiting_first(self, office: Reviewing) -> None:
        for number in range(7):
            waiting(office, f"r{number}")
            office.now += DAY
        found, query = [], {"limit": "3"}
        while True:
            page = office.reviews(**query)
            found += [one["record"] for one in page["items"]]
            if page["next"] is None:
                break
            query = {"limit": "3", "cursor": page["next"]}
        assert found == [f"r{number}" for number in range(7)]

    def test_is_for_the_desk_and_its_readers_and_leaves_no_entry(self, office: Reviewing) -> None:
        waiting(office, "r1")
        assert [one["record"] for one in office.reviews(READER)["items"]] == ["r1"]
        assert office.audited() == []

    def test_refuses_a_cursor_of_another_list(self, office: Reviewing) -> None:
        for cursor in ("eyJpZCI6ImEifQ", "x"):
            sent = office.call(
                "GET",
                "/v1/desk/reviews",
                query={"cursor": cursor},
                handler=desk_subjects.handler,
            )
            assert sent.status == 400

    def test_leaves_out_what_is_gone(self, office: Reviewing) -> None:
        waiting(office, "r1", "r2")
        office._remove(f"S#{SUBJECT}", [sk_of("r1")])
        assert office.waits() == ["r2"]
        assert office.decide("r1").status == 404

    def test_says_what_a_hold_keeps(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.placed(records=[{"kind": "request", "id": "r1"}])
        (shown,) = office.reviews()["items"]
        assert shown["held"] is True


class TestDecision:
    def test_is_an_entry_of_the_audit_and_its_reason_is_sealed(self, office: Reviewing) -> None:
        waiting(office, "r1")
        until = office.now + 100 * DAY
        sent = office.keep("r1", until)
        assert sent.status == 200, sent.text
        assert (sent.json["decision"], sent.json["by"]) == ("keep", OFFICER)
        (entry,) = office.audited()
        assert (entry.action, entry.by, entry.subject) == ("review_kept", OFFICER, SUBJECT)
        item = office.review("r1")
        assert item is not None
        key = DataKey(SUBJECT, "evidence", b"k" * 32)
        assert vault.open_item(item, key) == {"reason": REASON}
        assert REASON not in repr([{**raw, "sealed": ""} for raw in office.tables.items.values()])
        assert item.shelf is None
        assert office.date("r1") == until

    def test_to_erase_makes_the_record_due_at_once(self, office: Reviewing) -> None:
        waiting(office, "r1")
        assert office.decide("r1").json["decision"] == "erase"
        assert office.date("r1") == office.now
        assert office.actions() == ["review_erased"]

    def test_again_changes_nothing(self, office: Reviewing) -> None:
        waiting(office, "r1")
        first = office.decide("r1")
        before = dict(office.tables.items)
        again = office.decide("r1")
        assert (again.status, again.json) == (200, first.json)
        kept = {place: raw for place, raw in office.tables.items.items() if place in before}
        assert kept == before
        assert office.actions() == ["review_erased"]

    def test_of_somebody_else_afterwards_is_too_late(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.keep("r1", office.now + DAY)
        assert office.refused(office.decide("r1", OTHER)) == (409, "too-late")
        assert office.refused(office.keep("r1", office.now + DAY, OTHER)) == (409, "too-late")
        assert office.actions() == ["review_kept"]

    def test_two_at_once_and_one_counts(self, office: Reviewing) -> None:
        waiting(office, "r1")
        other: list[Any] = []
        office.steps.meanwhile["commit"] = [
            lambda: other.append(office.keep("r1", office.now + DAY, OTHER))
        ]
        late = office.decide("r1")
        assert other[0].status == 200
        assert office.refused(late) == (409, "too-late")
        assert office.actions() == ["review_kept"]
        assert office.date("r1") == office.now + DAY

    def test_of_what_was_renewed_at_this_moment_is_not_found(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.steps.meanwhile["commit"] = [
            lambda: office.closed("r1", due_at=office.now + 400 * DAY)
        ]
        assert office.decide("r1").status == 404
        assert (office.audited(), office.date("r1")) == ([], office.now + 400 * DAY)

    def test_of_what_is_gone_at_this_moment_is_not_found(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.steps.meanwhile["commit"] = [lambda: office._remove(f"S#{SUBJECT}", [sk_of("r1")])]
        assert office.decide("r1").status == 404
        assert not office.there(sk_of("r1"))

    def test_to_erase_waits_for_a_hold(self, office: Reviewing) -> None:
        waiting(office, "r1")
        name = office.placed(records=[{"kind": "request", "id": "r1"}])
        assert office.refused(office.decide("r1")) == (409, "held")
        office.lift(name)
        assert office.decide("r1").status == 200

    def test_a_hold_at_this_moment_is_met(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.steps.meanwhile["commit"] = [
            lambda: office.placed(records=[{"kind": "request", "id": "r1"}])
        ]
        assert office.refused(office.decide("r1")) == (409, "held")

    def test_what_is_held_can_be_kept_and_stays_out_of_the_lane(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.placed(records=[{"kind": "request", "id": "r1"}])
        assert office.keep("r1", office.now + 9 * DAY).status == 200
        assert (office.lane_of(sk_of("r1")), office.date("r1")) == (None, office.now + 9 * DAY)

    def test_to_erase_waits_for_a_restriction(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.tables.put(standing_item(replace(standing(SUBJECT), limits=Limits(restricted=1))))
        assert office.refused(office.decide("r1")) == (409, "held")
        assert office.keep("r1", office.now + DAY).status == 200

    def test_of_somebody_whose_erasure_began_is_not_found(self, office: Reviewing) -> None:
        waiting(office, "r1")
        office.mark("erasing")
        assert office.decide("r1").status == 404

    @pytest.mark.parametrize("name", ["x", "a" * 26, f"{'a' * 26}.{'b' * 32}", f"{'a' * 90}.b"])
    def test_of_nothing_is_not_found(self, office: Reviewing, name: str) -> None:
        body = {"decision": "erase", "reason": REASON}
        sent = office.call(
            "POST",
            "/v1/desk/reviews/{id}",
            body,
            at={"id": name},
            handler=desk_subjects.handler,
        )
        assert sent.status in (400, 404)

    def test_is_no_readers(self, office: Reviewing) -> None:
        waiting(office, "r1")
        assert office.decide("r1", READER).status == 403
        assert office.decide("r1", None).status == 401
        assert office.audited() == []

    @pytest.mark.parametrize(
        ("members", "pointers"),
        [
            ({"decision": "keep"}, {""}),
            ({"decision": "keep", "until": NOW.isoformat()}, {"/until"}),
            (
                {"decision": "keep", "until": NOW.replace(year=NOW.year + 3).isoformat()},
                {"/until"},
            ),
            ({"until": (NOW + DAY).isoformat()}, {""}),
            ({"reason": " \n"}, {"/reason"}),
            ({"reason": "a\u0000b"}, {"/reason"}),
            ({"decision": "perhaps"}, {"/decision"}),
        ],
    )
    def test_all_that_is_wrong_is_said_and_nothing_kept(
        self, office: Reviewing, members: dict[str, Any], pointers: set[str]
    ) -> None:
        waiting(office, "r1")
        sent = office.decide("r1", **members)
        assert sent.status == 400
        found = {one["pointer"] for one in sent.json["errors"]}
        assert found >= pointers - {""}, found
        assert (office.audited(), office.waits()) == ([], ["r1"])

    def test_is_for_two_years_at_most(self, office: Reviewing) -> None:
        waiting(office, "r1")
        assert office.keep("r1", NOW.replace(year=NOW.year + 2)).status == 200

    @pytest.mark.parametrize("step", ALL_STEPS)
    @pytest.mark.parametrize("decision", ["keep", "erase"])
    def test_that_dies_at_any_call_is_whole_or_nothing(
        self, office: Reviewing, decision: str, step: int
    ) -> None:
        waiting(office, "r1")

        def act() -> Any:
            if decision == "erase":
                return office.decide("r1")
            return office.keep("r1", NOW + 50 * DAY)

        office.steps.kill_before(step)
        with suppress(Killed):
            act()
        office.steps.revive()
        date = office.date("r1")
        done = office.actions()
        assert (date == NOW + AGAIN) is (done == []), "both or neither"
        assert act().status == 200
        assert len(office.actions()) == 1


def test_an_erasure_of_the_person_takes_what_waits_with_it(office: Reviewing) -> None:
    waiting(office, "r1")
    item = office.standing()
    item.schedule("rule", office.now, "disowned", office.now)
    office.tables.put(item)
    office.sweep()
    assert (office.review("r1"), office.waits()) == (None, [])


def test_the_page_of_a_person_says_what_waits_and_no_more_once_it_is_decided(
    office: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    assert "Waiting for a decision" not in words(opens(office, SUBJECT))
    waiting(office, "r1", "r2")
    text = words(opens(office, SUBJECT))
    assert "Waiting for a decision" in text
    assert text.count("Request") >= 2
    for one in ("r1", "r2"):
        assert office.decide(one).status == 200
    assert "Waiting for a decision" not in words(opens(office, SUBJECT))
