"""Everything that is made of a notice, made of the association's: nothing is hard-wired."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.accounts.contract import registration as contract
from chalicelib.accounts.service.forms import described
from chalicelib.catalogue import STORED
from chalicelib.consents.contract import operations as consents
from chalicelib.notices import presentation
from chalicelib.notices.changes import Effect, changes
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import report_csv, report_json
from chalicelib.notices.signals import honours_global_privacy_control
from chalicelib.web.contract import HTML, JSON, MARKDOWN, Operation
from chalicelib.web.pages.cookie import NAME
from functions.http.site import OPERATIONS
from tests.unit.core.samples import association, association_document, shipped

OURS = re.compile("kaveripoint|riserbo", re.IGNORECASE)


def made() -> dict[str, bytes]:
    """All that is handed out about the association's notice."""
    notice, later = association(), following()
    forms = {kind: presentation.in_force(notice, "en", kind) for kind in (JSON, HTML, MARKDOWN)}
    changed = {
        f"changes {kind}": presentation.changed(notice, later, "en", kind)
        for kind in (JSON, HTML, MARKDOWN)
    }
    return {
        **forms,
        **changed,
        "verbatim": presentation.verbatim(notice, "en", JSON),
        "cookies": presentation.cookies(notice),
        "processing.json": report_json(notice, "en"),
        "processing.csv": report_csv(notice, "en"),
        "form": json.dumps(described(notice, "en")).encode(),
    }


def following() -> Notice:
    """The association's next version: one change of each effect, and one for no purpose."""
    document = association_document()
    document["version"], document["effective_at"] = "2025-09-01", "2025-09-01T09:00:00+01:00"
    document["controller"]["phone"] = "+353 56 555 0100"
    document["purposes"][1]["categories"].append("plot")
    document["retention"][4]["period"] = {"years": 2}
    document["purposes"][2]["description"]["en"] = "Plan who waters, and when, in a dry summer."
    return compile_notice(document, STORED)


@pytest.mark.parametrize("name", made())
def test_nothing_of_the_first_notice_shows(name: str) -> None:
    # The cookie of the pages is the software's, and has its name whatever the notice is.
    text = made()[name].decode().replace(NAME.lstrip("_"), "")
    assert OURS.search(text) is None
    titles = {purpose.title["en"] for purpose in shipped().purposes.values()}
    assert [title for title in titles if f'"{title}"' in text] == []


@pytest.mark.parametrize("name", [HTML, MARKDOWN, JSON, "processing.csv", "processing.json"])
def test_every_purpose_recipient_and_category_shows(name: str) -> None:
    text, notice = made()[name].decode(), association()
    told = [purpose.title["en"] for purpose in notice.purposes.values()]
    told += [recipient.name["en"] for recipient in notice.recipients.values()]
    told += [category.title["en"] for category in notice.categories.values()]
    assert [words for words in told if words not in text] == []


def test_its_record_of_processing_names_it_and_its_one_safeguard() -> None:
    record = json.loads(report_json(association(), "en"))
    assert record["controller"]["name"] == "Millbrook Allotment Gardeners' Association"
    assert record["unconfirmed"] == []
    tools = {
        (one["id"], one["transfer"]["tool"])
        for activity in record["activities"]
        for one in activity["recipients"]
        if one["transfer"]
    }
    assert tools == {("host", "adequacy decision (GDPR Article 45)")}
    rows = list(csv.reader(io.StringIO(report_csv(association(), "en").decode(), newline="")))
    assert [row[4].partition(":")[0] for row in rows[1:]] == [
        "Run the membership",
        "Send the seasonal letter",
        "Share out water",
        "Answer your requests",
        "Keep strangers out",
    ]


def test_its_cookies_ask_for_nothing_and_no_signal_is_promised() -> None:
    catalogue = json.loads(presentation.cookies(association()))
    assert catalogue["banner"] is None
    assert [one["name"] for one in catalogue["cookies"]] == ["__Host-session", NAME]
    assert [one["exempt"] for one in catalogue["classes"]] == [True]
    assert catalogue["purposes"].keys() == {"membership"}
    assert not honours_global_privacy_control(association())
    assert honours_global_privacy_control(shipped())


def operation(name: str) -> Operation:
    (found,) = [one for one in OPERATIONS if one.id == name]
    return found


def accepts(name: str, body: dict[str, Any]) -> bool:
    schema = operation(name).body_schema(association)
    assert schema is not None
    return Draft202012Validator(schema).is_valid(body)


def registration(**more: Any) -> dict[str, Any]:
    return {
        "email": "ada@example.com",
        "password": "tre pini e un cancello",
        "profile": {"member": {"full_name": "Ada"}, "plot": {"number": "17b"}},
        "locale": "en",
        "notice_version": "2025-03-01",
        "decisions": {"newsletter": "denied"},
        **more,
    }


def test_who_joins_is_asked_what_its_form_asks() -> None:
    assert operation("registerAccount") in contract.OPERATIONS
    assert accepts("registerAccount", registration())
    for wrong in (
        {"profile": {"member": {"full_name": "Ada"}, "identity": {"name": "Ada"}}},
        {"profile": {"member": {"full_name": "x" * 121}}},
        {"decisions": {"newsletter": "granted", "membership": "granted"}},
        {"decisions": {"products_email": "denied"}},
    ):
        assert not accepts("registerAccount", registration(**wrong)), wrong
    form = described(association(), "en")
    assert [(one["category"], one["field"], one["required"]) for one in form["fields"]] == [
        ("member", "mail", True),
        ("member", "full_name", True),
        ("plot", "number", False),
        ("interests", "topics", False),
    ]
    (choice,) = form["choices"]
    assert choice["title"] == "Send the seasonal letter"
    assert (choice["purpose"], choice["place"]) == ("newsletter", "purpose-newsletter")


def test_only_its_letter_can_be_decided_about() -> None:
    assert operation("captureConsent") in consents.OPERATIONS
    capture = {"notice_version": "2025-03-01", "source": "banner", "locale": "en"}
    assert accepts("captureConsent", {**capture, "decisions": {"newsletter": "granted"}})
    assert not accepts("captureConsent", {**capture, "decisions": {"water_rota": "granted"}})
    assert not accepts("captureConsent", {**capture, "decisions": {"surveys": "granted"}})


def test_what_its_next_version_changes_is_told_by_effect() -> None:
    found = [(one.effect, one.kind, one.purposes) for one in changes(association(), following())]
    assert (Effect.MATERIAL, "category_added", ("newsletter",)) in found
    assert (Effect.EDITORIAL, "contact_changed", ()) in found
    kinds = {kind: effect for effect, kind, _ in found}
    assert kinds["retention_longer"] is Effect.INFORMATIVE
    assert kinds["words_changed"] is Effect.EDITORIAL
    told = json.loads(presentation.changed(association(), following(), "en", JSON))
    assert (told["from"], told["to"]) == ("2025-03-01", "2025-09-01")
    texts = [one["text"] for one in told["changes"]]
    assert texts[0] == (
        "Data of a further category, “Your plot”, is now used for: Send the seasonal letter."
    )
    assert any("2 years instead of 1 year" in text for text in texts)
