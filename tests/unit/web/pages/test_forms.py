"""Forms: where they may come from, what a refused one shows again, and that one is sent once."""

from __future__ import annotations

import html

import pytest

from chalicelib.web.pages import cookie
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.pages import sample
from tests.unit.web.pages.sample import ONCE, SAME, TOKEN, get, post, signed_in
from tests.unit.web.sample import REQUEST_ID, Sent

GOOD = {"name": "Ada", "password": "correct horse"}


@pytest.mark.parametrize(
    "headers",
    [
        SAME,
        SAME | {"Origin": "null"},
        {"Origin": "https://privacy.example"},
    ],
)
def test_a_form_of_ones_own_page_is_taken(headers: dict[str, str]) -> None:
    sent = post("/things", GOOD, headers)
    assert sent.status == 303
    assert sample.made == ["-"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://privacy.example"},
        {"Origin": "https://privacy.example.evil.example"},
        {"Referer": "https://privacy.example/stage/things"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://privacy.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_every_other_form_is_refused_with_a_page_and_changes_nothing(
    headers: dict[str, str],
) -> None:
    sent = post("/things", GOOD, headers)
    assert sent.status == 403
    assert sent.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'href="{sample.URL}/"' in sent.text
    assert sample.made == []


def test_after_a_form_comes_a_page_with_a_word_and_the_cookie() -> None:
    sent = post("/things", GOOD, query={"lang": "en"})
    assert sent.status == 303
    assert sent.headers["Location"] == f"{sample.URL}/things?page=2&done=made&lang=en"
    assert sent.headers["Set-Cookie"] == (
        f"__Host-riserbo-session={TOKEN}; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax"
    )
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.text == ""
    followed = get("/things", query={"done": "made"})
    assert "made" in followed.text
    assert "unmade" not in get("/things", query={"done": "unmade"}).text


def test_a_refused_form_comes_back_whole_but_for_the_password() -> None:
    sent = post("/things", {"name": "<A", "password": "short", "token": "t0", "x": "1", "note": ""})
    assert sent.status == 400
    text = html.unescape(sent.text)
    assert "<A|t0|" in text
    assert "True" in text
    assert "short" not in text
    assert "'name': ('Scriva almeno 3 caratteri.',)" in text
    assert "'password': ('Scriva almeno 8 caratteri.',)" in text
    assert "'note': ()" in text
    assert "non previsto" in text
    assert f"{sample.URL}/things?token=t0&lang=en" in text
    assert sample.made == []


def test_what_is_left_empty_is_missing() -> None:
    sent = post("/things", {"name": "", "password": ""}, query={"lang": "en"})
    assert sent.text.count("Please fill in this field.") == 2


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("wrong", 401, "The e-mail address and the password do not belong together."),
        ("often", 429, "Please try again in 15 minutes."),
        ("finding", 400, "'password': ('What was typed here cannot be taken as it is.',)"),
    ],
)
def test_a_refusal_of_the_use_case_shows_the_page_again(name: str, status: int, told: str) -> None:
    sent = post("/things", GOOD | {"name": name}, query={"lang": "en"})
    assert sent.status == status
    assert told in html.unescape(sent.text)
    assert sent.headers.get("Retry-After") == ("899" if status == 429 else None)


def test_an_error_of_the_software_is_a_page_with_a_reference() -> None:
    sent = post("/things", GOOD | {"name": "broken"})
    assert sent.status == 500
    assert REQUEST_ID in sent.text
    assert "ada@example.org" not in sent.text


@pytest.mark.parametrize("body", ["name=%zz", "name=a&name=b", "é", "&" * 60])
def test_a_body_that_is_no_form_is_refused(body: str) -> None:
    sent = post("/things", body)
    assert sent.status == 400
    assert sample.made == []


def test_a_body_of_another_type_or_too_large_is_refused_with_a_page() -> None:
    assert post("/things", "{}", SAME | {"Content-Type": "application/json"}).status == 415
    sent = post("/things", "name=" + "a" * 70_000)
    assert sent.status == 413
    assert sent.text.startswith("<!doctype html>")


def test_the_lines_of_a_text_area_end_as_they_were_typed() -> None:
    post("/things", GOOD | {"note": "one\r\ntwo"})
    assert sample.made == ["one\ntwo"]


def own(name: str, form: str | None, once: str = ONCE, token: str = TOKEN) -> Sent:
    fields = {"name": name, "once": once} | ({} if form is None else {"form": form})
    return post("/account/{id}", fields, SAME | signed_in(token), {"id": "1"})


@pytest.mark.parametrize("form", [None, "", "x", cookie.form_token(sample.OTHER), "é"])
def test_a_form_of_a_session_carries_its_token(form: str | None) -> None:
    assert own("Ada", form).status == 403
    assert sample.made == []
    assert own("Ada", cookie.form_token(TOKEN)).status == 303


def test_the_token_of_forms_says_nothing_of_the_secret() -> None:
    assert TOKEN.partition(".")[2] not in cookie.form_token(TOKEN)
    assert (
        cookie.form_token(TOKEN) in get("/account/{id}", signed_in(), parameters={"id": "1"}).text
    )


def test_a_form_that_is_sent_twice_makes_one(store: MemoryStore) -> None:
    form = cookie.form_token(TOKEN)
    first, second = own("Ada", form), own("Ada", form)
    assert (first.status, second.status) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert sample.made == ["Ada"]
    assert own("Bob", form).status == 303, "what was changed is another form"
    assert own("Ada", form, "p" * 43).status == 303
    assert sample.made == ["Ada", "Bob", "Ada"]


def test_a_creating_form_without_its_value_is_refused() -> None:
    assert own("Ada", cookie.form_token(TOKEN), once="").status == 400
    assert sample.made == []


def test_a_conflict_of_the_use_case_is_told_at_once() -> None:
    assert own("taken", cookie.form_token(TOKEN)).status == 409


def test_a_form_that_is_still_handled_is_waited_for(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = cookie.form_token(TOKEN)
    first = own("Ada", form)
    (place, (payload, answer)), *_ = store.claims.items()
    store.claims[place] = (payload, None)

    def arrives(_: float) -> None:
        store.claims[place] = (payload, answer)

    monkeypatch.setattr("chalicelib.web.pages.form.time.sleep", arrives)
    assert own("Ada", form).headers["Location"] == first.headers["Location"]
    assert sample.made == ["Ada"]
