"""The base of all stored items, and the rule that only declared fields are stored."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Protocol, Self

from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.connection import TableConnection
from pynamodb.constants import NULL
from pynamodb.exceptions import AttributeNullError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib import settings
from chalicelib.storage import connection, keys
from chalicelib.storage.attributes import InstantAttribute, LatenessAttribute

STRUCTURE = frozenset(
    {
        "pk",
        "sk",
        "kind",
        "lane",
        "due_at",
        "due_event",
        "due_since",
        "due_former",
        "late",
        "going",
        "shelf",
        "shelf_at",
        "expires",
        "sealed",
        "v",
    }
)
"""Attributes that carry no fact about a person: keys, clocks, the item's version, ciphertext."""


class Declared(Protocol):
    """The part of a compiled notice that the storage layer needs."""

    def refuse_undeclared(self, kind: str, fields: Iterable[str]) -> None:
        """Raises a refusal when the notice does not declare one of these fields for this kind."""


class NobodysData:
    """Takes the place of a notice in a transaction on items without personal data."""

    def refuse_undeclared(self, kind: str, fields: Iterable[str]) -> None:
        """Refuses nothing."""


class _TableName:
    """The table's name, read from the settings at each use and not at import."""

    def __init__(self, setting: str) -> None:
        self._setting = setting

    def __get__(self, instance: object, owner: type) -> str:
        name: str = getattr(settings, self._setting)()
        return name


class Stored(Model):
    """An item of any table. Subclasses name their kind and class and add their fields."""

    KIND: ClassVar[str] = ""
    CLASS: ClassVar[str] = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    v = NumberAttribute(default=1)
    sealed = BinaryAttribute(null=True, legacy_encoding=False)

    sealed_fields: frozenset[str] = frozenset()
    """Names of the fields inside `sealed`, known to the code that sealed them."""

    def __init__(
        self,
        hash_key: str | None = None,
        range_key: str | None = None,
        _user_instantiated: bool = True,
        **attributes: Any,
    ) -> None:
        """Makes an item of these values, and of the defaults of those that are not given.

        PynamoDB sets each by its descriptor, which costs as much as writing the item; here they are
        put where those keep them. Raises ValueError for one that the item does not have.
        """
        kind = type(self)
        for name, key in (("pk", hash_key), ("sk", range_key)):
            if key is not None:
                attributes[name] = key
        if unknown := attributes.keys() - kind.get_attributes().keys():
            raise ValueError(f"{kind.__name__} has no attributes {unknown}")
        self.attribute_values = {**_defaults(kind), **attributes}
        for name in attributes.keys() & _rounded(kind):
            setattr(self, name, attributes[name])

    @classmethod
    def _get_connection(cls) -> TableConnection:
        # PynamoDB builds a client for each model; it has no public way to share one.
        return connection.table(cls.Meta.table_name)

    def _container_serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """Returns the values as DynamoDB has them; raises AttributeNullError where one is lacking.

        PynamoDB asks its descriptors for each attribute, which cost a tenth of a capture; here the
        values are read where those keep them. No item has attributes that are models themselves,
        and each is stored by its own name.
        """
        known, found = self.get_attributes(), dict[str, dict[str, Any]]()
        for name, value in self.attribute_values.items():
            if value is not None:
                attribute = known[name]
                written = attribute.serialize(value)
                if written is not None:
                    found[name] = {attribute.attr_type: written}
        if null_check and (lacking := _required(type(self)) - found.keys()):
            raise AttributeNullError(min(lacking))
        return found

    @classmethod
    def _instantiate(cls, attribute_values: dict[str, dict[str, Any]]) -> Self:
        """Returns an item that was read; its values are put where the descriptors keep them."""
        known, kept = cls.get_attributes(), dict[str, Any]()
        for name, given in attribute_values.items():
            attribute = known.get(name)
            if attribute is not None and NULL not in given:
                kept[name] = attribute.deserialize(attribute.get_value(given))
        item = cls()
        item.attribute_values |= kept
        return item

    def get_save_kwargs_from_instance(
        self,
        condition: Condition | None = None,
        return_values_on_condition_failure: str | None = None,
    ) -> dict[str, Any]:
        """Returns the request that puts the item, for a transaction.

        PynamoDB parts keys from values, and puts them together again.
        """
        request: dict[str, Any] = {"TableName": self.Meta.table_name, "Item": self.serialize()}
        names, values = dict[str, str](), dict[str, Any]()
        if condition is not None:
            request["ConditionExpression"] = condition.serialize(names, values)
        if names:
            request["ExpressionAttributeNames"] = {short: name for name, short in names.items()}
        if values:
            request["ExpressionAttributeValues"] = values
        if return_values_on_condition_failure is not None:
            request["ReturnValuesOnConditionCheckFailure"] = return_values_on_condition_failure
        return request

    @classmethod
    def plain_fields(cls) -> frozenset[str]:
        """Returns the fields that items of this kind may hold in the clear, except STRUCTURE."""
        return frozenset(cls.get_attributes()) - STRUCTURE

    def refuse_undeclared(self, declared: Declared) -> None:
        """Raises the notice's refusal when it does not declare a field of this item."""
        if self.sealed is not None and not self.sealed_fields:
            raise ValueError(f"{self.KIND}: sealed without naming the fields")
        declared.refuse_undeclared(self.KIND, self.plain_fields() | self.sealed_fields)


