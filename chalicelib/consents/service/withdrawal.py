"""The date on which data goes that no purpose may use any more: set, removed, checked again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib import clock
from chalicelib.consents import clocks, store
from chalicelib.consents import filings as filing_rules
from chalicelib.consents.clocks import Consequence
from chalicelib.consents.service import filings
from chalicelib.consents.service.filings import Found
from chalicelib.notices import ends as notice_ends
from chalicelib.notices.model import Notice
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import store as subject_store
from chalicelib.subjects.model import Standing

KEPT, WITHDRAWN = clocks.KEPT, clocks.WITHDRAWN


def places(subject: str, purposes: Collection[str], notice: Notice) -> dict[str, Place]:
    """Where the categories lie that a decision about these purposes may end, by category."""
    known = [purpose for purpose in purposes if purpose in notice.purposes]
    return {
        category: store.category_at(subject, category) for category in clocks.endable(known, notice)
    }


def set_clocks(
    write: Transaction,
    kept: Mapping[str, Item],
    purposes: Collection[str],
    standing: Standing,
    notice: Notice,
    at: datetime,
) -> None:
    """Adds to a decision about some purposes the dates of the data that they used.

    `kept` are the records that may end, by category, `standing` the one after the decision. Data
    that no purpose uses any more gets its date; data that a purpose uses again loses it.
    """
    rule = clocks.rule(notice)
    known = [purpose for purpose in purposes if purpose in notice.purposes]
    for category in clocks.endable(known, notice):
        item = kept.get(category)
        if item is None or rule is None:
            continue
        used = bool(clocks.uses(category, standing, notice, at))
        ends = store.category_ends_at(item)
        if used and ends is not None:
            store.stop_clock(write, item)
        elif not used and ends is None:
            store.start_clock(write, item, rule.ends(at), at)


def consequences(
    kept: Mapping[str, Item],
    purposes: Collection[str],
    standing: Standing,
    notice: Notice,
    at: datetime,
    found: Sequence[Found] | None = None,
) -> tuple[Consequence, ...]:
    """The consequences for the data of refusals of some of these purposes.

    `found` are the records that may be kept for them; with None they are read: a Query for each
    kind of those that the person has.
    """
    if found is None:
        found = filings.read(standing, purposes, notice)
    dates = {category: store.category_ends_at(item) for category, item in kept.items()}
    ends = {category: moment for category, moment in dates.items() if moment is not None}
    going = filing_rules.going(
        [one.record for one in found], frozenset(purposes), standing, notice, at
    )
    return clocks.consequences(purposes, standing, ends, notice, at, going)


def is_used(subject: str, category: str, notice: Notice, now: datetime) -> bool:
    """Tells whether a category of a subject's data is used, as decisions stand now. One GetItem."""
    item = subject_store.get_standing(subject)
    return item is not None and bool(
        clocks.uses(category, subject_store.standing_of(item), notice, now)
    )


def schedule(item: Item, category: str, standing: Standing, notice: Notice, at: datetime) -> None:
    """Gives the record of a category that is stored now its date, if its person refused its uses.

    A purpose about which the person was never asked is not refused: the data stays until then.
    """
    refused = [
        one
        for one in standing.decisions
        if one in notice.purposes and category in notice.purposes[one].categories
    ]
    rule = clocks.rule(notice)
    if rule is None or category not in clocks.endable(refused, notice):
        return
    if not clocks.uses(category, standing, notice, at):
        item.schedule(store.CATEGORY_LANE, rule.ends(at), WITHDRAWN, at)


def unless_set(item: Item) -> list[Action]:
    """The actions that give a stored record the date of `schedule`, where it has none yet."""
    return [] if item.due_at is None else store.unless_set(item)


def over(
    kept: Iterable[tuple[str, Item | None]], standing: Standing, notice: Notice
) -> frozenset[str]:
    """Returns the categories whose time is over, and that no purpose uses again: they are gone.

    The sweep decides the same, and removes them.
    """
    now = clock.now()
    return frozenset(
        name
        for name, item in kept
        if item is not None
        and notice_ends.gone(item, notice, now)
        and not clocks.uses(name, standing, notice, now)
    )
