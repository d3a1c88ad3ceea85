"""The summary of a refused form, in which each reason stands beside the name of its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.pages.words import pair


def named(
    errors: Iterable[tuple[str, str]], labels: Mapping[str, str], language: str
) -> tuple[tuple[str, str], ...]:
    """Returns the errors of `Visit.summary` with the field's label before each text.

    So that "Fill in this field" says which one, for who hears the summary read out. An error of no
    field stays as it is.
    """
    return tuple(
        (name, pair(labels[name], text, language) if name in labels else text)
        for name, text in errors
    )
