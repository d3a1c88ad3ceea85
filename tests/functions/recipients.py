"""Recipients of data: where they are told, what they were given, what came to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra import redrive
from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.receiver import Received, Receiver

QUEUE, DEAD = "PropagationQueueUrl", "PropagationDeadLettersUrl"
SPONSORS, PARTNERS = "sponsors", "affiliate_partners"
LISTS, MEASURERS = "partner_lists", "measurement_providers"
SECRET = re.compile(r"(whsec_[A-Za-z0-9+/]{43}=)\n")
NAME = "Melusina Brandolini"


def say_where(stack: DeployedStack, recipient: str, url: str) -> str:
    """An operator says where a recipient is told; its secret."""
    done = run(stack, "infra.callbacks", "tell", recipient, url)
    found = SECRET.fullmatch(done.stdout)
    assert found, done
    assert found[1] not in done.stderr
    return found[1]


@contextmanager
def told_there(stack: DeployedStack, recipient: str, url: str) -> Iterator[str]:
    """A recipient is told there for a while; its secret."""
    yield say_where(stack, recipient, url)
    done = run(stack, "infra.callbacks", "tell", recipient, "none")
    assert done.returncode == 0, done.stderr


def redriven(stack: DeployedStack) -> int:
    """An operator sends the dead letters again; the command's exit code."""
    where = ["--stage", "local", "--endpoint", stack.local.engine.url]
    return redrive.main(["propagation", *where, "--confirm", "yes"])


def disclosed(stack: DeployedStack, subject: str, *recipients: str) -> None:
    """Somebody's data was given to these: for their lists, or to measure the site."""
    given = {one: "site_measurement" if one == MEASURERS else LISTS for one in recipients}
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["RecordsTable"],
        Key={"pk": {"S": f"S#{subject}"}, "sk": {"S": "core#standing#"}},
        UpdateExpression="SET disclosed = :to",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={
            ":to": {"S": " ".join(sorted(f"{one}:{purpose}" for one, purpose in given.items()))}
        },
    )


def somebody(api: Api, *recipients: str, **members: Any) -> Person:
    """Somebody new, whose data these received."""
    person = people.signed_in(api, **members)
    disclosed(api.stack, person.subject, *recipients)
    return person


def correct(api: Api, person: Person, name: str = NAME) -> None:
    body = {"profile": {"identity": {"name": name}}}
    ok(api.call("PATCH", "/v1/account", headers=person.headers, json=body))


def waited(receiver: Receiver, subject: str, count: int = 1) -> list[Received]:
    """What came about somebody, once it is so many."""
    found = until(lambda: len(receiver.of(subject)) >= count and receiver.of(subject))
    assert found, f"no {count} messages about {subject}: {receiver.received}"
    return found


def seen(api: Api, staff: Person, subject: str, **query: str) -> list[dict[str, Any]]:
    """What the desk sees of callbacks about somebody."""
    found, cursor = [], None
    while True:
        page = {"limit": "100", **query, **({"cursor": cursor} if cursor else {})}
        answer = ok(api.get("/v1/desk/callbacks", headers=staff.headers, params=page))
        found += [one for one in answer["items"] if one["subject"] == subject]
        cursor = answer["next"]
        if cursor is None:
            return found


def becomes(api: Api, staff: Person, subject: str, status: str) -> dict[str, Any]:
    """The only callback about somebody, once it has this status."""
    found = until(lambda: seen(api, staff, subject, status=status))
    assert len(found) == 1, seen(api, staff, subject)
    assert seen(api, staff, subject) == found
    return found[0]
