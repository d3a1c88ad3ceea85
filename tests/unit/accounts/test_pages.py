"""The pages of accounts as they are rendered: every state, every language, nothing chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.accounts.model import PASSWORD_MIN
from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.web.wiring import wired
from tests.product import product_document
from tests.unit.accounts.visitor import HOSTILE, ONCE, PUBLIC, TOKEN, opened, sent
from tests.unit.core.samples import association, shipped, shipped_in
from tests.unit.web.accessible import check_accessible, contents

LOCALES = languages()
LINK = {"token": TOKEN}
STATES: list[tuple[str, str, Mapping[str, str]]] = [
    ("accounts", "/register", {}),
    ("accounts", "/verification", {}),
    ("accounts", "/verification", LINK),
    *(("accounts", "/verification", {"done": one}) for one in ("sent", "resent")),
    *(("accounts", "/verification", {"done": one}) for one in ("proven", "before")),
    ("accounts", "/verification/resend", {}),
    ("accounts", "/disavowal", {}),
    ("accounts", "/disavowal", LINK),
    *(("accounts", "/disavowal", {"done": one}) for one in ("disowned", "asked", "before")),
    ("accounts", "/account/keep", {}),
    ("accounts", "/account/keep", LINK),
    *(("accounts", "/account/keep", {"done": one}) for one in ("kept", "before")),
    ("credentials", "/password", {}),
    *(("credentials", "/password", {"done": one}) for one in ("sent", "before")),
    ("credentials", "/password/new", {}),
    ("credentials", "/password/new", LINK),
    ("profile", "/email/confirm", {}),
    ("profile", "/email/confirm", LINK),
    *(("profile", "/email/confirm", {"done": one}) for one in ("confirmed", "before")),
    ("profile", "/email/undo", {}),
    ("profile", "/email/undo", LINK),
    *(("profile", "/email/undo", {"done": one}) for one in ("undone", "before")),
]
NAMES = [f"{path}-{'-'.join(query.values())[:8]}" for _, path, query in STATES]


def in_force(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)


@pytest.fixture(autouse=True)
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(monkeypatch, shipped_in(*LOCALES))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("function", "path", "query"), STATES, ids=NAMES)
def test_every_state_can_be_read_by_everybody(
    function: str, path: str, query: Mapping[str, str], locale: str
) -> None:
    page = opened(function, path, query, locale)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    tree = check_accessible(page.text, locale)
    for one in tree.all("form"):
        assert one["method"] == "post"
        assert str(one["action"]).startswith(PUBLIC)
        assert str(one["action"]).endswith(f"?lang={locale}")
        assert "novalidate" in one
    chosen = [one for one in tree.all("input") if "checked" in one]
    assert chosen == []
    typed = [one for one in tree.all("input") if one.get("type") != "hidden"]
    assert {one.get("value") for one in typed} <= {None, "", "granted", "denied"}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["/verification", "/disavowal", "/account/keep"])
def test_a_link_is_sent_along_and_told_to_nobody(path: str, locale: str) -> None:
    page = opened("accounts", path, LINK, locale)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    hidden = [one for one in contents(page.text).all("input") if one.get("name") == "token"]
    assert [one["value"] for one in hidden] == [TOKEN]


@pytest.mark.parametrize(("function", "path", "query"), STATES, ids=NAMES)
def test_a_hostile_address_is_a_text(function: str, path: str, query: Mapping[str, str]) -> None:
    page = opened(function, path, {**query, "token": HOSTILE, "email": HOSTILE}, "it")
    assert page.status == 200
    check_accessible(page.text, "it")
    assert "<script>alert" not in page.text
    assert "&lt;/script&gt;49" not in page.text


class TestRegistration:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_asks_what_the_notice_asks_and_says_what_follows_without(self, locale: str) -> None:
        notice = shipped_in(*LOCALES)
        form = notice.forms["registration"]
        tree = contents(opened("accounts", "/register", {}, locale).text)
        named = {
            one["name"] for tag in ("input", "textarea", "select") for one in tree.all(tag)
        } - {"once", "form"}
        fields = {f"profile.{one.category}.{one.field}" for one in form.required | form.optional}
        fields -= {f"profile.{form.address}"}
        decided = {f"decisions.{one}" for one in notice.choices}
        assert named == {"email", "password", "locale", "notice_version"} | fields | decided
        assert notice.text(form.consequence, locale) in tree.said
        links = {str(one["href"]).partition("?")[0] for one in tree.all("a")}
        assert f"{PUBLIC}/notice/{notice.version}" in links

    def test_repeats_what_was_typed_and_says_everything_that_is_wrong(self) -> None:
        fields = {
            "once": ONCE,
            "email": "nobody",
            "password": "short",
            "locale": "it",
            "notice_version": shipped().version,
            "profile.identity.name": "Ada <b>",
            "profile.identity.phone": "12",
            "decisions.offers_email": "granted",
            "decisions.surveys": "denied",
        }
        page = sent("accounts", "/register", fields, "it")
        assert page.status == 400
        tree = check_accessible(page.text, "it")
        assert "<title>Errore: " in page.text
        (alert,) = [one for _, one in tree.tags if one.get("role") == "alert"]
        assert alert["class"] == "summary"
        wrong = ["email", "password", "profile.identity.phone"]
        assert [one["href"] for one in tree.all("a")][: len(wrong)] == [
            f"#field-{w}" for w in wrong
        ]
        for name in wrong:
            assert tree.by_id(f"field-{name}")[1]["aria-invalid"] == "true"
        assert tree.by_id("field-email")[1]["value"] == "nobody"
        assert tree.by_id("field-profile.identity.name")[1]["value"] == "Ada <b>"
        assert "value" not in tree.by_id("field-password")[1]
        chosen = {one["name"]: one["value"] for one in tree.all("input") if "checked" in one}
        assert chosen == {"decisions.offers_email": "granted", "decisions.surveys": "denied"}
        # The fold that holds a refused field is open, so that its error is seen.
        assert [one for one in tree.all("details") if "open" in one] != []

    @pytest.mark.parametrize("locale", LOCALES)
    def test_says_every_reason_in_the_reader_s_language(self, locale: str) -> None:
        page = sent("accounts", "/register", {"once": ONCE, "email": "a"}, locale)
        said = words("errors", locale)
        tree = contents(page.text)
        assert said["reason_email"] in tree.said
        assert said["reason_required"] in tree.said
        password = words("registration", locale)["password"]
        assert any(one.startswith(password) and one != password for one in tree.said)

    def test_asks_for_the_age_that_the_notice_asks_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = product_document()
        told = {"it": "Dai sedici anni.", "en": "From sixteen."}
        document["minors"] = {"origin": "published", "text": told, "age": 16}
        in_force(monkeypatch, compile_notice(document, STORED))
        page = sent("accounts", "/register", {"once": ONCE, "email": "ada@example.org"}, "it")
        tree = contents(page.text)
        field = tree.by_id("field-of_age")[1]
        assert (field["type"], field["aria-invalid"]) == ("checkbox", "true")
        assert "Ho almeno 16 anni" in tree.said
        assert words("errors", "it")["reason_unticked"] in tree.said

    def test_refuses_a_form_that_was_not_made_here(self) -> None:
        fields = {
            "once": ONCE,
            "decisions.run_account": "granted",
            "profile.x.y": "1",
            "decisions": "x",
        }
        assert sent("accounts", "/register", fields).status == 400

    def test_is_not_there_where_the_notice_registers_nobody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = product_document()
        document["forms"] = [one for one in document["forms"] if one["id"] != "registration"]
        in_force(monkeypatch, compile_notice(document, STORED))
        assert opened("accounts", "/register", {}).status == 404

    def test_shows_the_words_of_a_notice_as_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        in_force(monkeypatch, hostile())
        page = opened("accounts", "/register", {}, "it")
        check_accessible(page.text, "it")
        assert "<script>alert" not in page.text
        assert page.text.count("{{ 7 * 7 }}") > 3


def hostile() -> Notice:
    """The product's notice, with words of markup and of 4,000 characters."""
    document = product_document()
    (form,) = (one for one in document["forms"] if one["id"] == "registration")
    form["consequence"] = dict.fromkeys(form["consequence"], "ع" * 3990)
    for one in (*document["categories"], *document["purposes"]):
        one["title"] = dict.fromkeys(one["title"], HOSTILE)
    return compile_notice(document, STORED)


