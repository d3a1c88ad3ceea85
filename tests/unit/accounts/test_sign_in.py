"""Signing in: what a session remembers, and what its person is told."""

from __future__ import annotations

import pytest

from chalicelib.accounts import passwords
from chalicelib.accounts.service import deactivation, mails, references, signin
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Unauthenticated
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Session
from chalicelib.subjects.model import Life
from chalicelib.web.network import UNKNOWN
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World, hashed
from tests.unit.core.samples import SUBJECT, shipped

NOTICE = shipped()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def sign_in(country: str | None = None, email: str = ADDRESS, network: str = NETWORK) -> Session:
    """The session that a right password opens."""
    made = signin.sign_in(email, PASSWORD, None, Origin(network, country), NOTICE)
    session = sessions.authenticate(made.token).session
    assert session.expires_at == made.expires_at
    return session


def told(world: World) -> list[str]:
    """The countries that mails about a sign-in tell of."""
    jobs = [job for job in world.sent if job.action == mails.NEW_SIGN_IN]
    assert {job.subject for job in jobs} <= {SUBJECT}
    return [job.target.split(" ")[0] for job in jobs]


def test_a_session_remembers_where_it_was_opened(world: World) -> None:
    opened = sign_in("IT").opened
    assert (opened.ip_address, opened.approximate_place) == (NETWORK, "IT")
    assert not opened.second_factor


def test_what_is_not_known_is_not_remembered(world: World) -> None:
    opened = sign_in(network=UNKNOWN).opened
    assert (opened.ip_address, opened.approximate_place) == (None, None)


@pytest.mark.parametrize("email", ["ADA@example.com", "Ada@EXAMPLE.com"])
def test_the_case_of_an_address_does_not_matter(world: World, email: str) -> None:
    assert sign_in(email=email).subject == SUBJECT


@pytest.mark.parametrize("email", [f"{ADDRESS} ", f" {ADDRESS}", f"{ADDRESS}\u00a0"])
def test_a_space_is_no_part_of_an_address(world: World, email: str) -> None:
    assert sign_in(email=email).subject == SUBJECT


@pytest.mark.parametrize("password", [f"{PASSWORD} ", f" {PASSWORD}", f"{PASSWORD}\n"])
def test_a_space_is_a_part_of_a_password(world: World, password: str) -> None:
    with pytest.raises(Unauthenticated):
        signin.sign_in(ADDRESS, password, None, Origin(NETWORK, None), NOTICE)


@pytest.mark.parametrize("email", ["ada@example.org", "nobody", "", "ada+x@example.com"])
def test_no_other_address_opens_it(world: World, email: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        sign_in(email=email)
    assert refused.value.detail == signin.REFUSED


@pytest.mark.parametrize(
    ("countries", "mailed"),
    [
        (["IT"], []),
        (["IT", "IT"], []),
        (["IT", "FR"], ["FR"]),
        (["IT", "FR", "FR"], ["FR"]),
        (["IT", "FR", "IT"], ["FR", "IT"]),
        (["IT", None, "IT"], []),
        ([None, "FR"], []),
    ],
)
def test_who_signs_in_from_another_country_is_told(
    world: World, countries: list[str | None], mailed: list[str]
) -> None:
    for country in countries:
        sign_in(country)
    assert told(world) == mailed


def test_the_mail_says_when_it_was_and_not_when_it_is_composed(world: World) -> None:
    sign_in("IT")
    sign_in("FR")
    at, world.now = world.now, world.now.replace(day=28)
    message = world.mail(mails.NEW_SIGN_IN)
    assert message is not None
    assert (message.words["at"], message.words["country"]) == (at, "FR")


def test_a_hash_of_the_past_is_made_anew_and_the_password_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "needs_rehash", lambda _: True)
    monkeypatch.setattr(passwords, "hash_password", lambda given: f"new {hashed(given)}")
    before = world.signed_in()
    sign_in()
    claim = world.claim(ADDRESS)
    assert claim is not None
    assert claim.password_hash == f"new {hashed(PASSWORD)}"
    assert world.signed_in().session == before.session, "no session ends"


def test_who_stopped_an_account_signs_in_and_the_site_is_told_of_nobody(world: World) -> None:
    assert references.introspect(world.token) is not None
    deactivation.deactivate(world.signed_in(), "it", NOTICE)
    assert sign_in().subject == SUBJECT
    assert world.signed_in().standing.life is Life.DEACTIVATED
    assert references.introspect(world.token) is None
    deactivation.reactivate(world.signed_in(), NOTICE)
    assert references.introspect(world.token) is not None


@pytest.mark.parametrize("token", ["", "nonsense", f"{SUBJECT}.{'x' * 43}"])
def test_a_token_of_nobody_is_nobodys(world: World, token: str) -> None:
    assert references.introspect(token) is None


def test_the_sites_own_id_of_a_person_comes_with_the_session(world: World) -> None:
    for reference in ("customer-1815", "another", None):
        references.refer(SUBJECT, reference, NOTICE)
        found = references.introspect(world.token)
        assert found is not None
        assert found.reference == reference
