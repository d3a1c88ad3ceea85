"""Messages by an address alone: the same for every address, and in an account once it is proven."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, DoneAlready, NotFound, TooManyRequests, Unprocessable
from chalicelib.jobs.store import JobItem
from chalicelib.messages.service import proof
from chalicelib.storage import keys
from chalicelib.subjects.model import Life
from chalicelib.vault.store import DataKeyItem
from tests.unit.messages.conftest import ADA, EMAIL, NOW, Writer
from tests.unit.storage.tables import Killed

SECRET, OTHER = "My parrot has forgotten its password", "nobody@example.org"
DAY = timedelta(days=1)


def whole(writer: Writer) -> None:
    """No message is without key and date, no key of the class without a message."""
    stored = writer.stored()
    sealed = {one.pk for one in writer.tables.all(DataKeyItem) if one.sk == "support"}
    assert sealed == {one.pk for one in stored}
    assert all(one.due_at is not None and one.lane is not None for one in stored)


def test_a_known_and_an_unknown_address_take_the_same_calls(writer: Writer) -> None:
    writer.hold_address()
    taken = []
    for email in (EMAIL, OTHER, EMAIL):
        writer.tables.steps.names.clear()
        writer.send(email)
        taken.append(list(writer.tables.steps.names))
    assert taken == [["kms", "kms", "commit", "send"]] * 3


def test_is_sealed_with_its_address_and_has_an_end_from_the_start(writer: Writer) -> None:
    made = writer.send(text=SECRET)
    (item,) = writer.stored()
    assert item.pk == keys.subject(made)
    assert (item.due_event, item.due_since) == ("registered", NOW)
    assert item.due_at == NOW + 7 * DAY
    said = str(writer.tables.items)
    assert SECRET not in said
    assert EMAIL not in said
    assert writer.own() == []
    whole(writer)


def test_never_proven_it_goes_with_its_key_on_its_day(writer: Writer) -> None:
    writer.send()
    writer.now = NOW + 7 * DAY - timedelta(milliseconds=1)
    writer.sweep()
    assert len(writer.stored()) == 1
    writer.now = NOW + 7 * DAY
    writer.sweep()
    assert writer.stored() == []
    whole(writer)


def test_the_mail_says_nothing_of_it_but_the_link(writer: Writer) -> None:
    made = writer.send(text=SECRET)
    mail = writer.mail(made)
    assert mail is not None
    assert mail.address == EMAIL
    assert SECRET not in str(mail.words)
    assert mail.words["ends_at"] <= NOW + 7 * DAY
    assert writer.mail("b" * 26) is None


def test_proven_it_moves_into_the_account_of_the_address(writer: Writer) -> None:
    made = writer.send(text=SECRET)
    writer.hold_address()
    token = writer.link(made)
    writer.now = NOW + DAY
    found = writer.prove(made, token)
    assert (found.id, found.in_account) == (made, True)
    (item,) = writer.stored()
    assert item.pk == keys.subject(ADA)
    assert item.contact is None
    assert (item.due_event, item.due_since) == ("created", NOW)
    assert item.due_at == writer.notice.rule("message", "created").ends(NOW)
    (own,) = writer.own()
    assert (own.id, own.text, own.fields) == (made, SECRET, {})
    whole(writer)
    with pytest.raises(DoneAlready):
        writer.prove(made, token)
    assert writer.mail(made) is None


def test_without_an_account_it_stays_and_the_link_works_once_there_is_one(writer: Writer) -> None:
    made = writer.send(text=SECRET)
    token = writer.link(made)
    writer.now = NOW + DAY
    for _ in range(2):
        assert not writer.prove(made, token).in_account
    (item,) = writer.stored()
    assert (item.due_event, item.due_since) == ("created", NOW)
    assert writer.mail(made) is None
    writer.hold_address()
    assert writer.prove(made, token).in_account
    assert [one.text for one in writer.own()] == [SECRET]
    whole(writer)


def test_the_session_of_the_address_moves_it_without_the_mail(writer: Writer) -> None:
    made = writer.send(text=SECRET)
    bearer = writer.bearers[ADA]
    with pytest.raises(NotFound):
        proof.by_session(bearer, made, writer.notice)
    writer.hold_address()
    assert proof.by_session(bearer, made, writer.notice).in_account
    assert [one.text for one in writer.own()] == [SECRET]
    for message_id in (made, "b" * 26):
        with pytest.raises(NotFound):
            proof.by_session(bearer, message_id, writer.notice)
    other = writer.send(OTHER)
    with pytest.raises(NotFound):
        proof.by_session(bearer, other, writer.notice)
    whole(writer)


def test_the_link_of_another_message_proves_nothing(writer: Writer) -> None:
    first, second = writer.send(), writer.send()
    token = writer.link(second)
    with pytest.raises(Unprocessable):
        writer.prove(first, token)
    writer.now = NOW + 8 * DAY
    with pytest.raises(Unprocessable):
        writer.prove(second, token)
    assert {one.due_event for one in writer.stored()} == {"registered"}


def test_a_form_on_consent_is_not_for_an_address(writer: Writer) -> None:
    before = dict(writer.tables.items)
    with pytest.raises(Conflict) as found:
        writer.send(kind="contest")
    assert found.value.members["reasons"] == ["not_asked"]
    assert writer.tables.items == before


def test_the_account_has_to_permit_it(writer: Writer) -> None:
    made = writer.send()
    writer.hold_address()
    writer.change_life(ADA, Life.DEACTIVATED)
    token = writer.link(made)
    with pytest.raises(Conflict) as found:
        writer.prove(made, token)
    assert found.value.members["reasons"] == ["deactivated"]
    assert {one.due_event for one in writer.stored()} == {"registered"}
    writer.change_life(ADA, Life.ACTIVE)
    assert writer.prove(made, token).in_account


def test_an_address_that_gets_too_many_mails_has_to_wait(writer: Writer) -> None:
    made, refusal = 0, None
    while refusal is None and made < 50:
        try:
            writer.send()
            made += 1
        except TooManyRequests as refused:
            refusal = refused
    assert refusal is not None
    assert int(refusal.headers["Retry-After"]) > 0
    assert len(writer.stored()) == made
    assert len(writer.tables.all(JobItem)) == made


def test_a_system_closes_it_once_proven_and_ends_it_at_any_time(writer: Writer) -> None:
    made = writer.send()
    with pytest.raises(NotFound):
        writer.close_case(made, NOW, made)
    writer.prove(made)
    assert writer.close_case(made, NOW, made) == NOW.replace(year=NOW.year + 2)
    writer.end(made, made)
    assert writer.stored() == []
    whole(writer)
    other = writer.send()
    writer.end(other, other)
    whole(writer)
    with pytest.raises(NotFound):
        writer.end(other, other)


def test_proven_and_never_closed_somebody_decides(writer: Writer) -> None:
    writer.prove(writer.send())
    looked_at = writer.notice.rule("message", "created").ends(NOW)
    writer.now = looked_at
    writer.sweep()
    (item,) = writer.stored()
    assert item.due_at is not None
    assert item.due_at > looked_at
    writer.now = NOW
    whole(writer)


def test_closed_it_goes_with_its_key(writer: Writer) -> None:
    made = writer.send()
    writer.prove(made)
    writer.now = writer.close_case(made, NOW, made)
    writer.sweep()
    assert writer.stored() == []
    whole(writer)


def test_killed_before_any_call_it_is_whole_or_not_there() -> None:
    number, died = 0, True
    while died:
        fresh = Writer()
        fresh.tables.steps.names.clear()
        fresh.tables.steps.kill_before(number)
        died = False
        try:
            fresh.send()
        except Killed:
            died = True
        fresh.tables.steps.revive()
        whole(fresh)
        assert len(fresh.tables.all(JobItem)) == len(fresh.stored())
        fresh.close()
        number += 1
    assert number > 3


@pytest.mark.parametrize("holds", [True, False])
def test_killed_before_any_call_of_the_proof_it_is_in_one_place(holds: bool) -> None:
    number, died = 0, True
    while died:
        fresh = Writer()
        made = fresh.send(text=SECRET)
        if holds:
            fresh.hold_address()
        token = fresh.link(made)
        fresh.tables.steps.kill_before(number)
        died = True
        with suppress(Killed):
            fresh.prove(made, token)
            died = False
        fresh.tables.steps.revive()
        whole(fresh)
        (item,) = fresh.stored()
        with suppress(DoneAlready):
            assert fresh.prove(made, token).in_account is holds
        whole(fresh)
        (item,) = fresh.stored()
        assert item.due_event == "created"
        assert keys.record_id(item.sk) == made
        fresh.close()
        number += 1
    assert number > 3


def test_of_two_presses_at_once_one_moves_it(writer: Writer) -> None:
    made = writer.send()
    writer.hold_address()
    token = writer.link(made)
    more: list[Callable[[], object]] = [lambda: writer.prove(made, token)]
    writer.tables.steps.meanwhile["commit"] = more
    with pytest.raises(DoneAlready):
        writer.prove(made, token)
    assert len(writer.own()) == 1
    whole(writer)
