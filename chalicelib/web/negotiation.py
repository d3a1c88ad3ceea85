"""Chooses a media type and a language by the client's preferences (RFC 9110, section 12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MAX_HEADER = 2_000
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z", re.IGNORECASE)
_MAX_TAG = 60
_ENCODING = re.compile(r"[.@]")
_LANGUAGE = re.compile(r"(?:\*|[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,4})\Z", re.IGNORECASE)


def media_type(accept: str | None, offered: Sequence[str]) -> str | None:
    """Returns the best of the offered media types, the first of equals; None if none is accepted.

    A header that is missing, empty or unreadable accepts everything, as browsers' do.
    """
    ranges = {name: quality for name, quality in _weighted(accept) if name.count("/") == 1}
    if not ranges:
        return offered[0]

    def quality(kind: str) -> float:
        for candidate in (kind, kind.partition("/")[0] + "/*", "*/*"):
            if candidate in ranges:
                return ranges[candidate]
        return 0.0

    best = max(offered, key=quality)
    return best if quality(best) > 0 else None


def language(accept_language: str | None, offered: Sequence[str]) -> str:
    """Returns the best offered language by lookup (RFC 4647, section 3.4), else the first.

    `it-CH` finds `it`. A language with quality 0 is never chosen while there is another.
    """
    weighted = _weighted(accept_language)
    refused = {name for name, quality in weighted if quality == 0}
    for name, quality in sorted(weighted, key=lambda pair: -pair[1]):
        if quality == 0 or name == "*":
            break
        found = lookup(name, offered)
        if found is not None and found.lower() not in refused:
            return found
    return next((one for one in offered if one.lower() not in refused), offered[0])


def tag(text: str) -> str | None:
    """Returns the language in a text, as a lower-case tag (RFC 5646); None if it names none.

    POSIX and Java write `it_IT`, POSIX adds an encoding and a variant: `it_IT.UTF-8@euro`.
    """
    name = _ENCODING.split(text[:_MAX_TAG], maxsplit=1)[0].strip().replace("_", "-").lower()
    return name if name != "*" and _LANGUAGE.match(name) else None


def lookup(name: str, offered: Sequence[str]) -> str | None:
    """Returns the offered language that a lower-case tag finds, shortened until one fits.

    Where none does, the first offered one that begins with the language alone: `sr-RS` finds
    `sr-Latn`.
    """
    known = {one.lower(): one for one in offered}
    wanted = name.partition("-")[0]
    while name:
        if name in known:
            return known[name]
        name = name.rpartition("-")[0]
    return next((one for one in offered if one.lower().partition("-")[0] == wanted), None)


def _weighted(header: str | None) -> list[tuple[str, float]]:
    """Lists the parts of a header with their quality.

    Unreadable parts, and headers that are too long, are ignored.
    """
    if not header or len(header) > _MAX_HEADER:
        return []
    found = []
    for part in header.split(","):
        name, *parameters = [piece.strip() for piece in part.split(";")]
        quality = 1.0
        for parameter in parameters:
            match = _QUALITY.match(parameter)
            if match:
                quality = float(match.group(1))
            elif parameter.lower().startswith("q="):
                name = ""
        known = name.lower() if "/" in name or name == "*" else tag(name)
        if known:
            found.append((known, quality))
    return found
