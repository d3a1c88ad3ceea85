"""Messages of a browser: they lie with its choices, and follow its person into an account."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.consents.model import Choice
from chalicelib.errors import Conflict
from chalicelib.holds.model import Ground, Hold
from chalicelib.holds.store import hold_item
from chalicelib.requests.service import browsers
from chalicelib.storage import keys
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import StandingItem
from tests.unit.consents.versions import SURVEYS
from tests.unit.messages.conftest import ADA, BROWSER, NETWORK, NOW, TOKEN, Writer
from tests.unit.storage.tables import Killed

SECRET = "My parrot would answer nine"
DAY = timedelta(days=1)


@pytest.fixture
def browser(writer: Writer) -> Writer:
    """A browser in which somebody agreed to surveys."""
    agree(writer)
    return writer


def agree(writer: Writer, choice: Choice = Choice.GRANTED) -> None:
    writer.capture(writer.caller(BROWSER), {SURVEYS: choice}, "banner")


def refused(writer: Writer, kind: str = "survey") -> list[str]:
    before = dict(writer.tables.items)
    with pytest.raises(Conflict) as found:
        writer.write_in_browser(kind)
    assert writer.tables.items == before
    reasons: list[str] = found.value.members["reasons"]
    return reasons


def whole(writer: Writer) -> None:
    """No message is without its key and its date, no key without a message, none is there twice."""
    stored = writer.stored()
    owners = {keys.subject_of(one.pk) for one in stored}
    assert {one for one in (ADA, BROWSER) if writer.data_key(one) is not None} == owners
    assert all(one.due_at is not None and one.lane is not None for one in stored)
    names = [one.sk for one in stored]
    assert len(set(names)) == len(names)


def test_a_browser_that_nobody_asked_has_no_message(writer: Writer) -> None:
    assert refused(writer) == ["erased", "not_asked"]
    assert writer.in_browser() == []


def test_costs_one_read_one_transaction_and_no_key_of_kms(browser: Writer) -> None:
    browser.tables.steps.names.clear()
    browser.write_in_browser()
    assert browser.tables.steps.names == ["batch", "commit"]


def test_is_sealed_and_shown_to_the_browser_alone(browser: Writer) -> None:
    made = browser.write_in_browser(text=SECRET)
    (item,) = browser.stored()
    assert item.pk == keys.subject(BROWSER)
    assert item.due_at == browser.notice.rule("message", "created").ends(NOW)
    assert SECRET not in str(browser.tables.items)
    (own,) = browser.in_browser()
    assert (own.id, own.text) == (made, SECRET)
    assert browser.own() == []


def test_needs_the_yes_that_stands_there_now(browser: Writer) -> None:
    browser.write_in_browser()
    agree(browser, Choice.DENIED)
    assert refused(browser) == ["withdrawn"]
    assert refused(browser, "support") == ["unverified"]


def test_a_withdrawal_right_before_the_commit_wins(browser: Writer) -> None:
    browser.tables.steps.meanwhile["commit"] = [lambda: agree(browser, Choice.DENIED)]
    with pytest.raises(Conflict):
        browser.write_in_browser()
    assert browser.stored() == []
    assert browser.data_key(BROWSER) is None


def test_follows_the_person_who_signs_in_there(browser: Writer) -> None:
    first, second = browser.write_in_browser(text=SECRET), browser.write_in_browser()
    before = {one.sk: (one.due_at, one.due_event, one.written_at) for one in browser.stored()}
    browser.now = NOW + DAY
    browser.sign_in(ADA, TOKEN)
    browser.join()
    assert {one.id: one.text for one in browser.own()} == {first: SECRET, second: "Fine."}
    after = {one.sk: (one.due_at, one.due_event, one.written_at) for one in browser.stored()}
    assert after == before
    assert {one.pk for one in browser.stored()} == {keys.subject(ADA)}
    assert {one.lane for one in browser.stored()} == {keys.lane("rule", keys.subject(ADA))}
    assert browser.in_browser() == []
    whole(browser)


def test_of_a_browser_whose_choices_joined_before_it_follows_too(browser: Writer) -> None:
    browser.sign_in(ADA, TOKEN)
    agree(browser)
    browser.sign_in(ADA, TOKEN)
    agree(browser)
    made = browser.write_in_browser()
    browser.sign_in(ADA, TOKEN)
    browser.join()
    assert [one.id for one in browser.own()] == [made]


def test_a_closed_one_keeps_its_end(browser: Writer) -> None:
    made = browser.write_in_browser()
    ends_at = browser.close_case(made, NOW, BROWSER)
    browser.sign_in(ADA, TOKEN)
    browser.join()
    (own,) = browser.own()
    assert (own.closed_at, own.ends_at) == (NOW, ends_at)


def test_closed_at_this_moment_it_joins_as_closed(browser: Writer) -> None:
    made = browser.write_in_browser()
    browser.sign_in(ADA, TOKEN)
    browser.tables.steps.meanwhile["commit"] = [lambda: browser.close_case(made, NOW, BROWSER)]
    browser.join()
    (own,) = browser.own()
    assert own.closed_at == NOW
    whole(browser)


def test_what_is_written_while_it_joins_is_not_lost(browser: Writer) -> None:
    browser.write_in_browser()
    browser.sign_in(ADA, TOKEN)
    agree(browser)
    more: list[Callable[[], object]] = [browser.write_in_browser]
    browser.tables.steps.meanwhile["commit"] = more
    browser.join()
    whole(browser)
    assert len(browser.stored()) == 2
    browser.sign_in(ADA, TOKEN)
    browser.join()
    assert len(browser.own()) == 2
    whole(browser)


def test_without_messages_a_sign_in_asks_for_nothing(browser: Writer) -> None:
    browser.sign_in(ADA, TOKEN)
    assert not [raw for raw in browser.tables.items.values() if raw["kind"]["S"] == "job"]


def test_killed_before_any_call_each_is_in_one_place() -> None:
    deaths, number = 0, 0
    while True:
        fresh = Writer()
        agree(fresh)
        made = {fresh.write_in_browser(), fresh.write_in_browser()}
        fresh.sign_in(ADA, TOKEN)
        fresh.tables.steps.kill_before(number)
        died = True
        with suppress(Killed):
            fresh.join()
            died = False
        fresh.tables.steps.revive()
        assert {keys.record_id(one.sk) for one in fresh.stored()} == made
        fresh.join()
        whole(fresh)
        assert {one.id for one in fresh.own()} == made
        fresh.close()
        if not died:
            break
        deaths, number = deaths + 1, number + 1
    assert deaths > 5


def test_an_account_that_goes_takes_nothing_in(browser: Writer) -> None:
    browser.write_in_browser()
    browser.sign_in(ADA, TOKEN)
    item = browser.tables.one(StandingItem, keys.subject(ADA), "core#standing#")
    assert item is not None
    item.state = str(Life.ERASING)
    browser.tables.put(item)
    browser.join()
    assert {one.pk for one in browser.stored()} == {keys.subject(BROWSER)}
    assert browser.data_key() is None


def test_what_is_held_with_the_browser_stays_there(browser: Writer) -> None:
    browser.write_in_browser()
    browser.sign_in(ADA, TOKEN)
    held = Hold(
        id="h" * 26,
        subject=BROWSER,
        ground=Ground.CLAIMS,
        placed_at=NOW,
        until=NOW + 30 * DAY,
        by="d" * 26,
        classes=frozenset({"support"}),
    )
    browser.tables.put(hold_item(held))
    item = browser.tables.one(StandingItem, keys.subject(BROWSER), "core#standing#")
    assert item is not None
    item.held = 1
    browser.tables.put(item)
    browser.join()
    assert {one.pk for one in browser.stored()} == {keys.subject(BROWSER)}


def test_it_ends_with_the_browser(browser: Writer) -> None:
    browser.write_in_browser()
    rule = browser.notice.rule("standing", "last_decision")
    browser.now = rule.ends(NOW)
    assert browser.in_browser() == []
    browser.sweep()
    assert browser.stored() == []
    assert browser.data_key(BROWSER) is None


def test_a_browser_that_is_erased_has_no_message_any_more(browser: Writer) -> None:
    browser.write_in_browser()
    browsers.erase(TOKEN, "en", NETWORK, browser.notice)
    item = browser.tables.one(StandingItem, keys.subject(BROWSER), "core#standing#")
    assert item is not None
    item.state = str(Life.ERASING)
    browser.tables.put(item)
    assert browser.in_browser() == []
    assert refused(browser) == ["erased"]
