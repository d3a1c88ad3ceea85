"""After all that people do here, nothing of them lies anywhere in the clear."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.functions import letters, people, seeded, sinks, tables
from tests.functions.api import Api, ok
from tests.functions.seeded import EMAIL, NEW_EMAIL, SEEDS, Journey, Seeded
from tests.functions.stack import DeployedStack
from tests.functions.workers import worker_away


@pytest.fixture(scope="module", autouse=True)
def began() -> int:
    """When these tests began: nothing that they look for was sent before."""
    return sinks.now()


@pytest.fixture(scope="module")
def journey(stack: DeployedStack) -> Any:
    """Everything once."""
    return seeded.journey(stack)


def test_nothing_of_a_person_lies_anywhere_in_the_clear(
    stack: DeployedStack, journey: Journey, began: int
) -> None:
    looked_at = list(sinks.everywhere(stack, began))
    assert {where.split(" ")[0] for where, _ in looked_at} >= {
        *tables.TABLES,
        "name",
        "log",
    }
    assert any(b"http.answered" in content for where, content in looked_at if "log" in where)
    assert sinks.found_in(looked_at, SEEDS) == []


def test_no_secret_lies_anywhere(stack: DeployedStack, journey: Journey, began: int) -> None:
    assert len(journey.secrets) > 20
    assert sinks.found_in(sinks.everywhere(stack, began), journey.secrets) == []


def test_addresses_in_mails_hold_only_the_token_and_the_language(
    stack: DeployedStack, journey: Journey
) -> None:
    links = [
        link
        for email in (EMAIL, NEW_EMAIL)
        for mail in stack.mails_to(email)
        for link in re.findall(r"https?://\S+", mail["BodyText"])
    ]
    assert len({link.partition("?")[0] for link in links}) >= 6
    assert sinks.found_in([("link", link.encode()) for link in links], SEEDS) == []
    for link in links:
        query = link.partition("?")[2]
        assert re.fullmatch(r"(token=[a-z2-7]{26}\.[A-Za-z0-9_-]{43}&)?lang=(it|en)", query), link


def test_messages_hold_only_ids(stack: DeployedStack, journey: Journey) -> None:
    api = Seeded(stack)
    with worker_away(stack, "mail"):
        body = people.registration(api, NEW_EMAIL, password=seeded.PASSWORD)
        ok(api.post("/v1/accounts", json=body), 202)
        for path in ("/v1/password-resets", "/v1/accounts/verification/resend"):
            ok(api.post(path, json={"email": NEW_EMAIL}), 202)
        waiting = list(sinks.messages(stack))
    assert len(waiting) == 3
    assert sinks.found_in(waiting, SEEDS) == []
    for _, message in waiting:
        assert re.search(rb'"Body": "\{\\"subject\\": \\"[a-z2-7]{26}\\", \\"job\\": ', message)


def test_passwords_are_stored_as_argon2id(stack: DeployedStack, journey: Journey) -> None:
    hashes = [
        item["password_hash"]["S"]
        for item in tables.all_of(stack, "claim")
        if item["subject"]["S"] == journey.person.subject and "password_hash" in item
    ]
    assert len(hashes) == 1
    assert hashes[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_person_is_still_shown_what_is_hidden(stack: DeployedStack, journey: Journey) -> None:
    shown = ok(Api(stack).get("/v1/account", headers=journey.person.headers))
    assert shown["profile"]["identity"]["name"] == seeded.NEW_NAME
    assert shown["profile"]["identity"]["email"] == NEW_EMAIL
    assert letters.about(stack, NEW_EMAIL, letters.PASSWORD_CHANGED)
