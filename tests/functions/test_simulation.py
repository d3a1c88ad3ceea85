"""The simulator through the deployed API: its figures are those that one reckons by hand.

On a stack of its own: figures are about everybody who is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.storage import keys
from tests.functions import desk, people, tables, versions
from tests.functions.api import Api, ok, problem
from tests.functions.crowd import address, crowd
from tests.functions.desk import NOTICES
from tests.functions.people import Person
from tests.functions.stack import DeployedStack, deployed
from tests.functions.versions import ASKED, TOLD, Document, named
from tests.functions.waiting import until

AGREED, SURVEYED, BOTH, REFUSED, SILENT = "agreed", "surveyed", "both", "refused", "silent"
GROUPS = {
    AGREED: (8, {ASKED: "granted", TOLD: "denied"}),
    SURVEYED: (6, {TOLD: "granted"}),
    BOTH: (3, {ASKED: "granted", TOLD: "granted"}),
    REFUSED: (7, {ASKED: "denied", TOLD: "denied"}),
    SILENT: (6, {}),
}
MEASURED = "site_measurement"
BROWSERS = (("granted", 4), ("denied", 6))

FIGURES: Document = {
    "accounts": 31,  # and the officer, who decided nothing
    "tell": 8 + 6 + 3,
    "ask": {ASKED: 8 + 3},
    "ask_first": [],
    "alone": 7 + 6 + 1,
    "visitors": {"browsers": 10, "ask": {MEASURED: 4}},
}


@dataclass(frozen=True)
class Deployment:
    """A stack with thirty accounts and ten browsers, and somebody at the desk."""

    api: Api
    staff: Person
    groups: dict[str, list[str]]

    @property
    def stack(self) -> DeployedStack:
        return self.api.stack

    def simulate(self, locale: str = "it", **body: Any) -> Any:
        headers = {**self.staff.headers, "Accept-Language": locale}
        return ok(self.api.post(f"{NOTICES}/simulate", headers=headers, json=body))

    def counted(self, document: Document) -> Any:
        """The answer once everybody was counted in the background."""

        def done() -> Any:
            found = self.simulate(document=document, exact=True)
            assert found["findings"] == []
            return found if found["counting"]["status"] == "complete" else None

        return until(done, seconds=120)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        groups = crowd(stack, GROUPS)
        for choice, count in BROWSERS:
            for _ in range(count):
                browse(api, choice)
        staff, _ = desk.officer(api)
        yield Deployment(api, staff, groups)


def browse(api: Api, choice: str) -> None:
    body = {
        "notice_version": api.notice_version(),
        "decisions": {MEASURED: choice},
        "source": "banner",
    }
    ok(api.post("/v1/consents", json=body), 201)


def widened(version: str = "2031-01-01") -> Document:
    """One change of each effect, and a wider purpose that browsers decide about, too."""
    document = versions.changed(versions.following(timedelta(days=16))) | {"version": version}
    named(document["purposes"], MEASURED)["categories"].append("support")
    return document


def shorter() -> Document:
    """Some records are kept for less time, copies hold less, answers come sooner."""
    document = versions.following(timedelta(days=16)) | {"version": "2031-02-01"}
    named(document["retention"], "visitor_choices")["period"] = {"months": 12}
    named(document["retention"], "closed_request")["period"] = {"days": 10}
    named(document["retention"], "sign_in_session")["period"] = {"days": 3}
    named(document["categories"], "access")["outcomes"]["copy"] = {
        "outcome": "kept",
        "text": {"it": "Restano solo da noi.", "en": "They stay with us alone."},
    }
    document["requests"]["deadline"]["within"] = {"days": 14}
    return document


def test_it_tells_whom_a_version_concerns(deployment: Deployment) -> None:
    found = deployment.simulate(document=widened())
    assert found["people"] == {"exact": True, "shards": 16, "read": 41, **FIGURES}
    assert {one["effect"] for one in found["changes"]} == {"material", "informative", "editorial"}
    assert (found["compiles"], found["findings"], found["refusals"]) == (True, [], [])
    assert found["since"] == versions.shipped()["version"]
    assert (found["records"], found["counting"], found["missing"]) == ([], None, None)


def test_it_writes_nothing(deployment: Deployment) -> None:
    def stored() -> list[str]:
        found = tables.scan(deployment.stack, "RecordsTable")
        return sorted(item["pk"]["S"] + item["sk"]["S"] for item in found)

    before = stored()
    deployment.simulate(document=widened("2031-01-02"))
    assert stored() == before


@pytest.mark.parametrize("locale", ["it", "en"])
def test_changes_are_told_as_everybody_will_read_them(deployment: Deployment, locale: str) -> None:
    found = deployment.simulate(document=widened(), locale=locale)["changes"]
    titles = named(versions.shipped()["purposes"], ASKED)["title"]
    texts = " ".join(one["text"] for one in found)
    assert titles[locale] in texts


def test_a_broken_document_is_answered_with_all_that_is_wrong(deployment: Deployment) -> None:
    found = deployment.simulate(document={"version": "2031-01-01", "purposes": {"a": 1}})
    assert (found["compiles"], found["people"], found["changes"]) == (False, None, [])
    assert {"/purposes", "/controller"} <= {one["pointer"] for one in found["findings"]}


def test_why_it_could_not_be_published_is_told_at_once(deployment: Deployment) -> None:
    document = widened("2020-01-01")
    document["effective_at"] = (datetime.now(UTC) + timedelta(days=3)).isoformat("T", "seconds")
    named(document["purposes"], ASKED)["basis"] = {
        "kind": "legitimate_interest",
        "origin": "published",
        "interest": {"it": "Vendere.", "en": "To sell."},
    }
    del named(document["purposes"], ASKED)["lasts"]  # only a consent ends
    refused = [one["pointer"] for one in deployment.simulate(document=document)["refusals"]]
    place = [one["id"] for one in document["purposes"]].index(ASKED)
    assert refused == ["/effective_at", "/version", f"/purposes/{place}/basis_change"]


def test_everybody_is_counted_in_the_background(deployment: Deployment) -> None:
    document = widened("2031-01-03")
    first = deployment.simulate(document=document, exact=True)
    assert (first["people"], first["missing"]) == (None, "counting")
    assert first["counting"]["status"] == "running"
    found = deployment.counted(document)
    assert found["people"] == {"exact": True, "shards": 16, "read": 41, **FIGURES}
    assert found["counting"]["started_at"] == first["counting"]["started_at"]
    assert found["counting"]["shards"] == 16
    # The document is a draft now, and whoever names it reads the same.
    named_only = deployment.simulate(version="2031-01-03")
    assert named_only == found
    other = deployment.simulate(document=widened("2031-01-04"))
    assert other["counting"] is None


def test_records_and_open_requests(deployment: Deployment) -> None:
    api, stack = deployment.api, deployment.stack
    asked = people.sign_in(api, address(SILENT, 0))
    made = ok(api.post("/v1/requests", headers=asked.headers, json={"right": "copy"}), 201)
    path = f"/v1/requests/{made['id']}"

    def closed() -> Any:
        found = ok(api.get(path, headers=asked.headers))
        return found if found["status"] == "completed" else None

    answered = until(closed, seconds=60)
    assert answered
    reopen(stack, asked.subject, ["copy", "copy", "erase"])

    document = shorter()
    for found in (deployment.simulate(document=document), deployment.counted(document)):
        records = {one["rule"]: one for one in found["records"]}
        assert set(records) == {"visitor_choices", "closed_request", "sign_in_session"}
        browsers = records["visitor_choices"]
        assert (browsers["count"], browsers["at_once"]) == (10, 0)
        month = f"{datetime.now(UTC).year + 1}-{datetime.now(UTC):%m}"
        assert browsers["months"] == {month: 10}
        requests = records["closed_request"]
        # Kept for ten days, of which sixteen are over when the version takes effect.
        assert (requests["count"], requests["at_once"], requests["months"]) == (1, 1, {})
        assert (requests["before"], requests["after"]) == ({"years": 5}, {"days": 10})
        assert records["sign_in_session"]["count"] is None
        assert found["requests"] == {
            "exact": True,
            "open": 3,
            "rights": {"copy": 2},
            "deadline_changed": 3,
        }
        assert found["people"]["exact"]


def reopen(stack: DeployedStack, subject: str, rights: list[str]) -> None:
    """Lays open requests beside the one that was answered, past all rules."""
    (known,) = tables.of_kind(tables.partition(stack, subject), "request")
    for right in rights:
        item = {name: value for name, value in known.items() if name != "completed_at"}
        item |= {
            "sk": {"S": keys.record("evidence", "request", ids.new_id())},
            "right": {"S": right},
            "status": {"S": "received"},
            "lane": {"S": keys.lane("deadline", known["pk"]["S"])},
            "due_at": known["received_at"],
            "due_event": {"S": "created"},
        }
        tables.put(stack, item)


def test_a_draft_of_somebody_else_is_not_written_over(deployment: Deployment) -> None:
    document = widened("2031-03-01")
    desk.save(deployment.api, deployment.staff, document)
    other = {**document, "security": list(reversed(document["security"]))}
    refused = deployment.api.post(
        f"{NOTICES}/simulate",
        headers=deployment.staff.headers,
        json={"document": other, "exact": True},
    )
    assert problem(refused, 409)["type"] == "urn:riserbo:problem:draft-changed"


def test_the_answer_names_nobody(deployment: Deployment) -> None:
    text = str(deployment.simulate(document=widened("2031-01-05")))
    for subjects in deployment.groups.values():
        assert not any(subject in text for subject in subjects)
    assert "@example.com" not in text.replace("privacy@example.com", "")
