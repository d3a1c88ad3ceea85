"""Activity in the table: an item a batch, civil day, category and purpose, sealed."""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import UnicodeAttribute

from chalicelib import ids
from chalicelib.activity.model import CREATED, Day
from chalicelib.notices.model import Notice
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item

LANE: Final = "rule"
"""The lane of the due index in which activity waits for its end."""


class ActivityItem(Item):
    """Events of one civil day for one purpose. `occurred_at` is the first one's moment."""

    KIND = "activity"
    CLASS = "marketing"

    purpose = UnicodeAttribute()
    occurred_at = InstantAttribute()


def new_item(subject: str, day: Day, notice: Notice) -> ActivityItem:
    """Returns the item of the events of a day, in the sweep's lane.

    Its id begins with the category, so that a category can be erased alone.
    """
    item = ActivityItem(
        pk=keys.subject(subject),
        sk=keys.record(ActivityItem.CLASS, ActivityItem.KIND, f"{day.category}.{ids.new_id()}"),
        kind=ActivityItem.KIND,
        purpose=day.purpose,
        occurred_at=day.began_at,
    )
    rule = notice.rule(ActivityItem.KIND, CREATED)
    item.schedule(LANE, rule.ends(day.began_at), rule.event, day.began_at)
    return item