def test_a_notice_in_one_language_renders_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(monkeypatch, association())
    for function, path, query in STATES:
        page = opened(function, path, query)
        assert page.status in (200, 404)
        check_accessible(page.text, page.headers["Content-Language"])


class TestProof:
    def test_needs_the_password_unless_the_address_alone_is_proven(self) -> None:
        page = sent("accounts", "/verification", {"once": ONCE, "token": TOKEN}, "en")
        assert page.status == 400
        tree = check_accessible(page.text, "en")
        assert tree.by_id("field-password")[1]["aria-invalid"] == "true"
        hidden = [one for one in tree.all("input") if one.get("name") == "token"]
        assert [one["value"] for one in hidden] == [TOKEN]

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({}, ["email", "code", "password"]),
            ({"email": "ada@example.org"}, ["code", "password"]),
            ({"email": "ada", "code": "123", "alone": "yes"}, ["email", "code"]),
            ({"code": "12345678", "alone": "yes"}, ["email"]),
        ],
    )
    def test_by_code_needs_all_of_it(self, fields: dict[str, str], wrong: list[str]) -> None:
        tree = contents(sent("accounts", "/verification", {"once": ONCE, **fields}).text)
        invalid = [one["name"] for one in tree.all("input") if "aria-invalid" in one]
        assert invalid == wrong

    def test_says_both_outcomes_of_a_disavowal_before_the_press(self) -> None:
        said = " ".join(contents(opened("accounts", "/disavowal", LINK, "it").text).said)
        assert "ne cancelliamo i dati" in said
        assert "apriamo una richiesta" in said


@pytest.mark.parametrize("locale", LOCALES)
def test_a_new_password_has_a_hint_with_its_length(locale: str) -> None:
    tree = contents(opened("credentials", "/password/new", LINK, locale).text)
    assert str(PASSWORD_MIN) in " ".join(tree.said)
    field: dict[str, Any] = tree.by_id("field-password")[1]
    assert field["autocomplete"] == "new-password"
    assert "maxlength" not in field


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        ("accounts", "/v1/accounts/verification", "/verification"),
        ("accounts", "/v1/accounts/disavowal", "/disavowal"),
        ("accounts", "/v1/accounts/warning", "/account/keep"),
        ("credentials", "/v1/password-resets", "/password"),
        ("credentials", "/v1/password-resets/confirmation", "/password/new"),
        ("profile", "/v1/account/email/confirmation", "/email/confirm"),
        ("profile", "/v1/account/email/undo", "/email/undo"),
    ],
)
def test_the_links_of_old_mails_lead_to_the_pages(function: str, old: str, new: str) -> None:
    answer = opened(function, old, LINK, "de")
    assert answer.status == 303
    assert answer.headers["Location"] == f"{PUBLIC}{new}?token={TOKEN}&lang=de"
