"""Messages are verified by the library that recipients use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.errors import Conflict, Unprocessable
from chalicelib.webhooks import store
from chalicelib.webhooks.model import BOTH_SECRETS, Event, Status
from tests.receiver import Received, Receiver
from tests.unit.core.samples import SUBJECT
from tests.unit.webhooks.world import PARTNERS, SPONSORS, World, received


def verified(secret: bytes, received: Received) -> dict[str, object]:
    message: dict[str, object] = Webhook(secret).verify(received.body, received.headers)
    return message


def test_a_message_is_verified_with_the_secret_that_was_shown(
    world: World, receiver: Receiver
) -> None:
    secret = world.endpoint(SPONSORS, receiver.url)
    assert len(secret) == 32
    world.notify(Event.ERASED)
    world.work_off()
    (received,) = receiver.received
    message = verified(secret, received)
    assert message["type"] == "subject.erased"
    assert received.id.startswith("msg_")
    with pytest.raises(WebhookVerificationError):
        verified(b"x" * 32, received)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(received.body.replace(b"erased", b"erases"), received.headers)


def test_every_recipient_has_a_secret_of_its_own(world: World, receiver: Receiver) -> None:
    secrets = {one: world.endpoint(one, receiver.url) for one in (PARTNERS, SPONSORS)}
    world.notify(Event.DISOWNED)
    world.work_off()
    assert len(receiver.received) == 2
    for one in receiver.received:
        recipient = one.message["data"]["recipient"]
        verified(secrets.pop(recipient), one)
        with pytest.raises(WebhookVerificationError):
            verified(next(iter(secrets.values()), b"x" * 32), one)
    # Laid at another's place, KMS opens a secret no more.
    item = store.get_endpoint(SPONSORS)
    assert item is not None
    item.sk = store.endpoint_place(PARTNERS)[1]
    world.tables.put(item)
    world.notify(Event.DISOWNED)
    world.deliver()
    assert len(receiver.received) == 2


def test_after_a_change_the_former_secret_verifies_for_a_day(
    world: World, receiver: Receiver
) -> None:
    former = world.endpoint(SPONSORS, receiver.url)
    world.now += timedelta(seconds=1)
    secret = world.endpoint(SPONSORS, receiver.url)
    assert secret != former
    world.notify(Event.RECTIFIED)
    world.work_off()
    (received,) = receiver.received
    assert verified(secret, received) == verified(former, received)
    item = store.get_endpoint(SPONSORS)
    assert item is not None
    item.former_until = world.now
    world.tables.put(item)
    world.notify(Event.RECTIFIED)
    world.work_off()
    verified(secret, receiver.received[1])
    with pytest.raises(WebhookVerificationError):
        verified(former, receiver.received[1])
    assert timedelta(hours=12) <= BOTH_SECRETS <= timedelta(days=2)


def test_a_secret_lies_nowhere_in_the_clear(world: World, receiver: Receiver) -> None:
    world.endpoint(SPONSORS, receiver.url)
    item = store.get_endpoint(SPONSORS)
    assert item is not None
    assert item.secret.startswith(b'[{"recipient": "sponsors"}')  # as KMS wrapped it


@pytest.mark.parametrize(
    ("recipient", "url", "pointers"),
    [
        ("nobody", "https://example.org", ["/recipient"]),
        (SPONSORS, "http://example.org", ["/url"]),
        ("Nobody's", "", ["/recipient", "/url"]),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_told_at_once(
    world: World, recipient: str, url: str, pointers: list[str]
) -> None:
    with pytest.raises(Unprocessable) as refused:
        world.endpoint(recipient, url)
    assert [found.pointer for found in refused.value.findings] == pointers
    assert world.kms.made == 0


def test_who_is_named_no_more_may_move(world: World, receiver: Receiver) -> None:
    """They still have to hear of what they received before."""
    world.endpoint(SPONSORS, receiver.url)
    item = store.get_endpoint(SPONSORS)
    assert item is not None
    item.sk = "endpoint#of_an_earlier_notice"
    world.tables.put(item)
    world.endpoint("of_an_earlier_notice", "https://example.org")
    found = store.get_endpoint("of_an_earlier_notice")
    assert found is not None
    assert found.url == "https://example.org"


def test_of_two_operators_at_once_one_is_told(world: World, receiver: Receiver) -> None:
    def other() -> None:
        world.now += timedelta(seconds=1)
        world.endpoint(SPONSORS, "https://other.example")

    world.steps.meanwhile["kms.generate"] = [other]
    with pytest.raises(Conflict):
        world.endpoint(SPONSORS, receiver.url)
    world.steps.meanwhile["kms.generate"] = [other]
    with pytest.raises(Conflict):
        world.endpoint(SPONSORS, receiver.url)
    found = store.get_endpoint(SPONSORS)
    assert found is not None
    assert found.url == "https://other.example"


def test_an_endpoint_of_another_stage_is_not_called(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.endpoint(SPONSORS, receiver.url)
    monkeypatch.setenv("RISERBO_STAGE", "production")
    world.stands = replace(world.stands, disclosed=received(SPONSORS))
    world.notify(Event.ERASED)
    world.deliver()
    (found,) = world.deliveries()
    assert (found.status, found.error) == (Status.RETRYING, "unfit_url")
    assert found.subject == SUBJECT
    assert receiver.received == []
