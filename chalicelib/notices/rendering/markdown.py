"""Keeps texts plain in Markdown (CommonMark and GitHub's tables)."""

from __future__ import annotations

import re

from markupsafe import Markup

from chalicelib.texts import one_line, parts

_ACTIVE = re.compile(r"([\\`*_\[\]<>|~&$])")
_FIRST = re.compile(r"^([#+=:-])")
_NUMBERED = re.compile(r"^([0-9]{1,9})([.)])")


def escaped(value: object) -> Markup:
    """Returns `value` as text without any Markdown, in one line.

    The template's own text (Markup) is returned as it is.
    """
    if isinstance(value, Markup):
        return value
    text = _ACTIVE.sub(r"\\\1", one_line(str(value)))
    text = _FIRST.sub(r"\\\1", text)
    return Markup(_NUMBERED.sub(r"\1\\\2", text))  # noqa: S704 - Markdown, escaped above


def linked(text: str) -> Markup:
    """Returns a text whose links are links of Markdown, everything else escaped."""
    told = (
        escaped(words) if to is None else Markup("[{}]({})").format(escaped(words), target(to))
        for words, to in parts(one_line(text))
    )
    return Markup("").join(told)


def target(href: str) -> Markup:
    """Returns `href` as the target of a link, without characters that could end it."""
    unsafe = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "|": "%7C", "\\": "%5C"}
    href = "".join(unsafe.get(char, char) for char in href if char.isprintable())
    return Markup(href)  # noqa: S704 - Markdown, escaped above
