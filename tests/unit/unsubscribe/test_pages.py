"""The two pages behind a link that ends mails."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.unsubscribe import pages
from chalicelib.unsubscribe.model import Kind, Scope
from chalicelib.unsubscribe.pages import done_page
from tests.unit.core.samples import shipped, shipped_in
from tests.unit.web.accessible import check_accessible, contents

LOCALES = languages()
NOTICE = shipped_in(*LOCALES)
TOKEN = "a.b~c"
NEWSLETTER = Scope(Kind.PURPOSE, "offers_email")
SIGN_IN = Scope(Kind.NOTIFICATION, "new_sign_in")
GONE = Scope(Kind.PURPOSE, "of_long_ago")
SCOPES = pytest.mark.parametrize("scope", [NEWSLETTER, SIGN_IN, GONE], ids=str)
LANGUAGES = pytest.mark.parametrize("locale", LOCALES)


def reading(locale: str) -> Callable[[Sequence[str]], str]:
    """Somebody who reads that language."""
    return lambda offered: offered[list(offered).index(locale)]


def ask_page(scope: Scope, notice: Notice, locale: Callable[[Sequence[str]], str]) -> str:
    return pages.ask_page(TOKEN, scope, notice, locale)


def said(text: str) -> str:
    return " ".join(contents(text).said)


@SCOPES
@LANGUAGES
def test_the_page_that_asks_has_one_button_that_sends_what_one_click_sends(
    scope: Scope, locale: str
) -> None:
    tree = check_accessible(ask_page(scope, NOTICE, reading(locale)), locale)
    # The page's own path, at which the token stands, and no parameter but the language.
    (form,) = tree.all("form")
    assert (form["method"], form["action"]) == ("post", f"{TOKEN}?lang={locale}")
    assert tree.all("input") == [
        {"type": "hidden", "name": "List-Unsubscribe", "value": "One-Click"}
    ]
    assert len(tree.all("button")) == 1
    assert tree.all("a") == []


@SCOPES
@LANGUAGES
def test_the_page_after_it_has_nothing_to_press(scope: Scope, locale: str) -> None:
    tree = check_accessible(done_page(scope, NOTICE, reading(locale)), locale)
    assert tree.all("form") == tree.all("input") == tree.all("button") == []


@pytest.mark.parametrize("made", [ask_page, done_page])
@LANGUAGES
def test_it_names_what_ends_where_the_notice_knows_it(
    made: Callable[..., str], locale: str
) -> None:
    purpose = NOTICE.purposes["offers_email"]
    alert = NOTICE.notifications["new_sign_in"]
    for scope, title in ((NEWSLETTER, purpose.title), (SIGN_IN, alert.title)):
        assert NOTICE.text(title, locale) in said(made(scope, NOTICE, reading(locale)))
    assert "of_long_ago" not in made(GONE, NOTICE, reading(locale))


@pytest.mark.parametrize("made", [ask_page, done_page])
@SCOPES
def test_pages_are_written_in_both_languages(made: Callable[..., str], scope: Scope) -> None:
    italian, english = (said(made(scope, shipped(), reading(locale))) for locale in ("it", "en"))
    assert not re.search(r"\b(the|your|you|and)\b", italian)
    assert not re.search(r"\b(il|che|Suo|per|di)\b", english)
    assert not re.search(r"\b(tu|tuo|tua|ti|clicca|accedi|scegli|premi|vuoi)\b", italian.lower())


def test_words_of_the_notice_stay_words() -> None:
    notice = shipped()
    hostile = replace(notice.purposes["offers_email"], title={"it": "</p><script>x", "en": "x"})
    notice = replace(notice, purposes={**notice.purposes, "offers_email": hostile})
    assert "<script>" not in ask_page(NEWSLETTER, notice, reading("it"))
