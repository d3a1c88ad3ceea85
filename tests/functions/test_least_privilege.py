"""A role without a class's key cannot read the class, whatever else it may read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.place import PROJECT
from tests.functions import people, tables
from tests.functions.api import Api
from tests.functions.people import Person
from tests.functions.probe import Probe
from tests.functions.stack import DeployedStack

POLICIES = PROJECT / "infra" / "policies"
FUNCTIONS: dict[str, set[str]] = {
    "accounts": {"account"},
    "credentials": {"account"},
    "profile": {"account", "evidence"},
    "sessions": {"account", "evidence"},
    "consents": {"evidence"},
    "unsubscribe": {"evidence"},
    "receipts": {"evidence"},
    "decisions": set(),
    "records": {"account", "evidence"},
    "messages": set(),
    "activity": set(),
    "notices": set(),
    "requests": {"account", "evidence"},
    "answers": {"evidence"},
    "site": set(),
    "mail": {"account", "evidence"},
    "feedback": set(),
    "fulfilment": {"account", "evidence"},
    "erasure": {"account", "evidence"},
    "announcements": {"account"},
    "propagation": set(),
    "retention": set(),
    "deadlines": set(),
    "relay": set(),
    "activation": set(),
    "desk_notices": {"account"},
    "desk_subjects": {"evidence"},
    "desk_reports": set(),
    "desk_requests": {"evidence"},
    "wellknown": set(),
    "rehearsal": set(),
}
"""Function -> the classes of which its role gets a person's data key out of KMS.

`sessions` opens an account's class for the second factor and the site's reference, and the ledger's
for what a browser decided before somebody signed in there. `requests` opens an account's class for
the corrections that the profile tools would make at once.
`desk_notices` opens an account's class for the second factor alone, whose code publishing asks for;
`desk_subjects` the ledger's, to which it adds; `desk_requests` the same, which seals requests too.
`records` seals what others told with the key of an account's class, and that its person is told
of it with the ledger's.
"""

FIND_BY_ADDRESS = {
    "accounts",
    "credentials",
    "desk_requests",
    "desk_subjects",
    "feedback",
    "mail",
    "messages",
    "profile",
    "records",
    "rehearsal",
    "requests",
    "sessions",
}
"""Functions that can tell which account holds an address: they have the key of its hash.

`records` has it for the hashes of origins, which may be names. `rehearsal`, which operators invoke,
answers about addresses of SES's mailbox simulator alone.
"""


@pytest.fixture(scope="module")
def probe(stack: DeployedStack) -> Iterator[Probe]:
    made = Probe(stack)
    yield made
    made.forget()


@pytest.fixture(scope="module")
def person(stack: DeployedStack) -> Person:
    profile = {"identity": {"name": "Somebody Real"}}
    return people.signed_in(Api(stack), profile=profile, decisions={"surveys": "granted"})


def may_open(probe: Probe, stack: DeployedStack, function: str, person: Person, key: str) -> bool:
    """Whether a function's role gets a person's data key of a class out of KMS."""
    wrapped = {
        item["sk"]["S"]: item["wrapped"]["B"]
        for item in tables.partition(stack, person.subject, "KeysTable")
    }
    return probe.may(
        function,
        "kms",
        "decrypt",
        KeyId=stack.outputs[f"Key{key.title()}"],
        CiphertextBlob=wrapped[key],
        EncryptionContext={"subject": person.subject, "class": key},
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_who_can_open_a_profile_and_who_a_ledger(
    stack: DeployedStack,
    probe: Probe,
    person: Person,
    function: str,
) -> None:
    opened = {
        key for key in ("account", "evidence") if may_open(probe, stack, function, person, key)
    }
    assert opened == FUNCTIONS[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_who_can_find_an_account_by_its_address(
    stack: DeployedStack, probe: Probe, function: str
) -> None:
    found = probe.may(
        function,
        "kms",
        "generate_mac",
        KeyId=stack.outputs["AddressKey"],
        MacAlgorithm="HMAC_256",
        Message=b"somebody@example.com",
    )
    assert found == (function in FIND_BY_ADDRESS)


def test_every_function_is_tried() -> None:
    deployed = {policy.stem for policy in POLICIES.glob("*.json")} - {"wildcards"}
    assert deployed == FUNCTIONS.keys()


def test_consents_may_read_the_sealed_profile_and_gains_nothing(
    stack: DeployedStack, probe: Probe, person: Person
) -> None:
    (profile,) = tables.of_kind(tables.partition(stack, person.subject), "profile")
    place = {"pk": profile["pk"], "sk": profile["sk"]}
    table = stack.outputs["RecordsTable"]
    assert probe.may("consents", "dynamodb", "get_item", TableName=table, Key=place)
    assert b"Somebody" not in profile["sealed"]["B"]
    assert not may_open(probe, stack, "consents", person, "account")
