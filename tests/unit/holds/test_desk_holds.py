"""The desk places, renews, lists and lifts holds: what is answered, stored, recorded and shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit import model as audit_model
from chalicelib.holds.model import MOST_HOLDS
from chalicelib.instants import instant
from chalicelib.requests.store import request_place
from chalicelib.storage import keys
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from functions.http import desk_subjects
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, standing
from tests.unit.desk.office import OFFICER, OTHER, READER
from tests.unit.holds.keeper import DAY, REASON, Keeper, sk_of


def findings(sent: Any) -> set[str]:
    """Where a body was found wrong."""
    assert sent.status == 400, (sent.status, sent.text)
    return {one["pointer"] for one in sent.json["errors"]}


def requests(*ids: str) -> list[dict[str, str]]:
    """Requests, as a body names them."""
    return [{"kind": "request", "id": one} for one in ids]


class TestPlacing:
    def test_answers_the_hold_and_stores_it_under_its_subject(self, keeper: Keeper) -> None:
        sent = keeper.place(ground="dispute")
        assert sent.status == 201
        shown = sent.json
        assert shown["id"].startswith(f"{SUBJECT}.")
        assert sent.headers["Location"] == f"/v1/desk/holds/{shown['id']}"
        assert {name: shown[name] for name in ("classes", "records", "ground", "reason", "by")} == {
            "classes": ["evidence"],
            "records": [],
            "ground": "dispute",
            "reason": REASON,
            "by": OFFICER,
        }
        (item,) = keeper.stored_holds()
        assert (item.shelf, item.shelf_at, item.due_at) == ("holds", item.until, item.until)
        assert keeper.flag() > 0

    def test_seals_the_reason_and_tells_it_nowhere_else(self, keeper: Keeper) -> None:
        keeper.placed()
        (item,) = keeper.stored_holds()
        key = DataKey(SUBJECT, "evidence", b"k" * 32)
        assert vault.open_item(item, key) == {"reason": REASON}
        assert REASON not in repr([{**raw, "sealed": ""} for raw in keeper.tables.items.values()])

    def test_is_an_entry_of_the_audit_from_which_it_can_be_restored(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        name = keeper.placed(records=requests("r1"))
        (entry,) = keeper.audited()
        assert (entry.action, entry.by, entry.subject) == ("hold_placed", OFFICER, SUBJECT)
        assert entry.hold is not None
        assert f"{SUBJECT}.{entry.hold['id']}" == name
        assert entry.hold["records"] == "evidence#request:r1"
        assert REASON not in repr(entry)
        assert (
            "hold" not in audit_model.Entry(1, NOW, OFFICER, "x", None, None, "done", "").content()
        )

    def test_takes_named_records_out_of_the_lane_and_no_other(self, keeper: Keeper) -> None:
        keeper.closed("r1", "r2")
        before = keeper.dates()
        keeper.placed(records=requests("r1"))
        assert (keeper.lane_of(sk_of("r1")), keeper.lane_of(sk_of("r2"))) == (None, "rule")
        assert keeper.dates()[sk_of("r1")][1] == before[sk_of("r1")][1]

    def test_leaves_an_open_request_in_the_lane_of_its_deadline(self, keeper: Keeper) -> None:
        request = keeper.ask("port")
        keeper.placed(records=requests(request))
        assert keeper.lane_of(sk_of(request)) == "deadline"

    @pytest.mark.parametrize("count", [20, 21, 95, 96, 100])
    def test_takes_all_that_it_may_name(self, keeper: Keeper, count: int) -> None:
        ids = keeper.closed(*(f"r{number:03d}" for number in range(count)))
        name = keeper.placed(records=requests(*ids))
        assert {keeper.lane_of(sk_of(one)) for one in ids} == {None}
        assert keeper.lift(name).status == 204
        assert {keeper.lane_of(sk_of(one)) for one in ids} == {"rule"}

    def test_takes_hundreds_of_a_class(self, keeper: Keeper) -> None:
        ids = keeper.closed(*(f"r{number:03d}" for number in range(250)))
        before = keeper.dates()
        name = keeper.placed()
        assert {keeper.lane_of(sk_of(one)) for one in ids} == {None}
        assert keeper.lift(name).status == 204
        assert keeper.dates() == before
        keeper.sweep()
        assert (keeper.dates(), keeper.flag()) == (before, 0)

    def test_of_nobody_is_404_and_of_somebody_erased_too_late(self, keeper: Keeper) -> None:
        assert keeper.place(subject="z" * 26).status == 404
        for state in ("erasing", "erased"):
            keeper.mark(state)
            sent = keeper.place()
            assert (sent.status, sent.json["type"].rpartition(":")[2]) == (409, "too-late")
        assert (keeper.audited(), keeper.stored_holds()) == ([], [])

    def test_names_records_that_are_there(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        sent = keeper.place(records=requests("r0", "r1", "r2"))
        assert findings(sent) == {"/records/0", "/records/2"}
        assert (keeper.lane_of(sk_of("r1")), keeper.audited(), keeper.flag()) == ("rule", [], 0)

    @pytest.mark.parametrize(
        ("members", "pointers"),
        [
            ({"classes": ["core", "evidence", "nothing"]}, {"/classes/0", "/classes/2"}),
            ({"records": [{"kind": "session", "id": "x"}]}, {"/records/0/kind"}),
            ({"records": [{"kind": "link", "id": "x"}]}, {"/records/0/kind"}),
            ({"records": [{"kind": "limit", "id": "x"}]}, {"/records/0/kind"}),
            ({"records": [{"kind": "idempotency", "id": "x"}]}, {"/records/0/kind"}),
            ({"records": [{"kind": "standing", "id": ""}]}, {"/records/0/kind"}),
            ({"records": [{"kind": "no_such", "id": "x"}]}, {"/records/0/kind"}),
            ({"records": [{"kind": "hold", "id": "x"}]}, {"/records/0/kind"}),
            ({"ground": "because"}, {"/ground"}),
            ({"reason": " \t "}, {"/reason"}),
            ({"reason": "a\u0000b"}, {"/reason"}),
            ({"until": NOW.isoformat()}, {"/until"}),
            ({"until": (NOW + timedelta(days=732)).isoformat()}, {"/until"}),
            (
                {"until": NOW.isoformat(), "reason": " ", "classes": ["core"], "ground": "x"},
                {"/until", "/reason", "/classes/0", "/ground"},
            ),
        ],
    )
    def test_all_that_is_wrong_is_said_and_nothing_kept(
        self, keeper: Keeper, members: dict[str, Any], pointers: set[str]
    ) -> None:
        assert findings(keeper.place(**members)) == pointers
        assert (keeper.audited(), keeper.stored_holds(), keeper.flag()) == ([], [], 0)

    def test_is_for_two_years_at_most(self, keeper: Keeper) -> None:
        assert keeper.place(until=NOW.replace(year=NOW.year + 2).isoformat()).status == 201

    def test_is_on_classes_or_on_records(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        assert keeper.place(classes=["evidence"], records=requests("r1")).status == 400
        assert keeper.place(records=[]).status == 400

    def test_is_bounded(self, keeper: Keeper) -> None:
        keeper.closed(*(f"r{number}" for number in range(MOST_HOLDS + 1)))
        for number in range(MOST_HOLDS):
            keeper.placed(records=requests(f"r{number}"))
        assert keeper.place(records=requests(f"r{MOST_HOLDS}")).status == 409
        assert keeper.place(records=requests("r0")).status == 200


class TestRenewing:
    def test_the_same_again_moves_the_end_of_the_one_that_stands(self, keeper: Keeper) -> None:
        name = keeper.placed()
        keeper.now += 50 * DAY
        sent = keeper.place(by=OTHER, reason="Still pending.")
        assert (sent.status, sent.json["id"]) == (200, name)
        (item,) = keeper.stored_holds()
        assert item.until == item.due_at == item.shelf_at == keeper.now + 100 * DAY
        assert item.placed_at == NOW
        (shown,) = keeper.holds(subject=SUBJECT)["items"]
        assert (shown["reason"], shown["by"]) == ("Still pending.", OTHER)
        assert [one.action for one in keeper.audited()][:2] == ["hold_placed", "hold_renewed"]

    def test_another_ground_or_scope_is_another_hold(self, keeper: Keeper) -> None:
        keeper.placed()
        keeper.placed(ground="dispute")
        keeper.placed(classes=["account"])
        assert len(keeper.stored_holds()) == 3

    def test_one_that_ended_is_placed_anew(self, keeper: Keeper) -> None:
        first = keeper.placed()
        keeper.now += 100 * DAY
        assert keeper.placed() != first


class TestLifting:
    def test_puts_records_back_at_their_own_dates(self, keeper: Keeper) -> None:
        keeper.closed("r1", "r2")
        before = keeper.dates()
        name = keeper.placed()
        assert keeper.dates() != before
        keeper.now += 40 * DAY
        assert keeper.lift(name, by=OTHER).status == 204
        assert keeper.dates() == before
        assert (keeper.flag(), keeper.held().holds) == (0, ())
        assert [(one.action, one.by) for one in keeper.audited()] == [
            ("hold_placed", OFFICER),
            ("hold_lifted", OTHER),
        ]

    def test_leaves_what_another_hold_covers(self, keeper: Keeper) -> None:
        keeper.closed("r1", "r2")
        name = keeper.placed()
        keeper.placed(records=requests("r1"), ground="dispute")
        keeper.lift(name)
        assert (keeper.lane_of(sk_of("r1")), keeper.lane_of(sk_of("r2"))) == (None, "rule")
        assert keeper.flag() > 0

    @pytest.mark.parametrize(
        "name", ["x", f"{SUBJECT}.{'z' * 26}", f"{'z' * 26}.{'z' * 26}", "a.b"]
    )
    def test_of_what_is_none_is_404(self, keeper: Keeper, name: str) -> None:
        assert keeper.lift(name).status == 404

    def test_twice_or_after_its_end_is_404(self, keeper: Keeper) -> None:
        name = keeper.placed()
        assert keeper.lift(name).status == 204
        assert keeper.lift(name).status == 404
        late = keeper.placed(ground="dispute")
        keeper.now += 100 * DAY
        assert keeper.lift(late).status == 404
        assert len(keeper.audited()) == 3

    def test_makes_a_tombstone_due_at_once(self, keeper: Keeper) -> None:
        name = keeper.placed()
        tombstone = keeper.standing()
        tombstone.state, tombstone.due_at = "erased", NOW + 900 * DAY
        keeper.tables.put(tombstone)
        keeper.now += DAY
        assert keeper.lift(name).status == 204
        assert keeper.standing().due_at == keeper.now


class TestListing:
    def test_shows_all_in_the_order_of_their_ends_without_reasons(self, keeper: Keeper) -> None:
        keeper.placed(until=(NOW + 9 * DAY).isoformat())
        keeper.placed(ground="dispute", until=(NOW + 8 * DAY).isoformat())
        page = keeper.holds(by=READER)
        assert [one["ground"] for one in page["items"]] == ["dispute", "claims"]
        assert {one["reason"] for one in page["items"]} == {None}
        assert page["next"] is None
        assert [one.action for one in keeper.audited()] == ["hold_placed"] * 2

    def test_comes_in_pages(self, keeper: Keeper) -> None:
        for number in range(5):
            keeper.closed(f"r{number}")
            keeper.placed(
                records=requests(f"r{number}"), until=(NOW + (9 - number) * DAY).isoformat()
            )
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = keeper.holds(limit="2", **cursor)
            seen += [one["records"][0]["id"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == ["r4", "r3", "r2", "r1", "r0"]

    def test_leaves_out_what_ended(self, keeper: Keeper) -> None:
        keeper.placed(until=(NOW + DAY).isoformat())
        keeper.lift(keeper.placed(ground="dispute"))
        keeper.now += DAY
        assert keeper.holds()["items"] == []
        assert keeper.holds(subject=SUBJECT)["items"] == []

    def test_of_one_person_shows_reasons_and_is_recorded(self, keeper: Keeper) -> None:
        keeper.placed()
        (shown,) = keeper.holds(by=READER, subject=SUBJECT)["items"]
        assert shown["reason"] == REASON
        entry = keeper.audited()[-1]
        assert (entry.action, entry.by, entry.subject) == ("holds_read", READER, SUBJECT)
        assert keeper.holds(subject="z" * 26)["items"] == []


class TestWithoutAccount:
    """Somebody who asked with an address alone has a partition of the request and no standing."""

    @pytest.fixture
    def contact(self, keeper: Keeper) -> str:
        found = "c" * 26
        keeper.tables.put(
            DataKeyItem(
                pk=keys.subject(found),
                sk="evidence",
                kind="data_key",
                material=b"k" * 32,
                created_at=NOW,
            )
        )
        keeper.closed(found, subject=found)
        return found

    def test_is_held_spared_and_let_go(self, keeper: Keeper, contact: str) -> None:
        name = keeper.placed(subject=contact, records=requests(contact))
        assert keeper.place(subject=contact, records=requests(contact)).status == 200
        pk, sk = request_place(contact, contact)
        assert "lane" not in keeper.tables.items[False, pk, sk]
        keeper.now += 20 * DAY
        keeper.sweep()
        assert (False, pk, sk) in keeper.tables.items
        assert keeper.lift(name).status == 204
        assert "lane" in keeper.tables.items[False, pk, sk]
        keeper.sweep()
        assert (False, pk, sk) not in keeper.tables.items

    def test_what_comes_later_is_spared(self, keeper: Keeper, contact: str) -> None:
        keeper.placed(subject=contact)
        keeper.closed(contact, subject=contact)
        keeper.now += 20 * DAY
        assert keeper.sweep() == {"done": 1, "postponed": 1}
        keeper.now += 200 * DAY
        for _ in range(2):
            keeper.sweep()
        assert (False, *request_place(contact, contact)) not in keeper.tables.items
        assert keeper.stored_holds() == []


class TestBrowser:
    def test_choices_of_a_browser_are_held_without_a_call_to_kms(self, keeper: Keeper) -> None:
        _, key = vault.new_visitor_key(VISITOR, "evidence", NOW)
        keeper.tables.put(standing_item(standing(VISITOR)), key)
        name = keeper.placed(subject=VISITOR)
        (shown,) = keeper.holds(subject=VISITOR)["items"]
        assert (shown["id"], shown["reason"]) == (name, REASON)
        assert keeper.lift(name).status == 204


class TestShownElsewhere:
    def test_a_request_says_what_is_kept_and_until_when(self, keeper: Keeper) -> None:
        request = keeper.ask("erase")
        assert keeper.read(request)["kept"] == []
        keeper.placed(records=requests(request), until=(NOW + 50 * DAY).isoformat())
        keeper.placed(classes=["account"], ground="dispute")
        kept = keeper.read(request)["kept"]
        assert ("request", "claims", instant(NOW + 50 * DAY)) in {
            (one["kind"], one["ground"], one["ends_at"]) for one in kept
        }
        assert {one["kind"] for one in kept if one["ground"] == "dispute"} == {
            "profile",
            "email_change",
            "reference",
            "external",
        }

    def test_a_search_says_that_something_is_held_as_long_as_it_is(self, keeper: Keeper) -> None:
        def held() -> bool:
            sent = keeper.call(
                "POST",
                "/v1/desk/subjects/search",
                {"subject": SUBJECT},
                handler=desk_subjects.handler,
            )
            return bool(sent.json["items"][0]["held"])

        assert not held()
        keeper.placed(until=(NOW + DAY).isoformat())
        assert held()
        keeper.now += DAY
        assert not held()
        assert keeper.flag() > 0


def test_a_reader_reads_and_does_nothing(keeper: Keeper) -> None:
    name = keeper.placed()
    assert keeper.place(by=READER, ground="dispute").status == 403
    assert keeper.lift(name, by=READER).status == 403
    assert len(keeper.audited()) == 1


def test_two_officers_at_once_place_one_hold(keeper: Keeper) -> None:
    first: list[Any] = []
    keeper.steps.meanwhile["commit"] = [lambda: first.append(keeper.place(by=OTHER))]
    late = keeper.place()
    assert ([one.status for one in first], late.status) == ([201], 200)
    assert len(keeper.stored_holds()) == 1
    assert [(one.action, one.by) for one in keeper.audited()] == [
        ("hold_placed", OTHER),
        ("hold_renewed", OFFICER),
    ]


def test_a_hold_is_renewed_or_lifted_never_both(keeper: Keeper) -> None:
    keeper.closed("r1")
    name = keeper.placed()
    lifted: list[Any] = []
    keeper.steps.meanwhile["commit"] = [lambda: lifted.append(keeper.lift(name, by=OTHER))]
    late = keeper.place()
    assert ([one.status for one in lifted], late.status) == ([204], 201)
    assert keeper.lane_of(sk_of("r1")) is None
    assert keeper.held().covers("request", "evidence", "r1")
