"""Recording the no of a request that is refused."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalicelib import clock
from chalicelib.consents import no as rule
from chalicelib.consents import signals
from chalicelib.consents.contract.operations import SOURCES
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.no import No
from chalicelib.consents.service import evidence, withdrawal
from chalicelib.consents.service.capture import Caller, Captured, capture
from chalicelib.consents.service.context import Loaded, load
from chalicelib.errors import NotFound, Unauthenticated, Unprocessable
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import entry_id

SOURCE = "api"
"""The source of a no that names none."""

Reading = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


@dataclass(frozen=True, slots=True)
class Said:
    """A no as it is recorded: what it refuses, beside which words, and what its person has stored.

    `loaded` is None for a browser that is seen first now.
    """

    choices: dict[str, Choice]
    shown: Shown
    signal: bool
    loaded: Loaded | None


def callers(bearer: str | None, visitor: str | None, *, anonymous: bool) -> list[Caller]:
    """The possible callers, the session first: where it has ended, the browser's no counts."""
    found = [Caller(bearer=bearer)] if bearer else []
    found += [Caller(visitor=visitor)] if visitor else []
    return [Caller()] if anonymous else found


def keep(whose: Iterable[Caller], no: No, reading: Reading, notice: Notice) -> Captured | None:
    """Records a no as a capture; None where it is about nothing, or nobody's.

    A purpose that is refused already adds nothing. One read more than a capture. Raises Contention,
    and problems of 500 and above.
    """
    for caller in whose:
        try:
            said = said_by(caller, no, reading, notice)
            if said is None:
                return None
            return _settled(said, notice) or _captured(caller, said, no.event_id, notice)
        except Unauthenticated:
            continue
    return None


def said_by(caller: Caller, no: No, reading: Reading, notice: Notice) -> Said | None:
    """A no of a caller as it is recorded. One read; two more of another version than is in force.

    Raises Unauthenticated for a session that is not alive.
    """
    signal = no.signal and bool(signals.signalled(notice))
    loaded = None if caller.is_unknown else load(caller, no.choices.keys(), notice)
    words = _words(no.version, notice)
    choices = rule.about(no.choices, (notice, words), None if loaded is None else loaded.standing)
    if not choices and not signal:
        return None
    source = no.source if no.source in SOURCES else SOURCE
    if not choices:
        source = signals.SOURCE
    elif source == signals.SOURCE and not signal:
        source = SOURCE
    locale = _language(no, words, reading)
    shown = Shown(words.version, words.digest, locale, source, no.evidence)
    return Said(choices, shown, signal, loaded)


def _words(version: str | None, notice: Notice) -> Notice:
    """The version that the person had before them; the one in force where that is not known.

    One that never was in force is nothing that a person can have read.
    """
    if version is None or version == notice.version:
        return notice
    try:
        said = notices.version(version)
        return said if notices.was_in_force(said) else notice
    except NotFound:
        return notice


def _language(no: No, words: Notice, reading: Reading) -> str:
    """The language that a no names, else the one its evidence is about, else its reader's."""
    if no.locale in words.locales:
        return no.locale
    return evidence.language(no.evidence, words) or reading(words.locales) or words.locales[0]


def _settled(said: Said, notice: Notice) -> Captured | None:
    standing = None if said.loaded is None else said.loaded.standing
    number = None if said.signal else rule.settled(said.choices, standing)
    if said.loaded is None or standing is None or number is None:
        return None
    data = withdrawal.consequences(said.loaded.kept, said.choices, standing, notice, clock.now())
    return Captured(entry_id(standing.subject, number), standing, None, data)


def _captured(caller: Caller, said: Said, event_id: str | None, notice: Notice) -> Captured:
    """The no as a capture; an event id that was used for something else does not stop it."""
    try:
        return capture(caller, said.choices, said.shown, event_id, notice, gpc=said.signal)
    except Unprocessable:
        return capture(caller, said.choices, said.shown, None, notice, gpc=said.signal)
