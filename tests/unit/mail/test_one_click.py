"""The headers of a mail that may be refused, and that no mail watches its reader."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from chalicelib.mail import service
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import render
from chalicelib.storage import clients
from infra.template import APP
from tests.unit.core.samples import NOW, shipped
from tests.unit.mail.samples import CASES, UNSUBSCRIBE, WORDS, message, sent, text_of
from tests.unit.mail.test_templates import said

LINKS = [UNSUBSCRIBE, f"{UNSUBSCRIBE}?lang=it", "https://privacy.example/v1/" + "x" * 900]


@pytest.mark.parametrize("link", LINKS, ids=len)
def test_one_click_ends_an_optional_mail(link: str) -> None:
    mail = replace(message("new_sign_in", "it"), unsubscribe=link)
    assert sent(mail)["List-Unsubscribe"] == f"<{link}>"
    assert sent(mail)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = render(mail, site="Società", sender="a@b.it", contact="c@d.it", now=NOW).as_bytes()
    assert f"\nList-Unsubscribe: <{link}>\n".encode() in raw, "one line, and nothing encoded"


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_no_other_mail_says_that_it_can_be_ended(template: str, locale: str) -> None:
    assert not [name for name in sent(message(template, locale)) if name.startswith("List-")]


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_no_mail_has_a_pixel_or_anything_that_could_hold_one(template: str, locale: str) -> None:
    made = render(message(template, locale), site="S", sender="a@b.it", contact="c", now=NOW)
    assert [part.get_content_type() for part in made.walk()] == ["text/plain"]
    assert not re.search(r"<\w|cid:|\bimg\b", made.get_content())


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_every_link_in_a_mail_leads_where_it_says(template: str, locale: str) -> None:
    """It is one of the words that the mail was made of, and no address of a counter."""
    text = text_of(sent(message(template, locale)))
    given = {str(word) for word in said(WORDS[template])}
    for link in re.findall(r"https?://[^\s>]+", text):
        assert any(link.rstrip(".") in word for word in given), link


def test_ses_reports_no_opening_and_no_click_so_it_puts_nothing_into_a_mail() -> None:
    resources: dict[str, Any] = yaml.safe_load(APP.read_text("utf-8"))["Resources"]
    kinds = {one["Type"]: one["Properties"] for one in resources.values() if "SES" in one["Type"]}
    told = kinds["AWS::SES::ConfigurationSetEventDestination"]["EventDestination"]
    assert set(told["MatchingEventTypes"]) == {"bounce", "complaint"}
    assert "TrackingOptions" not in kinds["AWS::SES::ConfigurationSet"]
    assert len(kinds) == 2


class Ses:
    """Takes what is handed over."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}

    def send_raw_email(self, **given: Any) -> None:
        self.given = given


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Ses:
    made = Ses()
    monkeypatch.setattr(clients, "ses", lambda: made)
    monkeypatch.setenv("RISERBO_MAIL_SENDER", "privacy@site.example")
    return made


def tagged() -> Message:
    return replace(message("copy_ready", "it"), tags={"notice_version": "2027-03-01_1"})


def test_a_mail_is_handed_over_so_that_its_bounce_is_reported(
    ses: Ses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_MAIL_CONFIGURATION", "riserbo-dev")
    service.send(tagged(), shipped())
    assert ses.given["ConfigurationSetName"] == "riserbo-dev"
    assert ses.given["Tags"] == [{"Name": "notice_version", "Value": "2027-03-01_1"}]


def test_without_a_configuration_it_is_handed_over_as_it_is(
    ses: Ses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RISERBO_MAIL_CONFIGURATION", raising=False)
    service.send(tagged(), shipped())
    assert ses.given.keys() == {"Source", "Destinations", "RawMessage"}
