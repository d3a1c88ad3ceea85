"""The copy of one's data (GDPR art. 15): asked for, announced, downloaded, recorded."""

from __future__ import annotations

import hashlib
import html
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import requests

from chalicelib.pages.formats import day
from tests.functions import (
    buttons,
    copies,
    letters,
    moves,
    owners,
    pages,
    people,
    second_factor,
    sinks,
    tables,
)
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack

Lay = Callable[..., None]
"""Lays so many disclosures of a person, each with so much noise in it."""

NAME = "Ada Lovelace"
DECISIONS = {"offers_email": "granted", "surveys": "denied"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    profile = {"identity": {"name": NAME}}
    return people.signed_in(api, profile=profile, decisions=DECISIONS)


@pytest.fixture(scope="module")
def copied(api: Api, ada: Person) -> dict[str, Any]:
    """Ada's request for a copy, completed."""
    return copies.ready(api, ada, details="Tutto, grazie.")


class TestCopy:
    def test_is_announced_by_a_mail_without_a_link_or_data(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        mail = letters.wait(api.stack, ada.email, letters.COPY)
        assert copied["id"] in mail["BodyText"]
        assert "http" not in mail["BodyText"]
        assert NAME not in mail["BodyText"]
        receipt = letters.text(letters.wait(api.stack, ada.email, letters.RECEIPT))
        assert f"Numero: {copied['id']}" in receipt
        assert f"Data di ricevimento: {written(copied['received_on'])}" in receipt
        assert f"Risposta al più tardi: {written(copied['due_on'])}" in receipt
        letters.all_sent(api.stack, ada.subject)
        assert len(letters.about(api.stack, ada.email, letters.RECEIPT)) == 1
        assert len(letters.about(api.stack, ada.email, letters.COPY)) == 1

    def test_has_a_clock_and_a_history(self, copied: dict[str, Any]) -> None:
        clock = copied["clock"]
        ends_on = date.fromisoformat(clock["ends_on"])
        wait = ends_on - date.fromisoformat(copied["received_on"])
        assert 28 <= wait.days <= 31  # one month: GDPR art. 12(3)
        moved = ends_on + timedelta(days=len(clock["days_off"]))
        assert date.fromisoformat(copied["due_on"]) == moved
        rome = datetime.fromisoformat(copied["due_at"]).astimezone(ZoneInfo("Europe/Rome"))
        assert rome == datetime.combine(moved, time(23, 59, 59, 999_000), rome.tzinfo)
        assert [(one["status"], one["event"], one["by"]) for one in copied["history"]] == [
            ("received", "submit", "person"),
            ("completed", "complete", "system"),
        ]
        assert (copied["outcome"], copied["overdue"]) == ("completed", False)

    def test_holds_the_profile_and_the_decisions_and_no_secret(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        copy = copies.download(api, ada, copied)
        profile = {one["id"]: one["fields"] for one in copy.items("profile")}
        assert profile["identity"]["name"] == NAME
        assert profile["identity"]["email"] == ada.email
        assert copy.fields("entry")[0]["decisions"] == DECISIONS
        assert copy.fields("request")[0]["details"] == "Tutto, grazie."
        assert copy.data["information"]["rights"]
        text = str(copy.data) + copy.page
        assert "$argon2" not in text
        assert ada.token.partition(".")[2] not in text

    def test_leads_to_receipts_that_can_be_fetched(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        (entry,) = copies.download(api, ada, copied).fields("entry")
        path = urlsplit(entry["receipt"]).path
        page = api.get(path[path.index("/account/") :], headers=pages.kept(ada.token))
        assert page.status_code == 200
        assert path.rpartition("/")[2] in page.text

    def test_lies_encrypted_with_kms_and_can_be_fetched_by_its_address_alone(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        key = body_of(api.stack, ada.subject)
        head = api.stack.client("s3").head_object(
            Bucket=api.stack.outputs["ExportsBucket"], Key=key
        )
        assert head["ServerSideEncryption"] == "aws:kms"
        assert head["SSEKMSKeyId"] == api.stack.outputs["KeyEvidence"]
        unsigned = copies.issue(api, ada, copied)["url"].partition("?")[0]
        assert requests.get(unsigned, timeout=10).status_code == 403

    def test_records_each_issue_of_its_address(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        before = len(_issues(api, ada, copied))
        copies.issue(api, ada, copied)
        copies.issue(api, ada, copied)
        assert len(_issues(api, ada, copied)) == before + 2

    def test_is_nobody_elses(self, api: Api, copied: dict[str, Any]) -> None:
        stranger = people.signed_in(api)
        path = f"/v1/requests/{copied['id']}"
        problem(api.get(path, headers=stranger.headers), 404)
        problem(api.get(f"{path}/export", headers=stranger.headers), 404)
        problem(api.get(path), 401)

    def test_is_listed_among_ones_requests(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        listed = ok(api.get("/v1/requests", headers=ada.headers))["items"]
        assert copied in [{**one, "messages": []} for one in listed]


class TestCopyOfAnAccountInUse:
    @pytest.fixture
    def device(self, right_clock: DeployedStack, api: Api) -> Device:
        """Somebody who uses all that there is."""
        person = people.signed_in(api, decisions=DECISIONS)
        key = make_key(right_clock, "copied", "accounts")[1]
        path = f"/v1/accounts/{person.subject}/reference"
        body = {"reference": "customer-1815"}
        assert api.call("PUT", path, headers=people.bearer(key), json=body).status_code == 204
        ok(owners.prefer(api, person, notifications={"new_sign_in": False}))
        credentials = {"email": person.email, "password": people.PASSWORD}
        headers = {"CloudFront-Viewer-Country": "IT"}
        ok(api.post("/v1/sessions", headers=headers, json=credentials), 201)
        device = second_factor.switched_on(api, person)
        target = moves.moved(api, person, code=device.code())
        device.person = Person(target, person.token, person.subject)
        return device

    def test_tells_what_is_held_and_proves_nothing_to_a_thief(
        self, api: Api, device: Device
    ) -> None:
        person = device.person
        copy = copies.download(api, person, copies.ready(api, person))
        assert copy.fields("reference")[0]["reference"] == "customer-1815"
        assert copy.fields("email_change")[0]["email"] == person.email
        assert copy.fields("email_change")[0]["former_email"]
        assert copy.fields("second_factor")[0]["status"] == "confirmed"
        assert {one["ip_address"] for one in copy.fields("session")} == {"127.0.0.0/24"}
        assert all("kept_until" in one for one in copy.items("session"))
        assert copy.fields("claim")[0]["country"] == "IT"
        assert copy.fields("standing")[0]["muted"] == "new_sign_in"
        codes = [*device.recovery, *(code.replace("-", "") for code in device.recovery)]
        hashes = [
            item["pk"]["S"].removeprefix("A#")
            for item in tables.all_of(api.stack, "claim")
            if item["subject"]["S"] == person.subject
        ]
        assert len(hashes) == 2
        secrets = [device.secret, *codes, *hashes, person.token.partition(".")[2], "$argon2"]
        text = str(copy.data) + copy.page
        assert sinks.found_in([("copy", text.encode())], secrets) == []
        taken = copies.download(api, person, copies.ready(api, person, "port"))
        assert set(taken.kinds) == {"profile", "session", "email_change"}
        assert {one["source"] for kind in taken.kinds for one in taken.items(kind)} <= {
            "subject",
            "observed",
        }


RECORDS = 700
"""More records than any page of a list."""


@pytest.fixture
def laid(stack: DeployedStack) -> Iterator[Lay]:
    """Lays a person's disclosures; all are gone after the test, since other tests look through
    whole tables."""
    items: list[tables.Item] = []

    def lay(person: Person, count: int, noise: int = 0) -> None:
        items.extend(given_to_somebody(person, count, noise))
        tables.put_all(stack, items[-count:])

    yield lay
    tables.remove_all(stack, items)


def test_nothing_is_cut_off_and_nobody_elses_is_in_it(api: Api, laid: Lay) -> None:
    one, other = (people.signed_in(api, decisions=DECISIONS) for _ in range(2))
    for person in (one, other):
        laid(person, RECORDS)
    copied = [copies.download(api, person, copies.ready(api, person)) for person in (one, other)]
    for copy in copied:
        assert len({item["id"] for item in copy.items("disclosure")}) == RECORDS
        shown = copy.page.count('<dl class="record">')
        assert shown == copy.data["held"]["records"] > RECORDS
    for person, copy in ((one, copied[1]), (other, copied[0])):
        theirs = tables.partition(api.stack, person.subject)
        ids = {item["sk"]["S"].rpartition("#")[2] for item in theirs}
        foreign = {one for one in ids if len(one) > 20} | {person.subject, person.email}
        text = str(copy.data) + copy.page
        assert [one for one in foreign if one in text] == []


LARGE = 40
"""Records of 380 KB; what no packer makes smaller is twice in a copy: 15 MB, in two parts."""


def test_a_large_one_is_whole(api: Api, laid: Lay) -> None:
    person = people.signed_in(api)
    laid(person, LARGE, noise=190_000)
    issued = copies.issue(api, person, copies.ready(api, person))
    assert issued["size"] > 8 * 2**20
    copy = copies.fetched(issued)
    assert len(copy.items("disclosure")) == LARGE
    assert {len(one["entry"]) for one in copy.fields("disclosure")} == {380_000}
    head = api.stack.client("s3").head_object(
        Bucket=api.stack.outputs["ExportsBucket"],
        Key=body_of(api.stack, person.subject),
    )
    assert head["ContentLength"] == issued["size"]
    left = api.stack.client("s3").list_multipart_uploads(Bucket=api.stack.outputs["ExportsBucket"])
    assert not left.get("Uploads")


def body_of(stack: DeployedStack, subject: str) -> str:
    """The key of the body of a person's one copy: nothing else lies there."""
    listed = stack.client("s3").list_objects_v2(
        Bucket=stack.outputs["ExportsBucket"], Prefix=f"exports/{subject}/"
    )
    (body,) = listed["Contents"]
    return str(body["Key"])


def given_to_somebody(person: Person, count: int, noise: int) -> list[tables.Item]:
    """So many disclosures, as the table has them."""
    return [
        {
            "pk": {"S": f"S#{person.subject}"},
            "sk": {"S": f"evidence#disclosure#{person.subject}{number:05d}"},
            "kind": {"S": "disclosure"},
            "recipient": {"S": "sponsors"},
            "category": {"S": "identity"},
            "purpose": {"S": "partner_lists"},
            "disclosed_at": {"S": f"2026-11-{1 + number % 20:02d}T09:00:00.000Z"},
            "entry": {"S": secrets.token_hex(noise) or f"{person.subject}.1"},
            "v": {"N": "1"},
        }
        for number in range(count)
    ]


READY = "La copia dei Suoi dati"


@pytest.fixture(scope="module")
def email() -> str:
    """The address of somebody without an account."""
    return people.new_address()


@pytest.fixture(scope="module")
def proven(api: Api, email: str) -> dict[str, Any]:
    """The request for a copy of somebody without an account, answered, and its token."""
    body = {"right": "copy", "email": email, "locale": "it", "details": "Mi conoscete?"}
    request = ok(api.post("/v1/requests", json=body), 202)["id"]
    token = letters.token(letters.wait(api.stack, email, "Confermi la Sua richiesta"))
    proof = api.post(f"/v1/requests/{request}/verification", json={"token": token})
    found: dict[str, Any] = ok(proof)
    copies.completed(api, request, people.bearer(found["token"]))
    return found


class TestWithoutAccount:
    """Somebody asks with an address alone, which no account holds."""

    def test_is_told_that_nothing_but_the_request_is_held(
        self, api: Api, email: str, proven: dict[str, Any]
    ) -> None:
        path = f"/v1/requests/{proven['request']['id']}/export"
        issued = ok(api.get(path, headers=people.bearer(proven["token"])))
        copy = copies.fetched(issued)
        assert set(copy.kinds) == {"contact", "request"}
        assert copy.fields("contact") == [{"email": email}]
        assert copy.fields("request")[0]["details"] == "Mi conoscete?"
        assert copy.data["held"]["text"].startswith("Su di Lei non si conserva nulla")
        assert proven["token"].partition(".")[2] not in str(copy.data)

    def test_gets_it_by_a_button_and_not_by_opening_a_mail(
        self, api: Api, email: str, proven: dict[str, Any]
    ) -> None:
        request = proven["request"]["id"]
        mail = letters.wait(api.stack, email, READY)
        url = buttons.link(mail, f"/requests/{request}/download")
        before = len(issues(api.stack, request))
        page = api.get(url.removeprefix(api.base_url), headers={"Accept-Language": "it"})
        assert page.status_code == 200
        assert len(issues(api.stack, request)) == before
        done = buttons.shown_form(page.text).submit(api, url, "it")
        assert done.status_code == 200
        assert len(issues(api.stack, request)) == before + 1
        found = re.findall(r'<a [^>]*href="(https?://[^"]*)"', done.text)
        # The shell has links to our own pages, which are not signed.
        (address,) = [one for one in found if "Signature" in one]
        body = requests.get(html.unescape(address), timeout=10).content
        assert hashlib.sha256(body).hexdigest() in done.text
        token = letters.token(mail)
        by_program = api.post(f"/v1/requests/{request}/download", json={"token": token})
        assert copies.fetched(ok(by_program)).kinds

    def test_the_token_of_another_request_opens_nothing(
        self, api: Api, proven: dict[str, Any]
    ) -> None:
        request, headers = proven["request"]["id"], people.bearer(proven["token"])
        stranger = people.signed_in(api)
        problem(api.get(f"/v1/requests/{request}/export", headers=stranger.headers), 404)
        other = copies.ready(api, stranger)
        problem(api.get(f"/v1/requests/{other['id']}/export", headers=headers), 401)
        wrong = f"{request}.{'A' * 43}"
        problem(api.post(f"/v1/requests/{request}/download", json={"token": wrong}), 422)


def written(civil_day: str) -> str:
    """A civil day in Italian."""
    return day(date.fromisoformat(civil_day), "it")


def issues(stack: DeployedStack, subject: str) -> list[Any]:
    """The times at which the copies in a partition were given out."""
    exports = tables.of_kind(tables.partition(stack, subject), "export")
    return [one for export in exports for one in export["issued"]["L"]]


def _issues(api: Api, person: Person, request: dict[str, Any]) -> list[Any]:
    exports = tables.of_kind(tables.partition(api.stack, person.subject), "export")
    (export,) = [one for one in exports if one["request"]["S"] == request["id"]]
    issued: list[Any] = export["issued"]["L"]
    return issued
