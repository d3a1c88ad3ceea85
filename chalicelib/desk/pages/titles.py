"""The notice's names of rights, categories, fields and kinds, as the desk's pages write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice


def right(name: str, notice: Notice, language: str) -> str:
    """Returns the title of a right; its id where the notice in force has none."""
    known = notice.rights.get(name)
    return name if known is None else notice.text(known.title, language)


def category(name: str, notice: Notice, language: str) -> str:
    """Returns the title of a category."""
    known = notice.categories.get(name)
    return name if known is None else notice.text(known.title, language)


def field(name: str, notice: Notice, language: str) -> str:
    """Returns the title of a field, given as `category.field`."""
    group, _, own = name.partition(".")
    known = notice.categories.get(group)
    if known is None or own not in known.fields:
        return name
    return notice.text(known.fields[own].title, language)


def kind(name: str, notice: Notice, language: str) -> str:
    """Returns the title of a kind of record."""
    known = notice.records.get(name)
    return name if known is None else notice.text(known.title, language)


def purpose(name: str, notice: Notice, language: str) -> str:
    """Returns the title of a purpose."""
    known = notice.purposes.get(name)
    return name if known is None else notice.text(known.title, language)


def recipient(name: str, notice: Notice, language: str) -> str:
    """Returns the name of a recipient."""
    known = notice.recipients.get(name)
    return name if known is None else notice.text(known.name, language)
