"""What a link does: it refuses one purpose, or turns one notification off, and nothing else."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.api_keys import service as api_keys
from chalicelib.consents.store import EntryItem
from chalicelib.errors import Conflict, Forbidden, Unauthenticated, Unprocessable
from chalicelib.notices.model import LegalBasis, Notice
from chalicelib.subjects.model import Decided, Decision, Life, Limits, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.unsubscribe.model import Kind, Link, Scope, new_link, refusable, token
from chalicelib.unsubscribe.service import links, opt_out
from chalicelib.vault.service import new_visitor_key
from tests.unit.core.samples import (
    DISOWNED,
    EVERY_STANDING,
    NOW,
    SUBJECT,
    VISITOR,
    shipped,
    standing,
)
from tests.unit.storage.tables import Tables

NEWSLETTER = "offers_email"
AGREED = {
    NEWSLETTER: Decided(Decision.GRANTED, 1, NOW, "2026-11-22"),
    "surveys": Decided(Decision.GRANTED, 1, NOW, "2026-11-22"),
}
GONE = {Life.ERASING, Life.ERASED}
SIGN_IN = Scope(Kind.NOTIFICATION, "new_sign_in")


def mac(link: Link) -> bytes:
    return hashlib.sha256(b"key" + link.signed()).digest()


def written(scope: Scope, subject: str = SUBJECT) -> str:
    link = new_link(subject, scope, NOW)
    return token(link, mac(link))


class People:
    """Who is known, and what becomes of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tables = Tables()
        self.tables.play(monkeypatch)
        monkeypatch.setattr(links, "_mac", mac)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        monkeypatch.setattr(time, "sleep", lambda _: None)
        monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")

    def know(self, stands: Standing) -> None:
        """Somebody is known, with a ledger."""
        _, key = new_visitor_key(stands.subject, "evidence", NOW)
        self.tables.put(standing_item(stands), key)

    def stands(self, subject: str = SUBJECT) -> Standing:
        """What stands about somebody now."""
        item = standing_item(standing(subject))
        return standing_of(self.tables.one(StandingItem, item.pk, item.sk))

    def entries(self) -> list[EntryItem]:
        """What was recorded."""
        return self.tables.all(EntryItem)

    def end(self, scope: Scope, subject: str = SUBJECT, notice: Notice | None = None) -> None:
        """Somebody presses the button."""
        opt_out.end(written(scope, subject), "it", notice or shipped())


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> People:
    made = People(monkeypatch)
    made.know(replace(standing(), decisions=AGREED, seq=1))
    return made


def test_a_link_withdraws_one_purpose_and_leaves_the_rest(people: People) -> None:
    people.end(Scope(Kind.PURPOSE, NEWSLETTER))
    after = people.stands().decisions
    assert after[NEWSLETTER].decision is Decision.WITHDRAWN
    assert after["surveys"] == AGREED["surveys"]
    (entry,) = people.entries()
    assert (entry.source, entry.seq, entry.notice_version) == ("link", 2, shipped().version)


def test_pressed_again_it_changes_nothing(people: People) -> None:
    people.end(Scope(Kind.PURPOSE, NEWSLETTER))
    before = dict(people.tables.items)
    for _ in range(3):
        people.end(Scope(Kind.PURPOSE, NEWSLETTER))
    assert people.tables.items == before


@pytest.mark.parametrize(
    ("life", "limits"),
    [(life, limits) for life, limits in EVERY_STANDING if life not in GONE],
)
def test_it_works_in_every_life_of_an_account(people: People, life: Life, limits: Limits) -> None:
    people.know(replace(standing(life=life, limits=limits), decisions=AGREED, seq=1))
    people.end(Scope(Kind.PURPOSE, NEWSLETTER))
    people.end(SIGN_IN)
    after = people.stands()
    assert (after.life, after.limits) == (life, limits)
    assert after.decisions[NEWSLETTER].decision is Decision.WITHDRAWN
    assert after.muted == {"new_sign_in"}


def test_it_works_without_an_account(people: People) -> None:
    people.know(replace(standing(VISITOR), decisions=AGREED, seq=1))
    people.end(Scope(Kind.PURPOSE, NEWSLETTER), VISITOR)
    assert people.stands(VISITOR).decisions[NEWSLETTER].decision is Decision.WITHDRAWN
    assert people.stands().decisions == AGREED


@pytest.mark.parametrize("life", sorted(GONE))
@pytest.mark.parametrize("scope", [Scope(Kind.PURPOSE, NEWSLETTER), SIGN_IN], ids=str)
def test_for_who_is_gone_or_going_it_is_done_already(
    people: People, scope: Scope, life: Life
) -> None:
    people.end(scope, "z" * 26)
    people.know(replace(standing(life=life), decisions=AGREED, seq=1))
    before = dict(people.tables.items)
    people.end(scope)
    assert people.tables.items == before


def test_a_notification_is_turned_off_and_the_others_stay(people: People) -> None:
    people.know(replace(standing(), muted=frozenset({"digest"}), revision=3, decisions=AGREED))
    people.end(SIGN_IN)
    after = people.stands()
    assert after.muted == {"digest", "new_sign_in"}
    assert (after.revision, after.decisions, people.entries()) == (4, AGREED, [])
    people.end(SIGN_IN)
    assert people.stands() == after


