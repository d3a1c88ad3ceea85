"""Password hashing: Argon2id with the parameters that OWASP's cheat sheet gives as its first.

Hashing is slow on purpose; a sign-in for an unknown address spends the same time on a decoy.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1

_DECOY = (
    "$argon2id$v=19$m=19456,t=2,p=1$mVYk+1H/uy/caq18oQrsyg"
    "$/Z19buvbpnE9X+3Dt2+UwZ2seTJ0PbjRMra5NLh50+c"
)
"""The hash of a text longer than any password, with the parameters above: no account has it. It
stands here ready, so that an unknown address never costs one hashing more than a known one."""


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hash_password(password: str) -> str:
    """Returns the encoded Argon2id hash of a password, with a salt of its own (RFC 9106)."""
    return _hasher().hash(_normal(password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Tells whether a password is right; None (no account) costs the same and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        right = _hasher().verify(password_hash or _DECOY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def _normal(password: str) -> str:
    """One form for what two keyboards write differently (NIST SP 800-63B, section 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def needs_rehash(password_hash: str) -> bool:
    """Tells whether a hash was made with other parameters than today's, and has to be made anew.

    Only a person who has just proved the password can renew it: a hash cannot be turned into a
    stronger one. A text that is no Argon2 hash at all is no account's password and is not replaced.
    """
    from argon2.exceptions import InvalidHashError

    try:
        return _hasher().check_needs_rehash(password_hash)
    except InvalidHashError:
        return False
