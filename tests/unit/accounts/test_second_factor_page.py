"""The page of the second factor: what each state shows, and what is shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.accounts.second_factor import new_recovery_codes, new_secret, uri
from chalicelib.accounts.service import enrolment
from chalicelib.accounts.service.enrolment import Offered
from chalicelib.accounts.service.second_factor import Stands
from chalicelib.errors import Conflict
from chalicelib.pages.languages import languages
from chalicelib.pages.qr import QUIET, qr_code
from chalicelib.pages.words import words
from tests.unit.accounts.owner import LONG, Person, arrived, pressed, shown
from tests.unit.accounts.visitor import HOSTILE, PUBLIC
from tests.unit.core.samples import NOW
from tests.unit.web.accessible import check_accessible, contents

PATH = "/account/second-factor"
SECRET = new_secret()
CODES = new_recovery_codes()
OFFERED = Offered(SECRET, uri(SECRET, "Keep & Robust", "ada@example.org"))
PROVEN = {"current_password": "secret-a", "code": "492 039"}


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    found = arrived(monkeypatch)
    monkeypatch.setattr(enrolment, "offer", lambda *_: OFFERED)
    monkeypatch.setattr(enrolment, "confirm", lambda *_: CODES)
    monkeypatch.setattr(enrolment, "renew_recovery_codes", lambda *_: CODES)
    return found


def refuse(monkeypatch: pytest.MonkeyPatch, use_case: str, type: str) -> None:
    def refused(*_: object) -> None:
        raise Conflict("No.", type=type)

    monkeypatch.setattr(enrolment, use_case, refused)


def acts(text: str) -> list[Any]:
    return [one["value"] for one in contents(text).all("button") if one.get("name") == "act"]


@pytest.mark.parametrize("locale", languages())
def test_a_secret_is_shown_as_a_picture_a_link_and_a_text(person: Person, locale: str) -> None:
    page = pressed(PATH, locale, act="offer", current_password="secret-a")
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    tree = check_accessible(page.text, locale)
    (picture,) = [one for one in tree.all("svg") if one.get("role") == "img"]
    assert picture["aria-label"] == words("second_factor", locale)["qr"]
    ground, modules = [one for one in tree.all("path") if "fill" in one]
    assert (ground["fill"], modules["fill"]) == ("#fff", "#000"), "in a dark scheme too"
    assert "style=" not in page.text
    assert [one["href"] for one in tree.all("a") if "otpauth" in str(one["href"])] == [OFFERED.uri]
    text = " ".join(re.findall("....", SECRET))
    assert f"{text}</textarea>" in page.text
    assert "data-copy" in tree.by_id("field-shown")[1]
    field = tree.by_id("field-code")[1]
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    hidden = {one["name"]: one["value"] for one in tree.all("input") if one["type"] == "hidden"}
    assert (hidden["act"], hidden["secret"]) == ("confirm", SECRET)
    assert "once" not in hidden, "an answer that is kept would show the codes again"
    assert "secret-a" not in page.text


@pytest.mark.parametrize("act", ["confirm", "renew"])
@pytest.mark.parametrize("locale", languages())
def test_recovery_codes_stand_on_the_answer_alone(person: Person, act: str, locale: str) -> None:
    fields = PROVEN if act == "renew" else {"code": "492039", "secret": SECRET}
    page = pressed(PATH, locale, act=act, **fields)
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    tree = check_accessible(page.text, locale)
    assert "\n".join(CODES) in page.text
    assert "data-copy" in tree.by_id("field-codes")[1]
    assert not any(code in str(one["href"]) for one in tree.all("a") for code in CODES)
    person.factor = Stands(NOW, 10)
    assert CODES[0] not in shown(PATH, locale).text


def test_each_button_needs_its_fields_and_says_all_that_are_missing(person: Person) -> None:
    person.factor = Stands(NOW, 10)
    for act in ("renew", "remove"):
        page = pressed(PATH, act=act)
        assert page.status == 400
        tree = check_accessible(page.text, "en")
        links = [str(one["href"]) for one in tree.all("a") if "#field" in str(one["href"])]
        assert links == ["#field-current_password", "#field-code"]
    person.factor = None
    assert pressed(PATH, act="offer").status == 400
    assert pressed(PATH, act="else").status == 400


@pytest.mark.parametrize("role", [None, "officer"])
def test_a_role_at_the_desk_keeps_its_second_factor(
    person: Person, monkeypatch: pytest.MonkeyPatch, role: str | None
) -> None:
    person.factor, person.role = Stands(NOW, 10), role
    assert acts(shown(PATH, "en").text) == (["renew"] if role else ["renew", "remove"])
    refuse(monkeypatch, "remove", "role-needs-second-factor")
    page = pressed(PATH, act="remove", **PROVEN)
    assert page.status == 409
    said = words("errors", "en")["problem_role-needs-second-factor"]
    assert said in contents(page.text).said


def test_removing_leads_to_a_page_that_says_so(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment, "remove", lambda *_: None)
    answer = pressed(PATH, act="remove", **PROVEN)
    assert (answer.status, answer.headers["Location"]) == (
        303,
        f"{PUBLIC}{PATH}?done=removed&lang=en",
    )
    said = contents(shown(PATH, "en", done="removed").text).said
    assert words("second_factor", "en")["done_removed"] in said


@pytest.mark.parametrize(("left", "few"), [(10, False), (3, False), (2, True), (0, True)])
def test_says_how_many_recovery_codes_are_left(person: Person, left: int, few: bool) -> None:
    person.factor = Stands(NOW, left)
    said = contents(shown(PATH, "en").text).said
    assert f"{left} of 10" in said
    assert (words("second_factor", "en")["few"] in said) is few


SHOWN_BEFORE: list[Callable[[Person], None]] = [
    lambda one: setattr(one, "factor", Stands(NOW, 10)),
    lambda one: setattr(one, "factor", None),
]


@pytest.mark.parametrize("type", ["second-factor-on", "second-factor-not-offered"])
@pytest.mark.parametrize("before", SHOWN_BEFORE, ids=["on", "off"])
def test_a_second_press_and_an_old_key_end_on_the_page_as_it_stands(
    person: Person, monkeypatch: pytest.MonkeyPatch, type: str, before: Callable[[Person], None]
) -> None:
    before(person)
    refuse(monkeypatch, "confirm", type)
    monkeypatch.setattr(enrolment, "offered_still", lambda *_: None)
    page = pressed(PATH, act="confirm", code="492039", secret=SECRET)
    assert page.status == 409
    tree = check_accessible(page.text, "en")
    assert words("errors", "en")[f"problem_{type}"] in tree.said
    assert SECRET not in page.text
    assert acts(page.text) == (["renew", "remove"] if person.factor else ["offer"])


def test_a_key_that_is_none_is_neither_shown_nor_drawn(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment, "offered_still", lambda *_: None)
    for secret in ("", "short", HOSTILE, LONG[:500], SECRET.lower()):
        page = pressed(PATH, act="confirm", code="492039", secret=secret)
        assert page.status == 400
        check_accessible(page.text, "en")
        assert 'role="img"' not in page.text
        assert "alert(" not in page.text


def test_is_found_in_the_tab_of_security(person: Person) -> None:
    for path in ("/account/password", PATH):
        assert f'href="{PUBLIC}{PATH}?lang=en"' in shown(path, "en").text


def test_a_qr_code_reads_as_its_text_and_has_a_quiet_zone() -> None:
    import segno

    found = qr_code(OFFERED.uri)
    assert found is not None
    drawn = [[0] * found.side for _ in range(found.side)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1H\1z", found.path):
        drawn[int(y)][int(x) : int(x) + int(width)] = [1] * int(width)
    inner = [row[QUIET:-QUIET] for row in drawn[QUIET:-QUIET]]
    assert inner == [list(row) for row in segno.make_qr(OFFERED.uri).matrix]
    assert sum(map(sum, drawn)) == sum(map(sum, inner)), "the margin is light"
    assert qr_code("ع" * 3_000) is None
