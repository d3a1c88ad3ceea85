"""The table of data keys."""

from pynamodb.attributes import BinaryAttribute

from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import KeyItem


class DataKeyItem(KeyItem):
    """One subject's data key for one retention class: pk = subject, sk = class."""

    KIND = "data_key"

    wrapped = BinaryAttribute(null=True, legacy_encoding=False)
    material = BinaryAttribute(null=True, legacy_encoding=False)
    created_at = InstantAttribute()
    closing = InstantAttribute(null=True)
    """When somebody began to remove what seemed the last record of the class."""
