from __future__ import annotations

from typing import Any

import pytest

from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import deliverable, render
from tests.unit.core.samples import NOW
from tests.unit.mail.samples import CASES, LINK, TOKEN, WORDS, message, sent, text_of


@pytest.mark.parametrize("locale", ["nl", "", "it-IT", "../it"])
def test_other_languages_get_the_notice_s_first(locale: str) -> None:
    mail = sent(message("account_exists", locale))
    assert text_of(mail).startswith("Buongiorno,")
    assert mail["Content-Language"] == "it"


@pytest.mark.parametrize("length", [70, 80, 200, 900, 2_000])
@pytest.mark.parametrize("locale", ["it", "en"])
def test_a_long_link_is_one_line_in_the_text(locale: str, length: int) -> None:
    link = f"https://privacy.example/?token={'x' * length}=.&a=%20"
    words = {**WORDS["verify_address"], "link": link}
    mail = Message("verify_address", "ada@example.com", locale, words)
    assert link in text_of(sent(mail)).splitlines()
    made = render(mail, site="S", sender="a@b.it", contact="c@d.it", now=NOW).as_bytes()
    assert max(map(len, made.splitlines())) <= 998, "RFC 5322 section 2.1.1"


@pytest.mark.parametrize(
    ("asked", "locale"), [("it", "it"), ("en", "en"), ("fr", "fr"), ("nl", "it")]
)
def test_a_page_that_it_names_opens_in_its_language(
    monkeypatch: pytest.MonkeyPatch, asked: str, locale: str
) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    words = {
        **WORDS["verify_address"],
        "link": Page("/verification", TOKEN),
        "disavow": Page("/disavowal", TOKEN),
    }
    lines = text_of(sent(Message("verify_address", "ada@example.com", asked, words))).splitlines()
    for path in ("verification", "disavowal"):
        address = f"https://privacy.example/{path}?token={TOKEN}&lang={locale}"
        assert address in lines
    reset = {"reset": Page("/password")}
    text = text_of(sent(Message("account_exists", "ada@example.com", asked, reset)))
    assert f"https://privacy.example/password?lang={locale}" in text.splitlines()


def test_a_page_shows_no_token_where_it_is_logged() -> None:
    assert TOKEN not in repr({"link": Page("/verification", TOKEN)})


BREAKS = [
    "ada@example.com\r\nBcc: all@example.com",
    "ada@example.com\nBcc: all@example.com",
    "ada@example.com\rBcc: all@example.com",
    "ada@example.com,all@example.com",
    "all@example.com;ada@example.com",
    '"x"\r\nBcc: all@example.com <ada@example.com>',
    "ada@example.com\x00",
    "ada@example.com\u2028Bcc: all@example.com",
]


@pytest.mark.parametrize("address", BREAKS, ids=ascii)
def test_an_address_cannot_bring_headers_or_other_addresses(address: str) -> None:
    with pytest.raises(ValueError):
        sent(message("account_exists", "it", address))


HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Language",
    "MIME-Version",
}


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x85"], ids=ascii)
def test_words_cannot_bring_headers(line_break: str) -> None:
    evil = f"x{line_break}Bcc: all@example.com{line_break}{line_break}<script>"
    words = {
        "request": evil,
        "ends_at": NOW,
        "portable": False,
        "link": None,
        "silent": evil,
    }
    mail = sent(Message("copy_ready", "ada@example.com", "en", words), contact=evil)
    assert set(mail.keys()) == HEADERS
    assert "<script>" in text_of(mail)


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"], ids=ascii)
def test_the_name_of_the_site_cannot_either(line_break: str) -> None:
    with pytest.raises(ValueError):
        sent(message("account_exists", "en"), site=f"x{line_break}Bcc: all@example.com")


def test_a_template_is_never_made_of_words() -> None:
    words: dict[str, Any] = {
        **WORDS["verify_address"],
        "link": "{{ 7 * 7 }}{% include 'copy_ready.it.txt.j2' %}",
        "code": "",
    }
    text = text_of(sent(Message("verify_address", "ada@example.com", "en", words)))
    assert words["link"] in text
    assert "49" not in text


@pytest.mark.parametrize(("template", "locale"), CASES)
def test_a_mail_goes_over_seven_bit_hosts(template: str, locale: str) -> None:
    mail = message(template, locale, "ada@münchen.de")
    raw = render(mail, site="Società", sender="a@b.it", contact="c@d.it", now=NOW).as_bytes()
    assert raw.isascii()
    assert b"\nTo: ada@xn--mnchen-3ya.de\n" in raw
    assert max(map(len, raw.splitlines())) <= 78


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@MÜNCHEN.de", "ada@xn--mnchen-3ya.de"),
        ("ada+shop@例え.テスト", "ada+shop@xn--r8jz45g.xn--zckzah"),
        ("Ada.B@example.com", "Ada.B@example.com"),
    ],
)
def test_domains_are_written_in_ascii(address: str, written: str) -> None:
    assert deliverable(address) == written


def test_an_international_domain_is_written_as_mail_hosts_read_it() -> None:
    mail = message("account_exists", "it", "ada@münchen.de")
    raw = render(mail, site="S", sender="a@b.it", contact="c@d.it", now=NOW).as_bytes()
    assert b"To: ada@xn--mnchen-3ya.de\n" in raw


def test_a_name_outside_ascii_arrives() -> None:
    mail = sent(message("account_exists", "it"), site="Società “Ünïcode”")
    assert mail["From"].addresses[0].display_name == "Società “Ünïcode”"
    assert "Società “Ünïcode”" in mail["Subject"]


def test_a_message_in_a_log_shows_no_address() -> None:
    text = repr(message("verify_address", "it"))
    assert "ada" not in text
    assert LINK not in text
