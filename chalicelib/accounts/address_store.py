"""A move to another address in the table: what was asked, and for 72 hours where it came from."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item

LANE = "rule"


class EmailChangeItem(Item):
    """The latest move of an account to another address; both addresses are sealed.

    `former` and `target` are their keyed hashes. Not confirmed, it is only a wish. `proven` is
    what the claim on the former address had, which comes back with it.
    """

    KIND = "email_change"
    CLASS = "account"

    former = UnicodeAttribute()
    target = UnicodeAttribute()
    requested_at = InstantAttribute()
    confirmed_at = InstantAttribute(null=True)
    proven = BooleanAttribute(default=False)


def email_change_place(subject: str) -> tuple[str, str]:
    """Partition and sort key of an account's latest move."""
    return keys.subject(subject), keys.record(EmailChangeItem.CLASS, EmailChangeItem.KIND)


def get_email_change(subject: str) -> EmailChangeItem | None:
    """The latest move. One strongly consistent GetItem."""
    try:
        return EmailChangeItem.get(*email_change_place(subject), consistent_read=True)
    except EmailChangeItem.DoesNotExist:
        return None


def not_confirmed_since(moment: datetime) -> Condition:
    """Returns the condition that no move confirmed after an instant may still be undone."""
    condition: Condition = EmailChangeItem.confirmed_at.does_not_exist() | (
        EmailChangeItem.confirmed_at <= moment
    )
    return condition


def same(item: EmailChangeItem) -> Condition:
    """Returns the condition that a move that was read is unchanged and still the latest."""
    confirmed = EmailChangeItem.confirmed_at
    condition: Condition = (EmailChangeItem.requested_at == item.requested_at) & (
        confirmed.does_not_exist() if item.confirmed_at is None else confirmed == item.confirmed_at
    )
    return condition
