"""What the desk sees: every callback once, what needs a look before what is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import BadRequest
from chalicelib.webhooks import store
from chalicelib.webhooks.model import Callback, Delivery, Event, Status, after_try, callback_id
from chalicelib.webhooks.service import endpoints, inventory
from tests.receiver import Receiver
from tests.unit.core.samples import SUBJECT
from tests.unit.webhooks.world import PARTNERS, SPONSORS, World

GONE = "of_an_earlier_notice"
ERRORS = {Status.RETRYING: "timeout", Status.FAILED: "http_503"}


def put(world: World, recipient: str, status: Status, at: datetime) -> str:
    """A delivery in a status; its id."""
    made = callback_id(at, f"{len(world.deliveries()):026d}")
    callback = Callback(made, Event.ERASED, at, SUBJECT, recipient, (), None, "2026-11-22")
    found = after_try(callback, None, ERRORS.get(status), at)
    after = Delivery(
        **{name: getattr(found, name) for name in Delivery.__slots__} | {"status": status}
    )
    write = world.tables.transaction(world.notice)
    store.put_delivery(write, after, (), at)  # type: ignore[arg-type]
    write.commit()
    return made


@pytest.fixture
def many(world: World) -> list[tuple[str, Status, str]]:
    """Deliveries to three recipients, of every status, as they are to be listed."""
    expected = []
    for recipient in (PARTNERS, GONE, SPONSORS):
        for status in (Status.RETRYING, Status.NO_ENDPOINT, Status.FAILED, Status.DELIVERED):
            moments = [world.now + timedelta(minutes=number) for number in range(3)]
            made = [put(world, recipient, status, moment) for moment in moments]
            expected += [(recipient, status, one) for one in reversed(made)]
    return expected


def pages(
    world: World, recipient: str | None, status: str | None, limit: int
) -> Iterator[tuple[str, Status, str]]:
    """All pages of a list."""
    after: Mapping[str, str] | None = None
    while True:
        asked = inventory.asked(recipient, status)
        found, after = inventory.listed(asked, after, limit, world.notice)
        assert len(found) <= limit
        yield from ((one.recipient, one.status, one.id) for one in found)
        if after is None:
            return


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
@pytest.mark.parametrize("status", [None, *Status])
def test_every_callback_once(
    world: World, many: list[tuple[str, Status, str]], status: str | None, limit: int
) -> None:
    for recipient in (PARTNERS, SPONSORS, GONE, "nobody"):
        expected = [
            one for one in many if one[0] == recipient and (status is None or one[1] == status)
        ]
        assert list(pages(world, recipient, status, limit)) == expected
    named = [one for one in many if one[0] != GONE and (status is None or one[1] == status)]
    assert list(pages(world, None, status, limit)) == named


def test_who_has_an_endpoint_is_listed_though_the_notice_names_them_no_more(
    world: World, many: list[tuple[str, Status, str]], receiver: Receiver
) -> None:
    world.endpoint(SPONSORS, receiver.url)
    item = store.get_endpoint(SPONSORS)
    assert item is not None
    item.sk = f"endpoint#{GONE}"
    world.tables.put(item)
    assert [one.recipient for one in endpoints.listed()] == [GONE, SPONSORS]
    assert list(pages(world, None, None, 7)) == many


@pytest.mark.parametrize(
    "cursor",
    [
        {"recipient": SPONSORS, "status": "no_such", "id": "msg_1"},
        {"recipient": SPONSORS, "status": "failed", "id": "msg_1"},
        {"recipient": PARTNERS, "status": "retrying", "id": "msg_1"},
    ],
)
def test_a_cursor_of_another_list_is_refused(world: World, cursor: dict[str, str]) -> None:
    asked = inventory.asked(SPONSORS, "retrying")
    with pytest.raises(BadRequest) as refused:
        inventory.listed(asked, cursor, 5, world.notice)
    assert [one.pointer for one in refused.value.findings] == ["/query/cursor"]
