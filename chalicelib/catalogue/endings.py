"""The way in which the records of each kind come to their end: one table of all kinds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from chalicelib.catalogue.model import Catalogue, Ending, Kind


class Goes(StrEnum):
    """The ways in which a record of a kind is ended."""

    DATE = "a date of its own"
    """It waits in the due index, and the sweep asks the rule in force."""

    SUBJECT = "its subject"
    """It goes with its person, or with the record that it is part of."""

    ITSELF = "DynamoDB"
    """It carries `expires`, which every read compares, and no hold can keep it."""

    BUCKET = "the bucket"
    """It is an object, which the bucket's lifecycle removes."""

    UNCONFIRMED = "DynamoDB, unless confirmed"
    """It carries `expires` until somebody confirms it."""


_OF_RULES: Final[Mapping[Ending, Goes]] = {
    Ending.INDEX: Goes.DATE,
    Ending.SUBJECT: Goes.SUBJECT,
    Ending.EXPIRY: Goes.ITSELF,
    Ending.BUCKET: Goes.BUCKET,
}


def goes(kind: Kind) -> frozenset[Goes]:
    """Returns what ends the records of a kind; empty for a kind that nothing ends."""
    return frozenset(_found(kind))


def table(catalogue: Catalogue) -> Mapping[str, frozenset[Goes]]:
    """Returns what ends the records of each kind, by its name."""
    return {name: goes(kind) for name, kind in catalogue.items()}


def _found(kind: Kind) -> Iterator[Goes]:
    for rule in kind.rules:
        yield _OF_RULES[rule.ending]
    if kind.tentative:
        yield Goes.UNCONFIRMED
