"""Attribute types of the tables that PynamoDB does not have."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition

from chalicelib.instants import instant
from chalicelib.storage import lateness
from chalicelib.storage.lateness import Lateness


def still(attribute: Attribute[Any], value: int) -> Condition:
    """That a number is what was read, where zero is also what an item without it was read as.

    DynamoDB compares a missing attribute with nothing: items written before there was the
    attribute would meet no such condition.
    """
    same: Condition = attribute == value
    return same if value else same | attribute.does_not_exist()


class InstantAttribute(Attribute[datetime]):
    """An instant, stored so that text order is time order."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        """Refuses a time without zone: it would be a different instant on each machine."""
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant(value)

    def deserialize(self, value: Any) -> datetime:
        """The instant, in UTC."""
        return datetime.fromisoformat(value)


class LatenessAttribute(Attribute[Lateness]):
    """That an item could not be handled when it was due, in one short text."""

    attr_type = STRING

    def serialize(self, value: Lateness) -> str:
        """The text."""
        return value.text()

    def deserialize(self, value: Any) -> Lateness:
        """The lateness in a text."""
        return lateness.read(value)
