"""Past its end no read answers a record, before any run; before it, and while held, all do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.accounts.service import profile
from chalicelib.consents.service import view as consents
from chalicelib.consents.service import withdrawal
from chalicelib.consents.service.context import Caller, visitor_subject
from chalicelib.decisions.permission import Question, Reason, is_over, permission
from chalicelib.errors import NotFound
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests.service import messages, register, statistics, view
from chalicelib.requests.service.access import Bearer
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.subjects.model import NO_LIMITS, Decided, Decision, Life, Limits
from chalicelib.subjects.store import standing_item
from tests.unit.consents.asked import CONSENT
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, association, shipped, standing
from tests.unit.holds.keeper import DAY, Keeper, sk_of

IMPORTED = (profile, consents, statistics)
TOKEN = "v" * 22
HOUR = timedelta(hours=1)
REQUESTS = "/v1/desk/requests"


def answered(keeper: Keeper) -> str:
    """A request of the person that was answered now."""
    request = keeper.ask("port")
    item: RequestItem = keeper.tables.one(RequestItem, keys.subject(SUBJECT), sk_of(request))
    item.status, item.completed_at = "completed", keeper.now
    rule = keeper.notice.rule("request", "closed")
    item.schedule("rule", rule.ends(keeper.now), rule.event, keeper.now)
    register.shelve(item, keeper.notice)
    keeper.tables.put(item)
    return request


def is_there(read: Callable[[], Any]) -> bool:
    """Whether a read answers something."""
    try:
        return bool(read())
    except NotFound:
        return False


def reads(keeper: Keeper, request: str) -> dict[str, bool]:
    """Which reads of a request answer it."""
    own, notice = Bearer(SUBJECT), keeper.notice
    one = keeper.call("GET", f"{REQUESTS}/{{id}}", at={"id": request}).status
    return {
        "one": is_there(lambda: view.get(own, request, notice)),
        "stored": is_there(lambda: view.stored(own, request, notice)),
        "texts": is_there(lambda: messages.own(own, request, notice)),
        "own list": bool(view.listed(own, None, 10, notice).items),  # type: ignore[arg-type]
        "desk list": bool(
            keeper.call("GET", REQUESTS, query={"closed_in": "2026-11"}).json["items"]
        ),
        "desk": one == 200,
        "search": bool(register.requests_of(SUBJECT, 10, notice)),
        "report": sum(statistics.of_month("2026-11", notice).rights.values()) == 1,
    }


def test_a_request_is_answered_until_its_end_and_not_after(keeper: Keeper) -> None:
    request, over = answered(keeper), keeper.notice.rule("request", "closed").ends(NOW)
    keeper.now = over - HOUR
    assert set(reads(keeper, request).values()) == {True}
    keeper.now = over + HOUR
    assert set(reads(keeper, request).values()) == {False}
    assert keeper.there(sk_of(request)), "no run has removed it"


def test_a_request_that_is_held_is_answered_past_its_end(keeper: Keeper) -> None:
    request, over = answered(keeper), keeper.notice.rule("request", "closed").ends(NOW)
    keeper.now = over - DAY
    keeper.placed(records=[{"kind": "request", "id": request}])
    keeper.now = over + HOUR
    assert set(reads(keeper, request).values()) == {True}


def item_of(event: str | None, since: datetime | None, lane: str | None = "rule") -> Item:
    item = Item("S#a", "evidence#request#r", kind="request")
    if event is not None and since is not None and lane is not None:
        item.schedule(lane, NOW + 9_000 * DAY, event, since)
    return item


REVIEWED = replace(
    shipped(),
    retention={
        name: replace(rule, then="review") if rule.kind == "request" else rule
        for name, rule in shipped().retention.items()
    },
)
LONG_AGO = NOW - 9_000 * DAY


@pytest.mark.parametrize(
    ("item", "notice", "over"),
    [
        (item_of("closed", LONG_AGO), shipped(), True),
        (item_of("closed", LONG_AGO, "stuck"), shipped(), True),
        (item_of("closed", NOW), shipped(), False),
        (item_of("closed", LONG_AGO, "deadline"), shipped(), False),
        (item_of(None, None), shipped(), False),
        (item_of("closed", LONG_AGO), REVIEWED, False),
        (item_of("no_such_event", LONG_AGO), shipped(), False),
    ],
)
def test_the_rule_in_force_decides_what_is_gone(item: Item, notice: Notice, over: bool) -> None:
    assert ends.gone(item, notice, NOW) is over


def test_a_standing_has_no_date_of_the_index() -> None:
    """Activity moves its beginning and leaves the index alone (decision 11)."""
    item = item_of("last_activity", LONG_AGO)
    item.kind = "standing"
    assert not ends.gone(item, shipped(), NOW)


def test_the_moment_itself_is_the_end() -> None:
    rule = shipped().rule("request", "closed")
    item = item_of("closed", NOW)
    assert not ends.gone(item, shipped(), rule.ends(NOW) - timedelta(milliseconds=1))
    assert ends.gone(item, shipped(), rule.ends(NOW))


def test_a_category_that_no_purpose_uses_is_told_until_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = Item("S#a", "account#profile#interests", kind="profile")
    notice = association()
    rule = notice.rule("profile", "withdrawn")
    item.schedule("rule", rule.ends(NOW), rule.event, NOW)
    used = {"newsletter": Decided(Decision.GRANTED, 1, NOW, notice.version)}
    unused, using = standing(), replace(standing(), decisions=used)
    for now, over in ((rule.ends(NOW) - HOUR, set()), (rule.ends(NOW) + HOUR, {"interests"})):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert withdrawal.over([("interests", item)], unused, notice) == over
        assert withdrawal.over([("interests", item)], using, notice) == set()
    assert withdrawal.over([("interests", None)], unused, notice) == set()


ENDS = shipped().rule("standing", "last_decision").ends(NOW)


@pytest.mark.parametrize(
    ("now", "subject", "limits", "over"),
    [
        (ENDS - HOUR, VISITOR, NO_LIMITS, False),
        (ENDS, VISITOR, NO_LIMITS, True),
        (ENDS + HOUR, VISITOR, NO_LIMITS, True),
        (ENDS + HOUR, VISITOR, Limits(held=1), False),
        (ENDS + HOUR, SUBJECT, NO_LIMITS, False),
    ],
)
def test_nothing_is_known_of_a_browser_past_its_end(
    now: datetime, subject: str, limits: Limits, over: bool
) -> None:
    known = standing(subject, Life.ACTIVE)
    known = replace(known, registered_at=NOW, last_activity_at=NOW, limits=limits)
    assert is_over(known, shipped(), now) is over
    answer = permission(Question(subject, CONSENT), known, shipped(), now)
    assert (Reason.ERASED in answer.reasons) is over


def test_a_browser_sees_its_choices_until_its_end(keeper: Keeper) -> None:
    known = standing(visitor_subject(TOKEN), Life.ACTIVE)
    known = replace(known, registered_at=NOW, last_activity_at=NOW)
    keeper.tables.put(standing_item(known))
    over = keeper.notice.rule("standing", "last_decision").ends(NOW)
    caller = Caller(visitor=TOKEN)
    keeper.now = over - HOUR
    assert consents.standing(caller, keeper.notice) is not None
    keeper.now = over + HOUR
    assert consents.standing(caller, keeper.notice) is None
    assert consents.ledger(caller, 0, 10, keeper.notice).entries.items == ()


def test_the_audit_tells_what_its_rule_still_keeps(keeper: Keeper) -> None:
    keeper.ask("port")
    keeper.call("GET", REQUESTS)
    acted = {"action": "note", "text": "Looked at."}
    request = keeper.ask("erase")
    keeper.call("POST", f"{REQUESTS}/{{id}}/actions", acted, at={"id": request})
    (first, *_) = keeper.audited()
    over = keeper.notice.rule("audit", "created").ends(first.at)
    keeper.now = over - HOUR
    assert first in keeper.audited()
    keeper.now = over + HOUR
    assert first not in keeper.audited()
