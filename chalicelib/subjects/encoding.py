"""The packed form of decisions, questions, events and restrictions: short texts of ids."""

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from chalicelib.instants import instant
from chalicelib.limits.model import NEVER, Rate
from chalicelib.notices.model import Period
from chalicelib.subjects.model import Asked, Decided, Decision, Erasure, Event, Origin, Warned
from chalicelib.subjects.restriction import Ground, Restriction

_LETTERS = {
    Origin.OWN: {"granted": "g", "denied": "d", "withdrawn": "w", "objected": "o"},
    Origin.SIGNAL: {"granted": "y", "denied": "s", "withdrawn": "t", "objected": "u"},
    Origin.JOINED: {"granted": "G", "denied": "D", "withdrawn": "W", "objected": "O"},
}
_DECISIONS = {
    letter: (Decision(decision), origin)
    for origin, letters in _LETTERS.items()
    for decision, letter in letters.items()
}
_ASKED = "q"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EVERYTHING, _NOTHING = "*", "-"
_EVENT = struct.Struct(">10s6sI")
"""An event: ten bytes of its id's hash, six of its payload's, the number of its entry."""


def pack(decisions: Mapping[str, Decided], asks: Mapping[str, Asked]) -> str:
    """Returns text such as `12:mjx2k9f0:20220225:gnewsletter,dsurveys`: an entry and its decisions.

    The entry's number, its time (milliseconds in base 36) and version (without hyphens) are written
    once for all that was decided in one act.
    """
    acts: dict[tuple[int, datetime, str], list[str]] = {}
    letters = [
        (purpose, _LETTERS[one.origin][one.decision], one.seq, one.at, one.notice_version)
        for purpose, one in decisions.items()
    ]
    letters += [(name, _ASKED, one.seq, one.at, one.notice_version) for name, one in asks.items()]
    for purpose, letter, number, moment, words in sorted(letters):
        acts.setdefault((number, moment, words), []).append(f"{letter}{purpose}")
    return " ".join(
        f"{seq}:{_base36(at)}:{version.replace('-', '')}:{','.join(made)}"
        for (seq, at, version), made in sorted(acts.items())
    )


def decisions_in(
    text: str, interest_at: datetime | None = None, lapsed: str | None = None
) -> dict[str, Decided]:
    """Returns the packed decisions, by purpose, with what a standing has beside them.

    `interest_at` is the last sign of interest, and `lapsed` the packed ends of consents that it
    does not bring back.
    """
    unpacked: dict[str, Decided] = {}
    ended = lapses_in(lapsed)
    for purpose, letter, seq, at, version in _unpacked(text):
        if letter != _ASKED:
            decision, origin = _DECISIONS[letter]
            end = ended.get((purpose, seq))
            unpacked[purpose] = Decided(decision, seq, at, version, origin, interest_at, end)
    return unpacked


def pack_lapses(ended: Mapping[tuple[str, int], datetime]) -> str | None:
    """Returns the ends of consents, by purpose and number of the entry, as one text; None if none.

    Such as `newsletter:12:mjx2k9f0`.
    """
    packed = (f"{purpose}:{seq}:{_base36(end)}" for (purpose, seq), end in sorted(ended.items()))
    return " ".join(packed) or None


def lapses_in(text: str | None) -> dict[tuple[str, int], datetime]:
    """Returns the packed ends of consents, by purpose and number of the entry."""
    parts = (one.split(":") for one in (text or "").split())
    return {(purpose, int(seq)): _moment(end) for purpose, seq, end in parts}


def asks_in(text: str) -> dict[str, Asked]:
    """Returns the questions packed with the decisions, by purpose."""
    return {
        purpose: Asked(seq, at, version)
        for purpose, letter, seq, at, version in _unpacked(text)
        if letter == _ASKED
    }


def pack_rate(rate: Rate) -> str:
    """Returns a rate as text such as `1795363200:3`: the beginning of its window and the count."""
    return f"{rate.since}:{rate.count}"


def rate_in(text: str | None) -> Rate:
    """Returns the packed rate; NEVER where nothing was packed."""
    return Rate(*map(int, text.split(":"))) if text else NEVER


def pack_events(events: Iterable[Event]) -> bytes:
    """Returns the events of a standing as bytes."""
    return b"".join(_pack_event(event) for event in events)


