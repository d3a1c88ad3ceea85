"""What a version changed, read from the stack before and after it takes effect.

On a stack of its own: all other tests go by the version that is in force there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.publication import PublishingFailed
from tests.functions.api import HTML, JSON, MARKDOWN, Api, ok, pointers, problem
from tests.functions.stack import DeployedStack, deployed
from tests.product import PRODUCT

Document = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """A stack with two versions, of which the later one waits, and what was refused between."""

    api: Api
    first: str
    second: str
    effective_at: datetime
    refusal: str

    def changes(self, **rest: Any) -> Any:
        return self.api.get(f"/v1/notices/{self.second}/changes", **rest)


def shipped() -> Document:
    document: Document = json.loads(PRODUCT.read_text("utf-8"))
    return document


def purpose(document: Document, name: str) -> Document:
    found: Document = next(one for one in document["purposes"] if one["id"] == name)
    return found


def following(first: Document) -> Document:
    """A version that takes effect when everybody has been told for as long as is promised."""
    after = max(datetime.now(UTC), datetime.fromisoformat(first["effective_at"]))
    effective_at = (after + timedelta(days=16)).replace(microsecond=0)
    return {
        **shipped(),
        "version": f"{effective_at:%Y-%m-%d}.1",
        "effective_at": effective_at.isoformat(),
    }


def changed(first: Document) -> Document:
    """The next version, with one change of each effect."""
    document = following(first)
    purpose(document, "offers_email")["categories"].append("interaction")
    rule = next(one for one in document["retention"] if one["id"] == "closed_request")
    rule["period"] = {"years": 6}
    document["security"].reverse()
    return document


def without_consent(first: Document) -> Document:
    """A version that no longer asks about offers, and does not say why."""
    document = following(first)
    purpose(document, "offers_email")["basis"] = {
        "kind": "legitimate_interest",
        "origin": "published",
        "interest": {"it": "Vendere.", "en": "To sell."},
    }
    del purpose(document, "offers_email")["lasts"]  # only a consent ends
    return document


def publish(stack: DeployedStack, folder: Path, document: Document) -> str:
    path = folder / "notice.json"
    path.write_text(json.dumps(document), "utf-8")
    return stack.local.publish(path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("documents")
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        first = shipped()
        with pytest.raises(PublishingFailed) as refused:
            publish(stack, folder, without_consent(first))
        second = changed(first)
        publish(stack, folder, second)
        yield Published(
            api=Api(stack),
            first=first["version"],
            second=second["version"],
            effective_at=datetime.fromisoformat(second["effective_at"]),
            refusal=str(refused.value),
        )


def test_a_purpose_does_not_leave_consent_without_a_ground(published: Published) -> None:
    places = [
        index for index, one in enumerate(shipped()["purposes"]) if one["id"] == "offers_email"
    ]
    assert f"/purposes/{places[0]}/basis_change: is missing" in published.refusal
    listed = ok(published.api.get("/v1/notices"))["items"]
    assert [one["version"] for one in listed] == [published.second, published.first]
    document = ok(published.api.get(f"/v1/notices/{published.second}"))["document"]
    assert purpose(document, "offers_email")["basis"]["kind"] == "consent"


def test_each_change_has_its_effect(published: Published) -> None:
    body = ok(published.changes())
    assert (body["from"], body["to"]) == (published.first, published.second)
    assert datetime.fromisoformat(body["effective_at"]) == published.effective_at
    effects = [(one["effect"], one["kind"]) for one in body["changes"]]
    assert effects == [
        ("material", "category_added"),
        ("informative", "retention_longer"),
        ("editorial", "order_changed"),
    ]
    material, informative, _ = body["changes"]
    assert material["purposes"] == ["offers_email"]
    assert "offers_email" not in informative["purposes"]


def test_they_can_be_read_before_the_version_takes_effect(published: Published) -> None:
    assert published.api.notice_version() == published.first
    assert ok(published.changes())["changes"]


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize("form", [JSON, HTML, MARKDOWN])
def test_they_come_in_every_form_and_language(published: Published, form: str, locale: str) -> None:
    answer = published.changes(headers={"Accept": form, "Accept-Language": locale})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == form
    assert answer.headers["Content-Language"] == locale
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    # A page marks the old words and the new.
    text = re.sub(r"</?(?:ins|del)>", "", answer.content.decode())
    titles = purpose(shipped(), "offers_email")["title"]
    assert titles[locale] in text
    assert {"it": "6 anni invece di 5 anni", "en": "6 years instead of 5 years"}[locale] in text


def test_each_form_and_language_has_an_etag_and_is_kept_for_long(published: Published) -> None:
    tags = set()
    for form in (JSON, HTML, MARKDOWN):
        for locale in ("it", "en"):
            accept = {"Accept": form, "Accept-Language": locale}
            answer = published.changes(headers=accept)
            tag = answer.headers["ETag"]
            assert answer.headers["Cache-Control"] == "public, max-age=86400"
            again = published.changes(headers={**accept, "If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["ETag"] == tag
            tags.add(tag)
    assert len(tags) == 6


def test_the_earlier_version_may_be_named(published: Published) -> None:
    named = published.changes(params={"since": published.first, "lang": "en"})
    assert named.json() == published.changes(params={"lang": "en"}).json()
    assert ok(published.changes(params={"since": published.second}))["changes"] == []


def test_there_is_nothing_before_the_first(published: Published) -> None:
    refused = problem(published.api.get(f"/v1/notices/{published.first}/changes"), 404)
    assert "first version" in refused["detail"]


@pytest.mark.parametrize(("version", "since"), [("1999-01-01", None), (None, "1999-01-01")])
def test_unknown_versions_are_not_found(
    published: Published, version: str | None, since: str | None
) -> None:
    path = f"/v1/notices/{version or published.second}/changes"
    problem(published.api.get(path, params={"since": since} if since else None), 404)


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-22.1234", "../pointer"])
def test_what_is_no_version_is_refused(published: Published, since: str) -> None:
    refused = problem(published.changes(params={"since": since}), 400)
    assert pointers(refused) == ["/query/since"]


def test_the_wrong_order_is_refused(published: Published) -> None:
    path = f"/v1/notices/{published.first}/changes"
    refused = problem(published.api.get(path, params={"since": published.second}), 400)
    assert pointers(refused) == ["/query/since"]


def test_other_forms_are_not_on_offer(published: Published) -> None:
    problem(published.changes(headers={"Accept": "image/png"}), 406)


def test_they_stay_the_same_once_the_version_is_in_force(published: Published) -> None:
    before = published.changes().json()
    stack = published.api.stack
    ahead = published.effective_at - datetime.now(UTC) + timedelta(minutes=2)
    try:
        stack.move_clock(int(ahead.total_seconds()))
        assert published.api.notice_version() == published.second
        assert published.changes().json() == before
    finally:
        stack.move_clock(0)
