"""What the desk can prove of retention, through the deployed API and by the operator's command."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from jwt import PyJWK

from chalicelib.pages.words import words
from tests.functions import desk, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.unit.web.accessible import Tree, check_accessible

PATH = "/v1/desk/reports/retention"
AHEAD = 8 * 86_400
RULE = "standing_registered"
"""The rule of accounts that nobody proved, which have seven days."""

ZONE = ZoneInfo("Europe/Rome")
"""The zone of the product's notice."""


@dataclass(frozen=True)
class Proved:
    """A month in which an account was erased, and somebody who reads of it at the desk."""

    api: Api
    reader: Person
    month: str

    def fetch(self, accept: str = "application/json", **query: str) -> Any:
        """What the report answers."""
        headers = {**self.reader.headers, "Accept": accept}
        return self.api.get(PATH, headers=headers, params={"month": self.month, **query})


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def proved(api: Api) -> Proved:
    people.pending(api)
    api.stack.move_clock(AHEAD)
    reader, _ = desk.officer(api, "reader")
    month = until(lambda: _month_of_an_erasure(api, reader))
    assert month
    return Proved(api, reader, month)


def _month_of_an_erasure(api: Api, reader: Person) -> str:
    """The month in which a record says that such an account went; "" if none says so yet.

    Another run closes what was done since the last one. Records of other tests, which had the clock
    elsewhere, lie in months of their own.
    """
    api.stack.run_schedule("retention")
    written = {one["at"]["S"] for one in _runs(api)}
    months = {f"{datetime.fromisoformat(at).astimezone(ZONE):%Y-%m}" for at in written}
    for month in sorted(months):
        query = {"month": month, "rule": RULE}
        found = ok(api.get(PATH, headers=reader.headers, params=query))
        if found["sums"]["erased"]:
            return month
    return ""


def _runs(api: Api) -> list[tables.Item]:
    """The records of runs in the table, oldest first."""
    found = tables.in_partition(api.stack, "E")
    return [
        one
        for one in found
        if one["sk"]["S"].startswith("evidence#retention_run#")
        and not one["sk"]["S"].endswith("head")
    ]


def test_it_says_by_rule_what_went(proved: Proved) -> None:
    found = ok(proved.fetch())
    (went,) = (one for one in found["rules"] if one["rule"] == RULE)
    assert went["erased"] >= 1
    assert (went["kind"], went["event"], went["in_force"]) == ("standing", "registered", True)
    assert went["sentence"]
    assert found["sums"]["erased"] >= went["erased"]
    assert sum(day["gone"] for day in found["days"]) >= went["erased"]
    assert found["fault"] is None
    numbers = {int(one["seq"]["N"]) for one in _runs(proved.api)}
    assert {found["first"]["seq"], found["last"]["seq"]} <= numbers


def test_as_csv(proved: Proved) -> None:
    sent = proved.fetch("text/csv")
    assert sent.headers["Content-Type"].startswith("text/csv")
    rows = {row["rule"]: row for row in csv.DictReader(io.StringIO(sent.text))}
    assert int(rows[RULE]["erased"]) >= 1


@pytest.mark.parametrize("language", ["it", "en"])
def test_as_a_page(proved: Proved, language: str) -> None:
    sent = proved.fetch("text/html", lang=language)
    assert sent.headers["Content-Language"] == language
    sent.encoding = "utf-8"
    check_accessible(sent.text, language)
    said = words("retention", language)
    text = " ".join(Tree(sent.text).said)
    assert all(said[name] in text for name in ("intro", "by_day", "not_covered", "proves"))


def test_its_root_is_verified_by_anybody(proved: Proved) -> None:
    found = ok(proved.fetch())
    named = jwt.get_unverified_header(found["root"])["kid"]
    published = ok(proved.api.get("/.well-known/jwks.json"))["keys"]
    (key,) = (PyJWK(one) for one in published if one["kid"] == named)
    # The clock of the stack is ahead of this one.
    said = jwt.decode(found["root"], key, algorithms=["ES256"], options={"verify_iat": False})
    assert (said["month"], said["sums"]) == (proved.month, found["sums"])
    verdict = ok(proved.api.post("/v1/receipts/verify", json={"receipt": found["root"]}))
    assert (verdict["valid"], verdict["content"]) == (True, said)
    head, body, signed = found["root"].split(".")
    changed = {"receipt": f"{head}.{body[:-4]}AAAA.{signed}"}
    verdict = ok(proved.api.post("/v1/receipts/verify", json=changed))
    assert (verdict["valid"], verdict["reason"]) == (False, "signature")


def test_it_is_for_the_desk(proved: Proved) -> None:
    stranger = people.signed_in(proved.api)
    query = {"month": proved.month}
    problem(proved.api.get(PATH, headers=stranger.headers, params=query), 403)
    problem(proved.api.get(PATH, params=query), 401)


def test_what_is_wrong_with_the_question_is_said(proved: Proved) -> None:
    for name, wrong in (("month", "2026-13"), ("rule", "nobodys_rule")):
        found = problem(proved.fetch(**{name: wrong}), 400)
        assert pointers(found) == [f"/query/{name}"]
    assert ok(proved.fetch(month="2000-01"))["runs"] == 0


def test_a_record_that_was_changed_is_named_and_nothing_is_signed(proved: Proved) -> None:
    api, found = proved.api, ok(proved.fetch())
    done = run(api.stack, "infra.audit")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The evidence of retention verifies" in done.stdout
    record = next(one for one in _runs(api) if int(one["seq"]["N"]) == found["last"]["seq"])
    table, records = api.stack.client("dynamodb"), api.stack.outputs["RecordsTable"]
    table.put_item(TableName=records, Item={**record, "batches": {"N": "99"}})
    try:
        broken, shown = run(api.stack, "infra.audit"), ok(proved.fetch())
    finally:
        table.put_item(TableName=records, Item=record)
    assert broken.returncode == 1
    number = found["last"]["seq"]
    assert broken.stderr.startswith(f"Record {number} of the evidence of retention was changed")
    assert (shown["fault"], shown["root"]) == (number, None)
    assert ok(proved.fetch())["root"]
