"""The refusal of passwords, after NIST SP 800-63B section 5.1.1.2: pure rules.

Length (`model.PASSWORD_MIN`, `model.PASSWORD_MAX`) is the schema's to check; no rule asks for
kinds of characters. docs/decisions/0017-how-passwords-are-judged.md has the measurements behind
the figures.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from chalicelib.accounts.breached import is_breached, normal_form

OWN_MIN = 3
"""Characters of the shortest part of a person's own data that is looked for."""

REST_MIN = 8
"""Characters that a password has to have beside the person's own data."""

GUESSES = 100_000_000
"""The guesses, as zxcvbn estimates them, that a password has to withstand: its score of 3 (of 4)
begins there. A password of three or more pieces, such as words, withstands more."""

JUDGED = 48
"""Characters that zxcvbn gets to see: its effort grows with their square."""

_NO_WORD = re.compile(r"[\W_]+")
_PREFIX_MAX = 3
"""Digits of the longest prefix of a country (ITU-T E.164)."""

_SIGNS = frozenset("@({[<!|$+%")
_SIGNS_READ = 3
"""Signs that zxcvbn reads as letters, and how many kinds of them it gets: it tries every way to
read them together, so that each kind can double its effort."""

_FULL_WIDTH = 0xFEE0
"""From a sign of ASCII to its full-width form, which is read as nothing but itself."""

_DISGUISES = {"a": "4@", "b": "8", "c": "(", "e": "3", "g": "69", "o": "0", "s": "5$", "t": "7+"}
_AMBIGUOUS = "1!|"
_READINGS = tuple(
    {ord(sign): letter for letter, signs in _DISGUISES.items() for sign in signs}
    | {ord(sign): letter for sign in _AMBIGUOUS}
    for letter in "il"
)
"""The ways to read digits and signs as letters; what is alike as it stands is alike in each."""


class Unfit(Enum):
    """The reasons to refuse a password. `detail` holds their words, and never the password."""

    BREACHED = "must not be a password that is common or known from a data breach"
    OWN = "must not be made of your own data, such as your name, address or company"
    GUESSABLE = (
        "must not be easy to guess, as repetitions, sequences, rows of keys and one or two common "
        "words are"
    )

    @property
    def reason(self) -> str:
        """The reason as one word, as a Finding has it."""
        return {Unfit.BREACHED: "common", Unfit.OWN: "own_data", Unfit.GUESSABLE: "guessable"}[self]

    @property
    def detail(self) -> str:
        """The reason in the words of a finding."""
        return self.value


def unfit(password: str, own: Iterable[str]) -> Unfit | None:
    """Returns the reason to refuse a password, or None.

    `own` is the stored data of the person and the site (address, name, company, the site's name),
    which an attacker who aims at this person tries first. Parts of it count for nothing in the
    password, in any spelling; the rest has to be hard to guess.
    """
    if is_breached(password):
        return Unfit.BREACHED
    text = normal_form(password)
    rest = _without(text, _parts(own))
    if rest != text and len("".join(rest.split())) < REST_MIN:
        return Unfit.OWN
    return Unfit.GUESSABLE if _guesses(rest) < GUESSES else None


def _parts(own: Iterable[str]) -> frozenset[str]:
    """Every value of the person's data as it is, as one word, and in words; without accents.

    Telephone numbers are stored with the country's prefix (E.164), which people leave out, and
    with an extension, which is no part of what they remember.
    """
    values = [_plain(normal_form(value)) for value in own]
    parts = {part for value in values for part in (value, *_NO_WORD.split(value))}
    for value in values:
        whole = _NO_WORD.sub("", value.partition(";ext=")[0])
        parts.add(_NO_WORD.sub("", value))
        prefixes = _PREFIX_MAX if value.startswith("+") else 0
        parts.update(whole[prefix:] for prefix in range(prefixes + 1))
    return frozenset(part for part in parts if len(part) >= OWN_MIN)


def _without(text: str, parts: Iterable[str]) -> str:
    """Returns a text without the parts, which are taken out forwards, backwards and disguised."""
    own = bytearray(len(text))
    for reading in _READINGS:
        read = _plain(text).translate(reading)
        for part in parts:
            sought = part.translate(reading)
            for spelling in {sought, sought[::-1]}:
                _mark(own, read, spelling)
    return "".join(character for character, is_own in zip(text, own, strict=True) if not is_own)


def _mark(own: bytearray, text: str, part: str) -> None:
    start = text.find(part)
    while start >= 0:
        own[start : start + len(part)] = b"\1" * len(part)
        start = text.find(part, start + 1)


def _plain(text: str) -> str:
    """The text without accents, character for character, so that places in it stay the same."""
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    taken_apart = unicodedata.normalize("NFD", character)
    is_accented = all(map(unicodedata.combining, taken_apart[1:]))
    return taken_apart[0] if is_accented else character


def _guesses(text: str) -> float:
    """Returns the guesses that a text withstands by zxcvbn, whose effort is kept within bounds.

    It is not told the person's data: that was taken out before, and zxcvbn would keep it in memory.
    """
    from zxcvbn import zxcvbn

    seen = text[:JUDGED]
    further = [sign for sign in dict.fromkeys(seen) if sign in _SIGNS][_SIGNS_READ:]
    seen = seen.translate({ord(sign): ord(sign) + _FULL_WIDTH for sign in further})
    return float(zxcvbn(seen)["guesses"])
