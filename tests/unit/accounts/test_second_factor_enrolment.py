"""Switching the second factor on and off: what is decided and written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.accounts import second_factor as rules
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import enrolment, second_factor
from chalicelib.accounts.service.enrolment import confirm, offer, remove, renew_recovery_codes
from chalicelib.accounts.service.second_factor import Stands
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import Conflict, Forbidden, Problem, TooManyRequests, Unauthenticated
from chalicelib.sessions.parallel import packed
from chalicelib.sessions.store import SessionItem
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from tests.unit.accounts.second_factor_table import (
    ADDRESS,
    CODES,
    COUNTED,
    KEY,
    NETWORK,
    PASSWORD,
    RIGHT,
    SECRET,
    STEP,
    WRONG,
    Table,
    play,
    signed_in,
)
from tests.unit.core.samples import NOW, shipped


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setattr(vault, "load_key", lambda *_: KEY)
    monkeypatch.setattr(enrolment, "address_of", lambda *_: ADDRESS)
    return play(monkeypatch)


def refusal(act: Callable[[], object]) -> tuple[type[Problem], str]:
    with pytest.raises(Problem) as refused:
        act()
    return type(refused.value), refused.value.type


def only_this_session() -> str:
    """That of all sessions the one that asks is left open, as the claim lists them."""
    session = signed_in().session
    return f"sessions = {{'BS': [{packed(session.id, session.created_at)!r}]}}"


class TestOffer:
    def test_hands_out_a_secret_that_is_kept_sealed(self, table: Table) -> None:
        offered = offer(signed_in(), PASSWORD, NETWORK, shipped())
        (write,) = table.commits
        assert write.kinds() == [
            ("delete", "limit"),
            ("replace", "second_factor"),
            ("update", "standing"),
        ]
        (item,) = [item for _, item, _ in write.written if isinstance(item, SecondFactorItem)]
        assert vault.open_item(item, KEY) == {"secret": offered.secret}
        assert (item.status, item.created_at) == ("offered", NOW)
        assert item.expires == (NOW + timedelta(hours=1)).replace(microsecond=0)
        assert offered.secret not in repr(item.serialize()) + repr(offered)
        assert offered.uri.startswith("otpauth://totp/Kaveripoint:ada%40example.com?secret=")
        assert not table.sent

    def test_takes_the_password(self, table: Table) -> None:
        told = refusal(lambda: offer(signed_in(), "wrong", NETWORK, shipped()))
        assert told == (Forbidden, "wrong-password")
        (write,) = table.commits
        assert write.kinds() == COUNTED

    def test_is_refused_where_there_is_one(self, table: Table) -> None:
        table.confirmed()
        on = (Conflict, "second-factor-on")
        assert refusal(lambda: offer(signed_in(), PASSWORD, NETWORK, shipped())) == on
        assert not table.commits

    def test_of_an_account_that_is_being_erased_there_is_none(
        self, table: Table, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def destroyed(*_: object) -> None:
            raise vault.KeyDestroyed

        monkeypatch.setattr(vault, "load_key", destroyed)
        told, _ = refusal(lambda: offer(signed_in(), PASSWORD, NETWORK, shipped()))
        assert told is Unauthenticated


class TestOfferedStill:
    def test_shows_the_offer_again_to_a_caller_that_has_its_secret(self, table: Table) -> None:
        table.offered()
        offered = enrolment.offered_still(signed_in(), SECRET, shipped())
        assert offered is not None
        assert (offered.secret, offered.uri) == (
            SECRET,
            rules.uri(SECRET, shipped().site_name, ADDRESS),
        )
        assert not table.commits

    @pytest.mark.parametrize("secret", ["A" * 32, "", "é" * 32])
    def test_says_nothing_to_a_caller_that_has_another(self, table: Table, secret: str) -> None:
        table.offered()
        assert enrolment.offered_still(signed_in(), secret, shipped()) is None

    def test_ends_with_the_offer(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        assert enrolment.offered_still(signed_in(), SECRET, shipped()) is None
        table.offered()
        monkeypatch.setattr(clock, "now", lambda: NOW + rules.OFFER_VALID)
        assert enrolment.offered_still(signed_in(), SECRET, shipped()) is None
        monkeypatch.setattr(clock, "now", lambda: NOW)
        table.confirmed()
        assert enrolment.offered_still(signed_in(), SECRET, shipped()) is None


class TestStands:
    def test_is_on_once_it_is_confirmed(self, table: Table) -> None:
        assert second_factor.stands(signed_in().subject) is None
        table.offered()
        assert second_factor.stands(signed_in().subject) is None
        table.confirmed()
        assert second_factor.stands(signed_in().subject) == Stands(NOW, len(CODES))


class TestConfirm:
    def test_of_a_secret_that_was_replaced_counts_no_try(self, table: Table) -> None:
        table.offered()
        over = (Conflict, "second-factor-not-offered")
        other = rules.new_secret()
        told = refusal(lambda: confirm(signed_in(), RIGHT, NETWORK, shipped(), other))
        assert told == over
        assert not table.commits
        assert confirm(signed_in(), RIGHT, NETWORK, shipped(), SECRET)

    def test_switches_it_on_everywhere_at_once(self, table: Table) -> None:
        table.offered()
        codes = confirm(signed_in(), RIGHT, NETWORK, shipped())
        assert len(set(codes)) == 10
        (write,) = table.commits
        assert write.kinds() == [
            ("delete", "limit"),
            ("put", "job"),
            ("update", "claim"),
            ("update", "second_factor"),
            ("update", "session"),
            ("update", "standing"),
        ]
        assert write.actions(ClaimItem) == [
            "second_factor = {'BOOL': True}",
            "generation = {'N': '1'}",
            only_this_session(),
        ]
        assert write.actions(SessionItem) == [
            "generation = {'N': '1'}",
            "second_factor = {'BOOL': True}",
        ]
        assert "generation = {'N': '1'}" in write.actions(StandingItem)
        status, step, recovery, expires = write.actions(SecondFactorItem)
        assert "confirmed" in status
        assert str(STEP) in step
        assert all(rules.fingerprint(SECRET, code) in recovery for code in codes)
        assert not any(code in recovery for code in codes)
        assert expires == "expires"
        assert write.job() == ("second_factor_on", "")
        assert len(table.sent) == 1

    @pytest.mark.parametrize("code", [WRONG, CODES[0]], ids=["wrong", "recovery"])
    def test_takes_a_right_code_and_counts_a_wrong_one(self, table: Table, code: str) -> None:
        table.offered()
        told = refusal(lambda: confirm(signed_in(), code, NETWORK, shipped()))
        assert told == (Forbidden, "wrong-code")
        (write,) = table.commits
        assert write.kinds() == COUNTED

    def test_looks_at_no_code_when_no_try_is_left(self, table: Table) -> None:
        table.offered()
        table.exhaust()
        told, _ = refusal(lambda: confirm(signed_in(), RIGHT, NETWORK, shipped()))
        assert told is TooManyRequests
        assert not table.commits

    def test_is_refused_where_nothing_is_offered(
        self, table: Table, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        not_offered = (Conflict, "second-factor-not-offered")
        assert refusal(lambda: confirm(signed_in(), RIGHT, NETWORK, shipped())) == not_offered
        table.offered()
        monkeypatch.setattr(clock, "now", lambda: NOW + rules.OFFER_VALID)
        assert refusal(lambda: confirm(signed_in(), RIGHT, NETWORK, shipped())) == not_offered
        table.confirmed()
        on = (Conflict, "second-factor-on")
        assert refusal(lambda: confirm(signed_in(), RIGHT, NETWORK, shipped())) == on
        assert not table.commits

    def test_never_touches_a_claim_that_is_somebody_elses(self, table: Table) -> None:
        table.offered()
        table.claim.subject = "b" * 26
        told, _ = refusal(lambda: confirm(signed_in(), RIGHT, NETWORK, shipped()))
        assert told is Unauthenticated
        assert not table.commits


class TestChange:
    @pytest.mark.parametrize("code", [RIGHT, CODES[4]], ids=["right", "recovery"])
    def test_new_recovery_codes_replace_all(self, table: Table, code: str) -> None:
        table.confirmed()
        codes = renew_recovery_codes(signed_in(True), PASSWORD, code, NETWORK, shipped())
        assert not set(codes) & set(CODES)
        (write,) = table.commits
        kinds = [kind for _, kind in write.kinds()]
        assert kinds == ["limit", "limit", "job", "second_factor", "standing"]
        recovery = write.actions(SecondFactorItem)[0]
        assert recovery.count("', '") == 9
        assert all(rules.fingerprint(SECRET, one) in recovery for one in codes)
        steps = write.actions(SecondFactorItem)[1:]
        assert steps == ([f"last_step = {{'N': '{STEP}'}}"] if code == RIGHT else [])
        assert write.job() == ("recovery_codes_renewed", "")
        assert len(table.sent) == 1

    @pytest.mark.parametrize("code", [RIGHT, CODES[4]], ids=["right", "recovery"])
    def test_removing_switches_it_off_everywhere_at_once(self, table: Table, code: str) -> None:
        table.confirmed()
        remove(signed_in(True), PASSWORD, code, NETWORK, shipped())
        (write,) = table.commits
        assert write.kinds() == [
            ("check", "limit"),
            ("delete", "limit"),
            ("delete", "second_factor"),
            ("put", "job"),
            ("update", "claim"),
            ("update", "session"),
            ("update", "standing"),
        ]
        off = ["generation = {'N': '1'}", "second_factor = {'BOOL': False}"]
        assert sorted(write.actions(ClaimItem)) == [*off, only_this_session()]
        assert sorted(write.actions(SessionItem)) == off
        assert write.job() == ("second_factor_off", "")
        assert len(table.sent) == 1

    def test_who_works_at_the_desk_keeps_it(self, table: Table) -> None:
        table.confirmed()
        person = signed_in(True, role="desk")
        told = refusal(lambda: remove(person, PASSWORD, RIGHT, NETWORK, shipped()))
        assert told == (Conflict, "role-needs-second-factor")
        assert not table.commits

    def test_where_there_is_none_removing_is_done_and_renewing_refused(self, table: Table) -> None:
        remove(signed_in(), PASSWORD, RIGHT, NETWORK, shipped())
        told = refusal(
            lambda: renew_recovery_codes(signed_in(), PASSWORD, RIGHT, NETWORK, shipped())
        )
        assert told == (Conflict, "second-factor-off")
        assert not table.commits

    @pytest.mark.parametrize("act", [renew_recovery_codes, remove])
    @pytest.mark.parametrize(
        ("password", "code", "type"),
        [(PASSWORD, WRONG, "wrong-code"), ("wrong", RIGHT, "wrong-password")],
    )
    def test_both_take_password_and_code_and_count_wrong_ones(
        self, table: Table, act: Callable[..., Any], password: str, code: str, type: str
    ) -> None:
        table.confirmed()
        told = refusal(lambda: act(signed_in(True), password, code, NETWORK, shipped()))
        assert told == (Forbidden, type)
        (write,) = table.commits
        assert write.kinds() == COUNTED + COUNTED[:1] * (password == PASSWORD)


ACTS: list[Callable[[], object]] = [
    lambda: confirm(signed_in(), RIGHT, NETWORK, shipped()),
    lambda: renew_recovery_codes(signed_in(True), PASSWORD, RIGHT, NETWORK, shipped()),
    lambda: remove(signed_in(True), PASSWORD, RIGHT, NETWORK, shipped()),
]


@pytest.mark.parametrize("act", ACTS, ids=["confirm", "renew", "remove"])
@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"second_factor", "claim"}, (Conflict, "second-factor-changed")),
        ({"standing", "claim", "session"}, (Unauthenticated, "unauthenticated")),
        ({"limit of pair", "second_factor"}, (TooManyRequests, "too-many-requests")),
    ],
)
def test_a_race_that_is_lost_says_what_it_was_about(
    table: Table, act: Callable[[], object], labels: set[str], told: tuple[type[Problem], str]
) -> None:
    if act is ACTS[0]:
        table.offered()
    else:
        table.confirmed()
    table.lost.append(frozenset(labels))
    assert refusal(act) == told
    assert not table.sent
