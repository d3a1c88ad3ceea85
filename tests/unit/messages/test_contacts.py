"""Proven messages of people without an account are found by their address, as long as they last."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.messages.kinds import PLACES
from chalicelib.messages.service import contacts
from chalicelib.messages.store import MessagePlaceItem
from tests.unit.messages.conftest import EMAIL, NOW, Writer

DAY, SECRET, OTHER = timedelta(days=1), "My parrot is loud", "nobody@example.org"


def texts(writer: Writer, email: str = EMAIL) -> list[str]:
    return [one.text for one in contacts.of_address(writer.mac(email), writer.notice)]


def test_those_that_are_proven_are_found_and_no_others(writer: Writer) -> None:
    made = writer.send(text=SECRET)
    assert texts(writer) == []
    writer.prove(made)
    writer.prove(writer.send(OTHER, text="Not hers."))
    assert texts(writer) == [SECRET]
    (found,) = contacts.of_address(writer.mac(EMAIL), writer.notice)
    assert found.fields == {}


def test_one_that_joins_an_account_is_not_found_any_more(writer: Writer) -> None:
    made = writer.send()
    token = writer.link(made)
    writer.prove(made, token)
    writer.hold_address()
    writer.prove(made, token)
    assert contacts.ids_of(writer.mac(EMAIL)) == []
    assert len(writer.own()) == 1


def test_one_that_a_system_ended_is_not_shown_and_its_place_goes_later(writer: Writer) -> None:
    kept, ended = writer.send(), writer.send()
    for made in (kept, ended):
        writer.prove(made)
    writer.end(ended, ended)
    assert len(texts(writer)) == 1
    writer.now = NOW + 30 * DAY
    assert PLACES.is_used("", kept, "created", writer.notice, writer.now)
    writer.sweep()
    assert contacts.ids_of(writer.mac(EMAIL)) == [kept]
    (entry,) = writer.tables.all(MessagePlaceItem)
    assert entry.due_at is not None
    assert entry.due_at > writer.now


def test_forgotten_there_is_no_entry(writer: Writer) -> None:
    for _ in range(2):
        writer.prove(writer.send())
    contacts.forget(writer.mac(EMAIL))
    assert writer.tables.all(MessagePlaceItem) == []