def pack_erasure(erasure: Erasure) -> str:
    """Returns an erasure that has begun as a JSON text of ids, numbers and instants."""
    counts = None if erasure.counts is None else dict(sorted(erasure.counts.items()))
    members = {
        "event": erasure.event,
        "since": instant(erasure.since),
        "request": erasure.request,
        "notice": erasure.notice_version,
        "counts": counts,
        "kept": sorted(erasure.kept),
        "told": list(erasure.told),
    }
    return json.dumps(members, separators=(",", ":"))


def erasure_in(text: str | None) -> Erasure | None:
    """Returns the packed erasure; None where nothing was packed."""
    if text is None:
        return None
    members = json.loads(text)
    return Erasure(
        members["event"],
        datetime.fromisoformat(members["since"]),
        members["request"],
        members["notice"],
        members["counts"],
        frozenset(members["kept"]),
        tuple(members["told"]),
    )


def pack_ends(stays: Mapping[str, datetime]) -> str:
    """Returns the kinds that stay, each with its last end, as text such as `entry:mjx2k9f0`."""
    return " ".join(f"{kind}:{_base36(until)}" for kind, until in sorted(stays.items()))


def ends_in(text: str) -> dict[str, datetime]:
    """Returns the packed ends, by kind."""
    parts = (one.partition(":") for one in text.split())
    return {kind: _moment(until) for kind, _, until in parts}


def pack_warned(warned: Warned) -> str:
    """Returns text such as `mjx2k9f0 mk0a1b2c mk5d3e4f 30.0.0`.

    Its parts are the instants (milliseconds in base 36), and days, months and years of the period.
    """
    ahead, instants = warned.ahead, (warned.since, warned.at, warned.ends_at)
    return f"{' '.join(map(_base36, instants))} {ahead.days}.{ahead.months}.{ahead.years}"


def warned_in(text: str | None) -> Warned | None:
    """Returns the packed warning; None where nothing was packed."""
    if not text:
        return None
    since, at, ends_at, ahead = text.split(" ")
    period = Period(*map(int, ahead.split(".")))
    return Warned(_moment(since), _moment(at), _moment(ends_at), period)


def pack_restriction(restriction: Restriction) -> str:
    """Returns text such as `<request> objection mjx2k9f0 - surveys,offers -`.

    Its parts are the request, the ground, since when and until when (milliseconds in base 36), the
    purposes and the categories; `*` in place of the purposes is everything, and `-` nothing.
    """
    until = _NOTHING if restriction.ends_at is None else _base36(restriction.ends_at)
    purposes = _EVERYTHING if restriction.everything else _listed(restriction.purposes)
    return " ".join(
        (
            restriction.request,
            _NOTHING if restriction.ground is None else str(restriction.ground),
            _base36(restriction.since),
            until,
            purposes,
            _listed(restriction.categories),
        )
    )


def restriction_in(text: str) -> Restriction:
    """Returns the packed restriction. Raises ValueError for a text of another form."""
    request, ground, since, until, purposes, categories = text.split(" ")
    return Restriction(
        request,
        None if ground == _NOTHING else Ground(ground),
        _moment(since),
        frozenset() if purposes == _EVERYTHING else _set_in(purposes),
        _set_in(categories),
        everything=purposes == _EVERYTHING,
        ends_at=None if until == _NOTHING else _moment(until),
    )


def _listed(ids: Iterable[str]) -> str:
    return ",".join(sorted(ids)) or _NOTHING


def _set_in(text: str) -> frozenset[str]:
    return frozenset() if text == _NOTHING else frozenset(text.split(","))


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(int(text, 36) / 1000, UTC)


def _unpacked(text: str) -> Iterator[tuple[str, str, int, datetime, str]]:
    for packed in text.split():
        seq, at, version, made = packed.split(":")
        moment = _moment(at)
        for one in made.split(","):
            yield one[1:], one[0], int(seq), moment, _version(version)


def _version(packed: str) -> str:
    """Returns a version with its hyphens; empty where none was packed."""
    return f"{packed[:4]}-{packed[4:6]}-{packed[6:]}" if packed else ""


def _base36(moment: datetime) -> str:
    number, text = round(moment.timestamp() * 1000), ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


def _pack_event(event: Event) -> bytes:
    return _EVENT.pack(bytes.fromhex(event.id), bytes.fromhex(event.payload), event.seq)


def events_in(packed: bytes) -> tuple[Event, ...]:
    """Returns the packed events, oldest first."""
    return tuple(
        Event(event_id.hex(), payload.hex(), seq)
        for event_id, payload, seq in _EVENT.iter_unpack(packed)
    )
