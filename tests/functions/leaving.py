"""Somebody who has all that a person can have here, has it erased, and comes back to each door."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from chalicelib.consents import chain
from chalicelib.web.contract import Auth, Operation
from functions.http.site import OPERATIONS
from tests.functions import copies, deciding, ledger, letters, people, receipts, sinks, tables
from tests.functions.api import Api, ok
from tests.functions.bodies import accepted
from tests.functions.commands import make_key
from tests.functions.people import PASSWORD, Person, bearer
from tests.functions.sinks import Sink
from tests.functions.stack import DeployedStack
from tests.functions.strangers import NOBODYS, somewhere

EMAIL = "ottavia.frangipane@example.com"
NAME, HOME, PHONE = (
    "Ottavia Frangipane-Łuć",
    "Salita dei Tre Gelsi 9, Bagnacavallo",
    "+390545770881",
)
REFERENCE, DETAILS = "Cliente-Ocarina-2093", "Chiedo del reclamo Ocarina-5512."
MESSAGE = "La lettera era di mio zio Ermenegildo, via Ocarina."
SEEDS = (
    EMAIL,
    "ottavia.frangipane",
    NAME,
    "Frangipane",
    HOME,
    "Tre Gelsi",
    PHONE,
    "0545770881",
    REFERENCE,
    DETAILS,
    MESSAGE,
    "Ermenegildo",
    "Ocarina",
)
"""What is of nobody else; each in the spellings that the walker knows."""

SCOPES = "introspection,accounts,decisions,disclosures,records,answers"
REQUESTS = "/v1/requests"


@dataclass(frozen=True, slots=True)
class Keepsakes:
    """What a person has in hand: sessions, links, ids, and the receipt of a decision."""

    subject: str
    email: str
    token: str
    link: str
    unsubscribe: str
    requests: tuple[str, ...]
    entry: str


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody with everything, and the address and receipt that they were given."""

    person: Person
    kept: Keepsakes
    key: str
    copy: str
    receipt: str


def nobody() -> Keepsakes:
    """What somebody would have in hand who never was here."""
    return Keepsakes(
        "a" * 26, people.new_address(), NOBODYS, NOBODYS, "A" * 100, ("a" * 26,), f"{'a' * 26}.1"
    )


def leaver(api: Api) -> Leaver:
    """Registers, decides, asks, writes, is disclosed, and gets a copy."""
    profile = {"identity": {"name": NAME, "address": HOME, "phone": PHONE}}
    people.register(api, EMAIL, profile=profile, decisions={"surveys": "granted"})
    link = people.link_token(people.mails(api.stack, EMAIL)[0])
    ok(api.post("/v1/accounts/verification", json=people.proof(link)))
    person = people.sign_in(api, EMAIL)
    entry = deciding.decide(api, person.headers, partner_lists="granted", offers_email="granted")
    receipt = receipts.fetched(api, person.headers, entry)["receipt"]
    key = make_key(api.stack, "leaving", SCOPES, recipient="aws")[1]
    unsubscribe = _use(api, person, key)
    review = _ask(api, person, right="review", details=DETAILS)
    said = api.post(f"{REQUESTS}/{review}/messages", headers=person.headers, json={"text": MESSAGE})
    ok(said, 201)
    copied = copies.ready(api, person)
    issued = copies.issue(api, person, copied)
    told = str(copies.fetched(issued).data).encode()
    # The walker reads what is there.
    held = (EMAIL, NAME, HOME, PHONE, REFERENCE, DETAILS, MESSAGE)
    assert len(sinks.found_in([("copy", told)], held)) == len(held)
    kept = Keepsakes(
        person.subject, EMAIL, person.token, link, unsubscribe, (review, copied["id"]), entry
    )
    return Leaver(person, kept, key, issued["url"], receipt)


def ask_to_be_erased(api: Api, person: Person) -> str:
    """Somebody asks for it with the password: the request."""
    return _ask(api, person, right="erase", password=PASSWORD)


def _ask(api: Api, person: Person, **body: str) -> str:
    made: str = ok(api.post(REQUESTS, headers=person.headers, json=body), 201)["id"]
    return made