def test_what_is_set_at_the_same_moment_is_kept(people: People) -> None:
    def other() -> None:
        people.know(replace(people.stands(), muted=frozenset({"digest"}), revision=1))

    people.tables.steps.meanwhile["commit"] = [other]
    people.end(SIGN_IN)
    assert people.stands().muted == {"digest", "new_sign_in"}


def test_what_is_always_sent_cannot_be_turned_off(people: People) -> None:
    with pytest.raises(Unprocessable):
        people.end(Scope(Kind.NOTIFICATION, "account_security"))
    assert people.stands().muted == frozenset()


def basis(name: str, becomes: LegalBasis) -> Notice:
    """The shipped notice with another basis of a purpose, which has mails."""
    notice = shipped()
    purpose = replace(notice.purposes[name], basis=becomes, channels=("email",))
    return replace(notice, purposes={**notice.purposes, name: purpose})


def test_against_a_legitimate_interest_it_is_an_objection(people: People) -> None:
    notice = basis("improvement", LegalBasis.LEGITIMATE_INTEREST)
    people.end(Scope(Kind.PURPOSE, "improvement"), notice=notice)
    assert people.stands().decisions["improvement"].decision is Decision.OBJECTED


@pytest.mark.parametrize("becomes", [LegalBasis.CONTRACT, LegalBasis.LEGAL_OBLIGATION])
def test_what_rests_on_another_basis_by_now_is_refused_all_the_same(
    people: People, becomes: LegalBasis
) -> None:
    people.end(Scope(Kind.PURPOSE, NEWSLETTER), notice=basis(NEWSLETTER, becomes))
    assert people.stands().decisions[NEWSLETTER].decision is Decision.WITHDRAWN


def test_a_purpose_that_is_gone_is_refused_for_when_it_comes_back(people: People) -> None:
    people.end(Scope(Kind.PURPOSE, "of_long_ago"))
    assert people.stands().decisions["of_long_ago"].decision is Decision.DENIED


def test_a_notification_that_is_gone_has_ended(people: People) -> None:
    before = dict(people.tables.items)
    people.end(Scope(Kind.NOTIFICATION, "of_long_ago"))
    assert people.tables.items == before


def forged(scope: Scope) -> str:
    return written(scope)[:-1] + "!"


@pytest.mark.parametrize("scope", [Scope(Kind.PURPOSE, NEWSLETTER), SIGN_IN], ids=str)
def test_a_forged_link_reads_nothing(people: People, scope: Scope) -> None:
    link = new_link(SUBJECT, scope, NOW)
    for text in (forged(scope), token(link, bytes(32)), "", "x"):
        with pytest.raises(Unprocessable):
            opt_out.end(text, "it", shipped())
    assert people.tables.steps.names == []


class TestIssuing:
    """Links for mails that the site sends itself."""

    @pytest.fixture
    def issue(self, people: People) -> Callable[..., links.Minted]:
        _, key = api_keys.create("site", {"decisions"})

        def made(subject: str = SUBJECT, purpose: str = NEWSLETTER, bearer: str = key) -> Any:
            return opt_out.issue(bearer, subject, purpose, "en", shipped())

        return made

    def test_who_may_be_written_to_gets_a_link_that_works(
        self, people: People, issue: Callable[..., links.Minted]
    ) -> None:
        people.tables.steps.names.clear()
        minted = issue()
        assert people.tables.steps.names == ["batch"], "one call of two read units"
        text = minted.url.rpartition("/")[2].removesuffix("?lang=en")
        opt_out.end(text, "it", shipped())
        assert people.stands().decisions[NEWSLETTER].decision is Decision.WITHDRAWN
        with pytest.raises(Conflict) as refused:
            issue()
        assert refused.value.members == {"reasons": ["withdrawn"]}

    @pytest.mark.parametrize(
        ("changed", "reasons"),
        [
            ({"decisions": {}}, ["not_asked"]),
            ({"life": Life.PENDING, "limits": DISOWNED}, ["disowned"]),
            ({"life": Life.DEACTIVATED}, ["deactivated"]),
            ({"life": Life.PENDING}, ["unverified"]),
            ({"suppressed": "complaint"}, ["suppressed"]),
        ],
        ids=str,
    )
    def test_who_may_not_gets_none(
        self,
        people: People,
        issue: Callable[..., links.Minted],
        changed: dict[str, Any],
        reasons: list[str],
    ) -> None:
        people.know(replace(people.stands(), **changed))
        with pytest.raises(Conflict) as refused:
            issue()
        assert (refused.value.type, refused.value.members) == (
            "not-permitted",
            {"reasons": reasons},
        )

    def test_nor_does_who_is_not_known(self, issue: Callable[..., links.Minted]) -> None:
        with pytest.raises(Conflict) as refused:
            issue("a" * 26)
        assert "erased" in refused.value.members["reasons"]

    def test_another_key_is_not_enough(self, issue: Callable[..., links.Minted]) -> None:
        _, other = api_keys.create("site", {"accounts"})
        with pytest.raises(Forbidden):
            issue(bearer=other)
        for nobody in ("", "rsk_" + "a" * 26 + "." + "A" * 43):
            with pytest.raises(Unauthenticated):
                issue(bearer=nobody)

    def test_what_can_be_asked_for_is_what_people_may_refuse_by_mail(self) -> None:
        found = {purpose.id for purpose in refusable(shipped())}
        assert found == {"offers_email", "products_email", "surveys"}
        assert "service_messages" not in found, "it is part of the contract"
        assert "mail_measurement" not in found, "it has an end of its own, without the newsletter's"
