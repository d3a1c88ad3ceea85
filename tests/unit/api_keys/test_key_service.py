"""Who is let in by an API key: against a store in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.api_keys import model, service, store
from chalicelib.api_keys.model import ApiKey
from chalicelib.api_keys.store import ApiKeyItem, ListedKeyItem
from chalicelib.errors import Forbidden, NotFound, Problem, Unauthenticated, Unprocessable
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed
from tests.unit.core.samples import NOW

FAKED = ("get_key", "put_key", "replace_key", "revoke_key", "list_keys")


class MemoryStore:
    """Keeps what the table keeps, under the same conditions, and counts what is read."""

    def __init__(self) -> None:
        self.items: dict[str, ApiKeyItem] = {}
        self.reads = 0

    def get_key(self, key_id: str) -> ApiKeyItem | None:
        self.reads += 1
        return self.items.get(key_id)

    def put_key(self, key: ApiKey, fingerprint: str) -> None:
        self.items[key.id] = ApiKeyItem(
            *store.key_place(key.id),
            kind=store.KIND,
            fingerprint=fingerprint,
            name=key.name,
            scopes=" ".join(key.scopes),
            created_at=key.created_at,
            expires_at=key.expires_at,
            recipient=key.recipient,
        )

    def replace_key(self, old: ApiKey, until: datetime, new: ApiKey, fingerprint: str) -> None:
        item = self.items[old.id]
        if item.revoked_at is not None or item.expires_at != old.expires_at:
            raise ConditionFailed(frozenset({"api_key"}))
        self.put_key(new, fingerprint)
        item.expires_at = until

    def revoke_key(self, key_id: str, now: datetime) -> bool:
        item = self.items.get(key_id)
        if item is None or item.revoked_at is not None:
            return False
        item.revoked_at = now
        return True

    def list_keys(self) -> list[ListedKeyItem]:
        return [
            ListedKeyItem(
                keys.API_KEYS,
                keys.listed_key(key_id),
                kind=store.KIND,
                name=item.name,
                scopes=item.scopes,
                created_at=item.created_at,
                expires_at=item.expires_at,
                revoked_at=item.revoked_at,
                recipient=item.recipient,
            )
            for key_id, item in self.items.items()
        ]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    memory = MemoryStore()
    for name in FAKED:
        monkeypatch.setattr(store, name, getattr(memory, name))
    at(monkeypatch)(NOW)
    return memory


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock."""
    return at(monkeypatch)


def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def refusal(bearer: str | None, scope: str = "accounts") -> Problem:
    with pytest.raises(Problem) as refused:
        service.authenticate(bearer, scope)
    return refused.value


def test_who_has_the_key_is_known_by_it(kept: MemoryStore) -> None:
    key, text = service.create("website", ["accounts", "introspection", "accounts"])
    for scope in ("accounts", "introspection"):
        assert service.authenticate(text, scope) == key
    assert kept.reads == 2
    assert (key.name, key.created_at, key.expires_at) == ("website", NOW, None)


def test_the_secret_is_kept_nowhere(kept: MemoryStore) -> None:
    key, text = service.create("website", ["accounts"])
    secret = text.partition(".")[2]
    assert secret not in repr(kept.items[key.id].serialize())
    assert secret not in repr(key)


def test_a_key_without_the_scope_is_known_and_not_allowed() -> None:
    _, text = service.create("website", ["accounts"])
    refused = refusal(text, "introspection")
    assert isinstance(refused, Forbidden)
    assert refused.status == 403


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(
    move: Callable[[datetime], None],
) -> None:
    short, expired = service.create("website", ["accounts"], NOW + timedelta(hours=1))
    key, revoked = service.create("website", ["accounts"])
    assert service.revoke(key.id)
    move(NOW + timedelta(hours=1))
    stranger = str(model.new_credential())
    wrong = f"rsk_{short.id}.{'x' * 43}"
    refusals = [refusal(bearer) for bearer in (None, "x", stranger, wrong, expired, revoked)]
    assert {type(refused) for refused in refusals} == {Unauthenticated}
    assert {(one.type, one.title, one.detail) for one in refusals} == {
        ("unauthenticated", "Valid credentials are needed", service.NO_KEY)
    }


def test_an_expired_key_without_the_scope_is_not_known_either() -> None:
    key, text = service.create("website", ["accounts"])
    assert service.revoke(key.id)
    assert isinstance(refusal(text, "introspection"), Unauthenticated)


def test_what_cannot_be_a_key_is_not_looked_up(kept: MemoryStore) -> None:
    session = f"{'a' * 26}.{'b' * 43}"
    for bearer in (None, "", "rsk_", session):
        refusal(bearer)
    assert kept.reads == 0


