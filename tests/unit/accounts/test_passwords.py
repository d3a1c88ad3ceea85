from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from chalicelib.accounts import passwords
from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.passwords import hash_password, is_password, needs_rehash

PASSWORD = "correct horse battery staple"


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hashing and verification that was done, with the parameters it was done with."""
    done: list[str] = []
    verify, make = PasswordHasher.verify, PasswordHasher.hash

    def verified(self: PasswordHasher, encoded: str, password: str) -> bool:
        done.append("verify " + encoded.rsplit("$", 2)[0])
        return verify(self, encoded, password)

    def hashed(self: PasswordHasher, password: str) -> str:
        done.append("hash")
        return make(self, password)

    monkeypatch.setattr(PasswordHasher, "verify", verified)
    monkeypatch.setattr(PasswordHasher, "hash", hashed)
    # As in a process that has handled nothing yet.
    for name in ("_hasher", "_decoy"):
        if hasattr(passwords, name):
            getattr(passwords, name).cache_clear()
    return done


def test_hashes_are_made_with_the_parameters_of_owasp() -> None:
    found = extract_parameters(hash_password(PASSWORD))
    assert (found.memory_cost, found.time_cost, found.parallelism) == (19_456, 2, 1)
    assert found.type is Type.ID
    assert found.version == 19
    assert (found.salt_len, found.hash_len) == (16, 32)


def test_a_password_is_recognised_and_no_other() -> None:
    made = hash_password(PASSWORD)
    assert is_password(made, PASSWORD)
    for other in (PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper(), "", made):
        assert not is_password(made, other)


def test_two_keyboards_write_one_password() -> None:
    composed, decomposed = (
        "perch\u00e9 no, perch\u00e9 s\u00ec",
        "perche\u0301 no, perche\u0301 si\u0300",
    )
    assert composed != decomposed
    assert is_password(hash_password(composed), decomposed)
    assert is_password(hash_password(decomposed), composed)
    assert not is_password(hash_password(composed), "perche no, perche si")


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password(PASSWORD) != hash_password(PASSWORD)
    assert PASSWORD not in hash_password(PASSWORD)


@pytest.mark.parametrize(
    "password", ["è" * PASSWORD_MAX, "x" * PASSWORD_MIN, "päss wörd 密码 🔑 long"]
)
def test_every_character_counts(password: str) -> None:
    made = hash_password(password)
    assert is_password(made, password)
    assert not is_password(made, password[:-1] + "?")


def test_nobody_costs_what_somebody_costs(spent: list[str]) -> None:
    assert not is_password(None, PASSWORD)
    nobody = list(spent)
    made = hash_password(PASSWORD)
    spent.clear()
    assert not is_password(made, "wrong " + PASSWORD)
    assert nobody == spent == ["verify $argon2id$v=19$m=19456,t=2,p=1"]


def test_a_sign_in_costs_one_verification(spent: list[str]) -> None:
    made = hash_password(PASSWORD)
    spent.clear()
    assert is_password(made, PASSWORD)
    assert len(spent) == 1


def test_nobody_is_never_right_even_with_a_password_that_matches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PasswordHasher, "verify", lambda *_: True)
    assert is_password("$argon2id$known", PASSWORD)
    assert not is_password(None, PASSWORD)


@pytest.mark.parametrize("password", ["", "a decoy", passwords.__doc__ or "", "decoy" * 50])
def test_the_decoy_matches_nothing(password: str) -> None:
    assert not is_password(None, password)


@pytest.mark.parametrize("stored", ["x", "$argon2id$", "$2b$12$" + "a" * 53])
def test_a_broken_hash_is_nobodys(stored: str) -> None:
    assert not is_password(stored, PASSWORD)


def test_a_hash_of_today_is_kept() -> None:
    assert not needs_rehash(hash_password(PASSWORD))


@pytest.mark.parametrize(
    "other",
    [
        PasswordHasher(time_cost=1, memory_cost=19_456, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=8_192, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=2),
        PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.I),
        PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=16),
    ],
    ids=["passes", "memory", "lanes", "variant", "length"],
)
def test_a_hash_with_other_parameters_is_made_anew(other: PasswordHasher) -> None:
    made = other.hash(PASSWORD)
    assert is_password(made, PASSWORD)
    assert needs_rehash(made)


def test_what_is_no_hash_is_not_made_anew() -> None:
    assert not needs_rehash("$2b$12$" + "a" * 53)
