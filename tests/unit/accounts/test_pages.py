"""The pages behind the links of mails: one button, no script, nothing changed by looking."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chalicelib.accounts.contract import address, credentials, registration, warnings
from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.service import pages
from chalicelib.accounts.service.pages import (
    address_confirmed_before_page,
    address_confirmed_page,
    address_undone_before_page,
    address_undone_page,
    confirm_address_page,
    disavowal_page,
    disavowed_before_page,
    disavowed_page,
    keep_gone_page,
    keep_page,
    kept_before_page,
    kept_page,
    refusal_texts,
    reset_before_page,
    reset_done_page,
    reset_page,
    reset_request_page,
    reset_requested_page,
    undo_address_page,
    verification_page,
    verified_before_page,
    verified_page,
)
from chalicelib.accounts.service.proof import Next
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.web.contract import Operation
from tests.unit.core.samples import shipped_in
from tests.unit.web.accessible import Tree, check_accessible, contents

LOCALES = languages()
NOTICE = shipped_in(*LOCALES)
TOKEN = "a2" * 13 + "." + "Zz9_-" * 8 + "abc"
HOSTILE = "\"></form><script>alert('x')</script>{{ 7 * 7 }}&amp;"
REASONS = ("common", "own_data", "guessable", "too_short", "too_long")

Page = Callable[..., str]
BEHIND_LINKS: dict[Page, Operation] = {
    verification_page: registration.SHOW_VERIFICATION,
    disavowal_page: registration.SHOW_DISAVOWAL,
    keep_page: warnings.SHOW_WARNING,
    reset_page: credentials.SHOW_RESET,
    confirm_address_page: address.SHOW_CONFIRMATION,
    undo_address_page: address.SHOW_UNDO,
}
WITH_A_PASSWORD = (reset_page, verification_page, confirm_address_page)
OUTCOMES: dict[str, tuple[Page, dict[str, Any]]] = {
    "verified": (verified_page, {"then": Next.SIGN_IN}),
    "proven alone": (verified_page, {"then": Next.CHOOSE_PASSWORD}),
    "disavowed": (disavowed_page, {"verified": False}),
    "disavowal requested": (disavowed_page, {"verified": True}),
    "reset requested": (reset_requested_page, {}),
    "reset done": (reset_done_page, {}),
    "address confirmed": (address_confirmed_page, {}),
    "address undone": (address_undone_page, {}),
    "verified before": (verified_before_page, {}),
    "disavowed before": (disavowed_before_page, {}),
    "kept": (kept_page, {}),
    "kept before": (kept_before_page, {}),
    "keep gone": (keep_gone_page, {}),
    "reset before": (reset_before_page, {}),
    "address confirmed before": (address_confirmed_before_page, {}),
    "address undone before": (address_undone_before_page, {}),
}


def reading(locale: str) -> Callable[[Sequence[str]], str]:
    """Somebody who reads that language, where it is on offer."""

    def choose(offered: Sequence[str]) -> str:
        assert tuple(offered) == LOCALES
        return locale

    return choose


def every_page(locale: str) -> dict[str, str]:
    found = {made.__name__: made(NOTICE, reading(locale), TOKEN) for made in BEHIND_LINKS}
    found |= {
        name: made(NOTICE, reading(locale), **words) for name, (made, words) in OUTCOMES.items()
    }
    return found | {"reset request": reset_request_page(NOTICE, reading(locale))}


def posting_to(shown: Operation, locale: str) -> dict[str, str | None]:
    """The form of a page, which posts to the last segment of where it is shown."""
    action = f"{shown.path.rpartition('/')[2]}?lang={locale}"
    return {"method": "post", "action": action, "novalidate": None, "class": "form"}


def said(text: str) -> str:
    """What the page says, without the names of the site."""
    return " ".join(contents(text).said).replace(NOTICE.site_name, "")


def test_every_page_is_tested() -> None:
    public = {
        name
        for name, one in vars(pages).items()
        if inspect.isfunction(one) and one.__module__ == pages.__name__ and name[0] != "_"
    }
    tested = {made.__name__ for made in BEHIND_LINKS}
    tested |= {made.__name__ for made, _ in OUTCOMES.values()}
    assert public == tested | {"reset_request_page", "refusal_texts"}


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_are_accessible_and_differ(locale: str) -> None:
    found = every_page(locale)
    titles = []
    for text in found.values():
        check_accessible(text, locale)
        titles.append(Tree(text).said[0])
    assert len(set(titles)) == len(found)
    assert all(title.endswith(f" · {NOTICE.site_name}") for title in titles)


def test_pages_are_written_in_both_languages() -> None:
    italian, english = (every_page(locale) for locale in ("it", "en"))
    for name, text in italian.items():
        assert not re.search(r"\b(the|your|you|and)\b", said(text))
        assert not re.search(r"\b(il|che|Suo|per|di)\b", said(english[name]))
        assert not re.search(r"\b(tu|tuo|tua|ti|clicca|accedi|scegli|premi)\b", said(text).lower())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("made", BEHIND_LINKS)
def test_a_page_behind_a_link_holds_the_token_as_a_hidden_field_only(
    made: Page, locale: str
) -> None:
    text = made(NOTICE, reading(locale), TOKEN)
    tree = check_accessible(text, locale)
    forms = 2 if made is verification_page else 1
    assert text.count(TOKEN) == forms
    assert tree.all("input")[0] == {"type": "hidden", "name": "token", "value": TOKEN}
    # The last segment of the page's own path: below every stage, and without the page's query.
    assert tree.all("form") == [posting_to(BEHIND_LINKS[made], locale)] * forms
    assert len(tree.all("button")) == forms
    assert tree.all("a") == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("made", BEHIND_LINKS)
def test_a_hostile_token_stays_a_value(made: Page, locale: str) -> None:
    text = made(NOTICE, reading(locale), HOSTILE)
    tree = check_accessible(text, locale)
    assert tree.all("input")[0]["value"] == HOSTILE
    assert "49" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", OUTCOMES)
def test_a_page_after_it_has_nothing_to_press(name: str, locale: str) -> None:
    tree = check_accessible(every_page(locale)[name], locale)
    assert tree.all("form") == tree.all("input") == tree.all("button") == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("made", [one for one in BEHIND_LINKS if one not in WITH_A_PASSWORD])
def test_one_button_is_all_that_most_pages_have(made: Page, locale: str) -> None:
    tree = Tree(made(NOTICE, reading(locale), TOKEN))
    assert [one["name"] for one in tree.all("input")] == ["token"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("refused", [False, True])
def test_confirming_an_address_takes_the_password_and_does_without(
    locale: str, refused: bool
) -> None:
    page = confirm_address_page(NOTICE, reading(locale), TOKEN, refused=refused)
    token, field = check_accessible(page, locale).all("input")
    assert (token["name"], field["name"], field["type"]) == ("token", "password", "password")
    assert "required" not in field
    assert ("aria-invalid" in field) is refused


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("refused", [False, True])
def test_proving_an_address_asks_for_the_password_or_goes_without(
    locale: str, refused: bool
) -> None:
    tree = check_accessible(
        verification_page(NOTICE, reading(locale), TOKEN, refused=refused), locale
    )
    names = [one["name"] for one in tree.all("input")]
    assert names == ["token", "password", "token"], "the second form has no password"
    field = tree.all("input")[1]
    assert (field["type"], field["autocomplete"]) == ("password", "current-password")
    assert "required" in field
    assert ("aria-invalid" in field) is refused
    assert "value" not in field


@pytest.mark.parametrize("locale", LOCALES)
def test_asking_for_a_new_password_takes_an_address(locale: str) -> None:
    tree = check_accessible(reset_request_page(NOTICE, reading(locale)), locale)
    assert tree.all("form") == [posting_to(credentials.SHOW_RESETS, locale)]
    assert tree.all("input") == [
        {
            "id": "field-email",
            "name": "email",
            "type": "email",
            "autocomplete": "email",
            "maxlength": "254",
            "required": None,
            "class": "input",
            "spellcheck": "false",
            "autocapitalize": "none",
        }
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_choosing_a_new_password(locale: str) -> None:
    text = reset_page(NOTICE, reading(locale), TOKEN)
    tree = check_accessible(text, locale)
    assert tree.all("input")[1:] == [
        {
            "id": "field-password",
            "name": "password",
            "type": "password",
            "autocomplete": "new-password",
            "minlength": str(PASSWORD_MIN),
            "required": None,
            "aria-describedby": "hint-password",
            "class": "input",
            "spellcheck": "false",
            "autocapitalize": "none",
            "data-show": words("shell", locale)["show_password"],
            "data-hide": words("shell", locale)["hide_password"],
        }
    ]
    assert f" {PASSWORD_MIN} " in said(text)
    assert "alert" not in text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_refused_password_is_asked_for_again_with_the_reasons(locale: str) -> None:
    reasons = refusal_texts(NOTICE, reading(locale), ["own_data", "guessable"])
    text = reset_page(NOTICE, reading(locale), TOKEN, [*reasons, HOSTILE])
    tree = check_accessible(text, locale)
    hidden, field = tree.all("input")
    assert hidden["value"] == TOKEN
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "errors-password hint-password"
    assert "value" not in field
    assert tree.by_id("errors-password")[0] == "div"
    (alert,) = [one for _, one in tree.tags if one.get("role") == "alert"]
    assert alert["class"] == "summary"
    assert {*reasons, HOSTILE} <= set(tree.said)
    assert {link["href"] for link in tree.all("a")} == {"#field-password"}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_has_a_text_of_its_own(locale: str) -> None:
    texts = refusal_texts(NOTICE, reading(locale), REASONS)
    assert len(set(texts)) == len(REASONS)
    assert str(PASSWORD_MIN) in texts[3]
    assert str(PASSWORD_MAX) in texts[4]
    assert all(text.endswith(".") and len(text) < 100 for text in texts)
    assert refusal_texts(NOTICE, reading(locale), []) == []


def test_the_languages_know_the_same_reasons() -> None:
    known = {name for name in words("accounts", "en") if name.startswith("password_")}
    assert known == {f"password_{reason}" for reason in REASONS}
    with pytest.raises(KeyError):
        refusal_texts(NOTICE, reading("it"), ["unheard_of"])


@pytest.mark.parametrize(
    ("locale", "stopped", "asked"),
    [
        ("it", "dati saranno cancellati", "abbiamo aperto una richiesta"),
        ("en", "data will be erased", "we opened a request"),
    ],
)
def test_a_verified_account_is_never_said_to_be_stopped(
    locale: str, stopped: str, asked: str
) -> None:
    unverified = said(disavowed_page(NOTICE, reading(locale), verified=False))
    verified = said(disavowed_page(NOTICE, reading(locale), verified=True))
    assert stopped in unverified
    assert asked not in unverified
    assert asked in verified
    assert stopped not in verified