def test_a_key_works_until_the_last_millisecond(move: Callable[[datetime], None]) -> None:
    ends = NOW + timedelta(days=30)
    key, text = service.create("website", ["accounts"], ends)
    move(ends - timedelta(milliseconds=1))
    assert service.authenticate(text, "accounts") == key
    move(ends)
    refusal(text)


def test_revoking_again_changes_nothing(
    kept: MemoryStore, move: Callable[[datetime], None]
) -> None:
    key, _ = service.create("website", ["accounts"])
    assert service.revoke(key.id)
    move(NOW + timedelta(days=1))
    assert service.revoke(key.id)
    assert kept.items[key.id].revoked_at == NOW


def test_a_key_that_was_found_somewhere_is_revoked_as_it_is() -> None:
    _, text = service.create("website", ["accounts"])
    assert service.revoke(text)
    refusal(text)


@pytest.mark.parametrize("key", ["", "x", "a" * 26])
def test_what_is_no_key_cannot_be_revoked(key: str) -> None:
    assert not service.revoke(key)


def test_a_key_that_cannot_be_made_is_refused_with_all_that_is_wrong(kept: MemoryStore) -> None:
    with pytest.raises(Unprocessable) as refused:
        service.create("", [], NOW)
    assert [finding.pointer for finding in refused.value.findings] == [
        "/name",
        "/scopes",
        "/expires_at",
    ]
    assert kept.items == {}


def test_all_keys_are_listed_oldest_first(move: Callable[[datetime], None]) -> None:
    made = []
    for days in (2, 0, 1):
        move(NOW + timedelta(days=days))
        made.append(service.create(f"made {days}", ["accounts"])[0])
    service.revoke(made[0].id)
    assert [key.name for key in service.listed()] == ["made 0", "made 1", "made 2"]
    assert [key.revoked_at is None for key in service.listed()] == [True, True, False]


class TestReplacing:
    def test_makes_one_of_the_same_name_and_scopes_and_the_old_one_works_for_a_week(
        self, move: Callable[[datetime], None]
    ) -> None:
        old, old_text = service.create("website", ["accounts", "decisions"])
        new, text, until = service.rotate(old.id)
        assert (new.name, new.scopes, new.expires_at) == (old.name, old.scopes, None)
        assert until == NOW + model.GRACE == NOW + timedelta(days=7)
        move(until - timedelta(milliseconds=1))
        assert service.authenticate(old_text, "decisions").id == old.id
        assert service.authenticate(text, "decisions").id == new.id
        move(until)
        refusal(old_text)
        assert service.authenticate(text, "accounts") == new

    def test_lets_the_old_one_live_no_longer_than_it_would(self) -> None:
        ends = NOW + timedelta(days=2)
        _, old_text = service.create("website", ["accounts"], ends)
        new, _, until = service.rotate(old_text, NOW + timedelta(days=365))
        assert until == ends
        assert new.expires_at == NOW + timedelta(days=365)

    def test_repeated_makes_another(self) -> None:
        old, _ = service.create("website", ["accounts"])
        made = [service.rotate(old.id) for _ in range(2)]
        assert made[0][2] == made[1][2]
        assert len({new.id for new, _, _ in made}) == 2

    def test_of_one_that_does_not_work_is_refused(
        self, kept: MemoryStore, move: Callable[[datetime], None]
    ) -> None:
        short, _ = service.create("short", ["accounts"], NOW + timedelta(hours=1))
        gone, _ = service.create("gone", ["accounts"])
        service.revoke(gone.id)
        move(NOW + timedelta(hours=1))
        for key in ("", "x", "a" * 26, gone.id, short.id):
            with pytest.raises(NotFound):
                service.rotate(key)
        assert len(kept.items) == 2

    def test_of_one_that_is_revoked_meanwhile_makes_none(
        self, kept: MemoryStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, _ = service.create("website", ["accounts"])
        replaced = kept.replace_key

        def late(*arguments: object) -> None:
            service.revoke(old.id)
            replaced(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(store, "replace_key", late)
        with pytest.raises(NotFound):
            service.rotate(old.id)
        assert list(kept.items) == [old.id]

    def test_needs_an_end_that_lies_ahead(self, kept: MemoryStore) -> None:
        old, _ = service.create("website", ["accounts"])
        with pytest.raises(Unprocessable) as refused:
            service.rotate(old.id, NOW)
        assert [finding.pointer for finding in refused.value.findings] == ["/expires_at"]
        assert kept.items[old.id].expires_at is None


def test_a_key_that_replaces_another_answers_for_the_same_recipient() -> None:
    old, _ = service.create("helpdesk", {"answers"}, recipient="helpdesk")
    new, text, _ = service.rotate(old.id)
    assert new.recipient == "helpdesk"
    assert service.authenticate(text, "answers").recipient == "helpdesk"
    assert {key.recipient for key in service.listed()} == {"helpdesk"}
