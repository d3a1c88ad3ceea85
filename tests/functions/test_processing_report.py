"""The record of processing activities, as the privacy officer gets it from the deployed API."""

from __future__ import annotations

import csv
import io

import pytest

from tests.functions import desk, versions
from tests.functions.api import Api, ok, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

PATH = "/v1/desk/reports/processing"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


def purposes() -> list[str]:
    """The purposes of the notice in force: an activity each."""
    return [one["id"] for one in versions.shipped()["purposes"]]


def test_it_is_json_in_the_reader_s_language(api: Api, staff: Person) -> None:
    answer = api.get(PATH, headers={**staff.headers, "Accept-Language": "en"})
    report = ok(answer)
    assert answer.headers["Content-Language"] == report["locale"] == "en"
    assert answer.headers["Cache-Control"] == "no-store"
    assert report["version"] == api.notice_version()
    assert [one["purpose"] for one in report["activities"]] == purposes()


def test_it_is_csv_for_who_asks_for_it(api: Api, staff: Person) -> None:
    headers = {**staff.headers, "Accept": "text/csv"}
    answer = api.get(PATH, headers=headers, params={"lang": "it"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Language"] == "it"
    rows = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert len(rows) == 1 + len(purposes())


def test_other_media_types_are_refused(api: Api, staff: Person) -> None:
    headers = {**staff.headers, "Accept": "application/pdf"}
    problem(api.get(PATH, headers=headers), 406)
