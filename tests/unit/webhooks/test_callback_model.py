"""Who is told of what, where, and what is recorded of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.webhooks.model import (
    GIVEN_UP_AFTER,
    OF_DECISIONS,
    Callback,
    Event,
    Status,
    after_try,
    callback_id,
    callback_of,
    nowhere_to_tell,
    told,
)
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.webhooks.world import BOTH, LISTS, MEASURERS, PARTNERS, SPONSORS, received

CALLBACK = Callback(
    id=callback_id(NOW, "a" * 26),
    event=Event.CONSENT_WITHDRAWN,
    at=NOW,
    subject=SUBJECT,
    recipient=SPONSORS,
    purposes=(LISTS,),
    entry=f"{SUBJECT}.7",
    notice_version="2026-11-22",
)
AGES = datetime(2000, 1, 1), datetime(2099, 1, 1)  # noqa: DTZ001 - what hypothesis takes
LATER = NOW + timedelta(minutes=3)


@pytest.mark.parametrize("event", sorted(set(Event) - OF_DECISIONS))
def test_of_what_concerns_the_person_everybody_is_told(event: Event) -> None:
    disclosed = received(*BOTH, "of_an_earlier_notice") | received(SPONSORS, purpose="surveys")
    assert told(event, disclosed, ()) == dict.fromkeys([*BOTH, "of_an_earlier_notice"], ())
    assert told(event, (), ()) == {}


@pytest.mark.parametrize("event", sorted(OF_DECISIONS))
def test_of_a_decision_those_are_told_who_received_data_for_it(event: Event) -> None:
    disclosed = received(*BOTH) | received(MEASURERS, purpose="site_measurement")
    both = {PARTNERS: (LISTS,), SPONSORS: (LISTS,)}
    assert told(event, disclosed, [LISTS]) == both
    # Nobody hears of a decision about another's purpose.
    measured = {MEASURERS: ("site_measurement",)}
    assert told(event, disclosed, [LISTS, "site_measurement"]) == both | measured
    assert told(event, disclosed, ["surveys", "no_such_purpose"]) == {}
    assert told(event, disclosed, []) == {}


def test_a_message_holds_ids_and_is_the_same_at_every_try() -> None:
    read = callback_of(CALLBACK.target())
    assert read == CALLBACK
    assert read.body() == CALLBACK.body()
    assert json.loads(CALLBACK.body()) == {
        "type": "consent.withdrawn",
        "timestamp": "2026-11-22T16:00:00.123Z",
        "data": {
            "subject": SUBJECT,
            "recipient": SPONSORS,
            "purposes": [LISTS],
            "entry_id": f"{SUBJECT}.7",
            "notice_version": "2026-11-22",
        },
    }


@given(st.lists(st.datetimes(*AGES), min_size=2))
def test_ids_sort_by_time_and_have_no_dot(moments: list[datetime]) -> None:
    made = [callback_id(moment.replace(tzinfo=UTC), ids.new_id()) for moment in sorted(moments)]
    assert [one[:25] for one in made] == sorted(one[:25] for one in made)
    assert len(set(made)) == len(made)
    assert not [one for one in made if "." in one or "#" in one]


def test_tries_are_counted_until_somebody_has_to_look() -> None:
    found = None
    for number in range(1, GIVEN_UP_AFTER + 2):
        found = after_try(CALLBACK, found, "timeout", LATER)
        assert (found.attempts, found.error) == (number, "timeout")
        expected = Status.RETRYING if number < GIVEN_UP_AFTER else Status.FAILED
        assert found.status is expected
        assert (found.updated_at, found.delivered_at) == (LATER, None)
    found = after_try(CALLBACK, found, None, LATER)
    assert (found.status, found.attempts, found.error) == (Status.DELIVERED, 7, None)
    assert (found.created_at, found.delivered_at) == (NOW, LATER)


def test_where_nobody_said_where_nothing_was_tried() -> None:
    found = nowhere_to_tell(CALLBACK, None, LATER)
    assert (found.status, found.attempts, found.error) == (Status.NO_ENDPOINT, 0, None)
    tried = after_try(replace(CALLBACK), None, "http_503", NOW)
    assert nowhere_to_tell(CALLBACK, tried, LATER).attempts == 1