def _use(api: Api, person: Person, key: str) -> str:
    """What the site's own systems do with somebody; the token of the link that ends mails."""
    path = f"/v1/accounts/{person.subject}/reference"
    named = api.call("PUT", path, headers=bearer(key), json={"reference": REFERENCE})
    assert named.status_code == 204
    given = {
        "subject": person.subject,
        "recipient": "sponsors",
        "category": "identity",
        "purpose": deciding.SHARING,
    }
    ok(api.post("/v1/disclosures", headers=bearer(key), json=given), 201)
    body = {"subject": person.subject, "purpose": "offers_email"}
    link = api.post("/v1/unsubscribe-links", headers=bearer(key), json=body)
    url: str = link.json()["url"]
    return url.partition("/v1/unsubscribe/")[2]


APART = {"registerAccount", "makeRequest", "verifyReceipt", "unsubscribe"}
"""Operations that let anybody begin, or look at no person: they are called by themselves.

A link that ends mails is proven by its own signature, and answers of anybody who is gone that no
mail comes any more.
"""


def doors() -> Iterator[Operation]:
    """Every operation that is about somebody, those of the desk apart."""
    for one in OPERATIONS:
        if one.auth is Auth.STAFF or one.id in APART:
            continue
        if one.auth is not Auth.NONE or one.body is not None or "{id}" in one.path:
            yield one


def knock(api: Api, door: Operation, who: Keepsakes, key: str) -> list[requests.Response]:
    """What a door answers to somebody with all that they have in hand, each request in turn."""
    person = Person(who.email, who.token, who.subject)
    known = accepted(api, person, person, key).get(door.id)
    body = None if known is None else _own(dict(known.body), door, who)
    headers = bearer(key) if door.auth is Auth.SERVICE else person.headers
    if door.auth in (Auth.NONE, Auth.LINK):
        headers = {}
    params = {name: value for name, value in _query(who).items() if name in door.query}
    ids = who.requests if door.path.startswith(REQUESTS) else (who.subject,)
    return [
        api.call(
            door.method,
            door.path.format(
                id=one, token=who.unsubscribe, entry_id=who.entry, version=api.notice_version()
            ),
            headers={**headers, **somewhere()},
            params=params,
            json=body,
        )
        for one in (ids if "{id}" in door.path else ids[:1])
    ]


def _query(who: Keepsakes) -> dict[str, str]:
    return {"token": who.link, "subject": who.subject, "purpose": "offers_email"}


def _own(body: dict[str, Any], door: Operation, who: Keepsakes) -> dict[str, Any]:
    """A body with what somebody has in hand in place of what the samples name."""
    own = {
        "token": who.token if door.id == "introspectSession" else who.link,
        "email": who.email,
        "subject": who.subject,
    }
    if door.id == "signIn":
        return {"email": who.email, "password": PASSWORD}
    return {name: own.get(name, value) for name, value in body.items()}


def answered(answers: list[requests.Response]) -> set[tuple[int, str]]:
    """How a door answered: each status, with the type of the problem."""
    return {(one.status_code, _type(one)) for one in answers}


def _type(answer: requests.Response) -> str:
    if "json" not in answer.headers.get("Content-Type", ""):
        return ""
    return str(answer.json().get("type", "")) if answer.status_code >= 400 else ""


def exports(stack: DeployedStack) -> Iterator[Sink]:
    """All that lies in the bucket of exports, older versions too, packed and unpacked."""
    s3, bucket = stack.client("s3"), stack.outputs["ExportsBucket"]
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for found in page.get("Versions", []):
            place = {"Key": found["Key"], "VersionId": found["VersionId"]}
            body = s3.get_object(Bucket=bucket, **place)["Body"].read()
            yield f"export {found['Key']}", found["Key"].encode() + body
            if zipfile.is_zipfile(io.BytesIO(body)):
                with zipfile.ZipFile(io.BytesIO(body)) as packed:
                    for name in packed.namelist():
                        yield f"export {found['Key']} {name}", packed.read(name)


def chain_holds(stack: DeployedStack, subject: str) -> bool:
    """Whether the entries that stay form the chain whose head the tombstone has."""
    (stone,) = tables.of_kind(tables.partition(stack, subject), "tombstone")
    entries = ledger.entries(stack, subject)
    assert len(entries) == int(stone["seq"]["N"]) > 0
    return chain.verify(entries, stone["head"]["B"].hex())


def closing_receipt(mail: letters.Mail) -> str:
    """The receipt in the last mail that somebody gets, which is broken into lines."""
    text = mail["BodyText"]
    start = text.index("eyJ")
    return "".join(text[start:].split("\n\n")[0].split())