@cache
def _defaults(kind: type[Stored]) -> Mapping[str, Any]:
    """Returns the values that an item has where none is given; all are immutable."""
    defaults = {name: one.default for name, one in kind.get_attributes().items()}
    return {name: default for name, default in defaults.items() if default is not None}


@cache
def _rounded(kind: type[Stored]) -> frozenset[str]:
    """Returns the attributes that change a value before they keep it, such as a time to live."""
    return frozenset(
        name
        for name, one in kind.get_attributes().items()
        if type(one).__set__ is not Attribute.__set__
    )


@cache
def _required(kind: type[Stored]) -> frozenset[str]:
    """Returns the attributes without which no item of a kind is stored."""
    return frozenset(name for name, one in kind.get_attributes().items() if not one.null)


class Expiring(Stored):
    """An item that DynamoDB may remove by itself, some time after `expires`."""

    expires = TTLAttribute(null=True)


class Item(Expiring):
    """An item of the table `records`."""

    class Meta:
        """The table."""

        table_name = _TableName("records_table")

    lane = UnicodeAttribute(null=True)
    due_at = InstantAttribute(null=True)
    due_event = UnicodeAttribute(null=True)
    due_since = InstantAttribute(null=True)
    due_former = UnicodeAttribute(null=True)
    """The event and beginning that another event took the place of, until that is taken back."""
    late = LatenessAttribute(null=True)
    going = BooleanAttribute(null=True)
    shelf = UnicodeAttribute(null=True)
    shelf_at = InstantAttribute(null=True)

    @property
    def ends_at(self) -> datetime | None:
        """The end of the item's period; None where it has none.

        That is its date in the due index, except for an item that could not be handled: its date
        there is that of the next try, and the first date is returned.
        """
        late = self.late
        return late.first if late is not None and late.until == self.due_at else self.due_at

    def schedule(
        self, lane: str, due_at: datetime, event: str, since: datetime, spread: str | None = None
    ) -> None:
        """Puts the item in a lane of the due index.

        `event` and `since` are the retention rule's event and the instant at which it happened, so
        that a later notice's rule can be applied to the same facts. The shard comes from the
        partition, or from `spread` where very many items of one partition are due.
        """
        self.lane = keys.lane(lane, self.pk if spread is None else spread)
        self.due_at = due_at
        self.due_event = event
        self.due_since = since


class AccessItem(Expiring):
    """An item of the table `access`, which decides who may act as whom."""

    class Meta:
        """The table."""

        table_name = _TableName("access_table")


class MailedItem(Expiring):
    """An item of the table `links`: a link or code that was mailed and can be used once."""

    class Meta:
        """The table."""

        table_name = _TableName("links_table")


class CountItem(Expiring):
    """An item of the table `limits`: a count of tries."""

    class Meta:
        """The table."""

        table_name = _TableName("limits_table")


class KeyItem(Stored):
    """An item of the table `keys`."""

    class Meta:
        """The table."""

        table_name = _TableName("keys_table")
