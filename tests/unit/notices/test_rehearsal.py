"""What compiles can be sent: every mail and page is made of a document before it is published."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.mail import rendering
from chalicelib.notices import presentation, rehearsal
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.pages.languages import languages
from tests.product import product_document
from tests.unit.core.samples import document_in

SHIPPED = product_document()


def test_every_mail_is_made_in_every_language() -> None:
    """A template with a word of another form than the rehearsal plays fails here."""
    templates = {
        entry.name.split(".")[0]
        for entry in files("chalicelib.mail").joinpath("templates").iterdir()
        if entry.name.endswith(".j2")
    }
    assert set(rehearsal.mails()) == templates
    assert len(templates) > 15
    assert rehearsal.rehearse(compile_notice(SHIPPED, STORED)) == ()


@pytest.mark.parametrize("locales", [languages(), ("de", "fr", "es"), ("fr",)], ids=str)
def test_a_notice_in_any_of_the_languages_can_be_sent(locales: tuple[str, ...]) -> None:
    notice = compile_notice(document_in(locales), STORED)
    assert notice.locales == locales
    assert rehearsal.rehearse(notice) == ()


@pytest.mark.parametrize("locale", languages())
def test_the_rehearsal_makes_a_mail_in_the_language_it_is_for(
    locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in one that stands in for it: what fails in a language is found in that language."""
    sent: list[str] = []

    def seen(*arguments: Any, **options: Any) -> Any:
        made = rendering.render(*arguments, **options)
        sent.append(str(made["Content-Language"]))
        return made

    monkeypatch.setattr(rehearsal, "render", seen)
    assert rehearsal.rehearse(compile_notice(document_in([locale]), STORED)) == ()
    assert sent == [locale] * len(rehearsal.mails())


@pytest.mark.parametrize(
    "name", ["Ä. « Ō » \U0001f331", "a@b, <c>", "=?utf-8?q?x?=", "x" * 120, '"']
)
def test_odd_names_of_a_site_can_be_sent(association: dict[str, Any], name: str) -> None:
    association["site"]["name"] = name
    assert rehearsal.compiled(association).site_name == name


def test_what_cannot_be_made_is_refused(
    association: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(mail: str) -> str:
        raise ValueError(mail)

    association["site"]["name"] = "No mail"
    monkeypatch.setattr(rendering, "_filled", broken)
    with pytest.raises(NoticeRefused) as refused:
        rehearsal.compiled(association)
    told = [finding.detail for finding in refused.value.findings]
    assert len(told) == len(rehearsal.mails())
    assert any("mail password_changed in en" in one for one in told)


def test_a_page_that_cannot_be_made_is_refused(
    association: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise KeyError

    association["site"]["name"] = "No page"
    monkeypatch.setattr(presentation, "_rendered", broken)
    with pytest.raises(NoticeRefused) as refused:
        rehearsal.compiled(association)
    assert len(refused.value.findings) == 2
