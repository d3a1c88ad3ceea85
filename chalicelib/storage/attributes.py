"""Attribute types that PynamoDB lacks, and a condition on numbers."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition

from chalicelib.instants import instant
from chalicelib.storage import lateness
from chalicelib.storage.lateness import Lateness


def still(attribute: Attribute[Any], value: int) -> Condition:
    """Condition: a number is still `value`; an item without the attribute counts as 0.

    DynamoDB's comparison with a missing attribute is false, so items written before the attribute
    existed would never meet a plain comparison.
    """
    same: Condition = attribute == value
    return same if value else same | attribute.does_not_exist()


class InstantAttribute(Attribute[datetime]):
    """An instant, stored so that text order is time order."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        """Returns the text of an instant. Raises ValueError for a time without a zone."""
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant(value)

    def deserialize(self, value: Any) -> datetime:
        """Returns the instant in a text, in UTC."""
        return datetime.fromisoformat(value)


class LatenessAttribute(Attribute[Lateness]):
    """The record of failed tries of a due item, as one short text."""

    attr_type = STRING

    def serialize(self, value: Lateness) -> str:
        """Returns the text."""
        return value.text()

    def deserialize(self, value: Any) -> Lateness:
        """Returns the lateness in a text."""
        return lateness.read(value)
