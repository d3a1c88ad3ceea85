"""The pages of receipts in the shell: one of one's own, and the check of any text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.errors import NotFound
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.receipts.contract import MAX_RECEIPT
from chalicelib.receipts.model import Issued, Judged, Kept, Reason, Sort, Verdict
from chalicelib.receipts.service import closing, issue, verification
from chalicelib.web.pages import cookie
from chalicelib.web.wiring import wired
from functions.http.receipts import handler
from tests.unit.core.samples import association, shipped, shipped_in
from tests.unit.receipts.samples import entry, everything, said
from tests.unit.web.accessible import check_accessible
from tests.unit.web.pages.sample import SAME, TOKEN
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
LOCALES = languages()
OWN = "/account/receipts/{entry}"
HOSTILE = "\"></textarea><script>alert('x')</script>{{ 7 * 7 }}"
SIGNED = "aaa.bbb." + "c" * 4000
CLOSING: Mapping[str, Any] = {
    "iss": PUBLIC,
    "iat": 1_795_300_000,
    "request": "r" * 26,
    "closed_at": "2026-11-22T16:00:00.000Z",
    "erased": {"records": {"profile": 3, "entry": 1200}},
}
KEPT = (
    Kept("entry", HOSTILE, "2027-11-22T16:00:00.000Z", gone=False),
    Kept("of_long_ago", "x", None, gone=True),
)
ROOT = {"iss": PUBLIC, "iat": 1_795_300_000, "month": "2026-11"}


@pytest.fixture(autouse=True)
def noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    under(monkeypatch, shipped_in(*LOCALES))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


def under(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)


def ask(
    method: str, path: str, fields: Mapping[str, str] | None, language: str, **parameters: str
) -> Sent:
    headers = {"Accept": "text/html", "Cookie": f"{cookie.NAME}={TOKEN}", **SAME}
    body = None if fields is None else urlencode(fields)
    if fields is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {"lang": [language]} if language else {}
    return Sent(handler(event(method, path, body, headers, asked, parameters), CONTEXT))


def receipt(monkeypatch: pytest.MonkeyPatch, notice: Notice, language: str) -> Sent:
    made = everything(notice)
    issued = Issued(made, notice, said(made, notice), SIGNED, {}, "de")
    monkeypatch.setattr(issue, "issue", lambda *_: issued)
    return ask("GET", OWN, None, language, entry=made.id)


def check(
    monkeypatch: pytest.MonkeyPatch, judged: Judged, language: str = "it", text: str = SIGNED
) -> Sent:
    seen: list[str] = []

    def judge(one: str) -> Judged:
        seen.append(one)
        return judged

    monkeypatch.setattr(verification, "judge", judge)
    page = ask("POST", "/receipts/verify", {"receipt": text}, language)
    assert seen == ["".join(text.split())]
    return page


def judgements() -> dict[str, Judged]:
    """Every verdict that there is."""
    notice = shipped_in(*LOCALES)
    decision = said(everything(notice), notice)
    found = {
        "decision": Judged(Verdict(None, decision), Sort.DECISION),
        "closing": Judged(Verdict(None, CLOSING), Sort.CLOSING, KEPT),
        "closing, nothing kept": Judged(Verdict(None, CLOSING), Sort.CLOSING, ()),
        "root": Judged(Verdict(None, ROOT), Sort.RETENTION),
    }
    return found | {f"not: {one}": Judged(Verdict(one, None), Sort.DECISION) for one in Reason}


class TestOwn:
    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("notice", [shipped_in(*LOCALES), association()], ids=["all", "one"])
    def test_stands_in_the_shell(
        self, monkeypatch: pytest.MonkeyPatch, notice: Notice, locale: str
    ) -> None:
        page = receipt(monkeypatch, notice, locale)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        tree = check_accessible(page.text, page.headers["Content-Language"])
        assert SIGNED in tree.said
        links = [str(one["href"]) for one in tree.all("a")]
        assert f"{PUBLIC}/account/choices?lang={locale}" in links

    def test_is_in_the_language_of_the_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page = receipt(monkeypatch, shipped_in(*LOCALES), "")
        check_accessible(page.text, "de")

    def test_of_somebody_else_is_a_page_that_says_that_there_is_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none(*_: Any) -> Issued:
            raise NotFound

        monkeypatch.setattr(issue, "issue", none)
        page = ask("GET", OWN, None, "it", entry="z" * 26 + ".1")
        assert page.status == 404
        check_accessible(page.text, "it")

    def test_of_no_choice_is_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = entry(shipped(), {})
        issued = Issued(made, shipped(), said(made, shipped()), SIGNED, {})
        monkeypatch.setattr(issue, "issue", lambda *_: issued)
        check_accessible(ask("GET", OWN, None, "it", entry=made.id).text, "it")


class TestCheck:
    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("name", judgements())
    def test_says_what_it_proves_and_what_not(
        self, monkeypatch: pytest.MonkeyPatch, name: str, locale: str
    ) -> None:
        judged = judgements()[name]
        page = check(monkeypatch, judged, locale)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        tree = check_accessible(page.text, locale)
        told = words("check", locale)
        reason = judged.verdict.reason
        if reason is None:
            assert told[f"proves_{judged.sort}"] in tree.said
            assert told[f"not_{judged.sort}"] in tree.said
        else:
            assert told[f"reason_{reason}"] in tree.said
        assert "None" not in tree.said

    def test_says_what_is_gone_of_what_was_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tree = check_accessible(check(monkeypatch, judgements()["closing"]).text, "it")
        assert [one for one in tree.said if one in ("non c’è più", "c’è ancora")] == [
            "c’è ancora",
            "non c’è più",
        ]

    def test_any_text_is_a_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page = check(monkeypatch, judgements()["not: format"], "it", f"{HOSTILE}\n {SIGNED}")
        check_accessible(page.text, "it")
        assert "<script>alert" not in page.text

    @pytest.mark.parametrize("locale", LOCALES)
    def test_needs_a_text(self, locale: str) -> None:
        page = ask("POST", "/receipts/verify", {}, locale)
        assert page.status == 400
        tree = check_accessible(page.text, locale)
        assert tree.by_id("field-receipt")[1]["aria-invalid"] == "true"

    def test_takes_no_book(self) -> None:
        page = ask("POST", "/receipts/verify", {"receipt": "x" * (MAX_RECEIPT + 1)}, "it")
        assert page.status in (400, 413)
        check_accessible(page.text, "it")

    def test_in_another_organisation_s_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        under(monkeypatch, association())
        check_accessible(check(monkeypatch, judgements()["closing"], "").text, "en")


@pytest.mark.parametrize(
    ("answers", "sort"),
    [
        ((None,), Sort.DECISION),
        ((Reason.SIGNATURE,), Sort.DECISION),
        ((Reason.TYPE, None), Sort.CLOSING),
        ((Reason.TYPE, Reason.KEY), Sort.CLOSING),
        ((Reason.TYPE, Reason.TYPE, None), Sort.RETENTION),
        ((Reason.TYPE, Reason.TYPE, Reason.TYPE), Sort.RETENTION),
    ],
)
def test_a_text_is_judged_as_what_it_says_it_is(
    monkeypatch: pytest.MonkeyPatch, answers: tuple[Reason | None, ...], sort: Sort
) -> None:
    names = ("verify", "verify_closing", "verify_root")
    for name, reason in zip(names, answers, strict=False):
        verdict = Verdict(reason, {} if reason is None else None)
        monkeypatch.setattr(verification, name, lambda _, found=verdict: found)
    monkeypatch.setattr(closing, "kept", lambda _: KEPT)
    judged = verification.judge(SIGNED)
    assert (judged.sort, judged.verdict.reason) == (sort, answers[-1])
    assert judged.kept == (KEPT if sort is Sort.CLOSING and judged.verdict.valid else None)
