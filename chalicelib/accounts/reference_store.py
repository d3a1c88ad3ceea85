"""The id under which the site itself knows the person of an account."""

from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item


class ReferenceItem(Item):
    """The site's own id of a person, sealed: it may be anything, an address too."""

    KIND = "reference"
    CLASS = "account"

    set_at = InstantAttribute()


def reference_place(subject: str) -> tuple[str, str]:
    """Partition and sort key of an account's reference."""
    return keys.subject(subject), keys.record(ReferenceItem.CLASS, ReferenceItem.KIND)
