"""The page on which the desk enters a request, with its due day before it is entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.desk.contract.entry_pages import CHANNELS, DUE, PLAIN, WHO
from chalicelib.desk.contract.receipt import DAY
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import moved
from chalicelib.desk.paths import ENTERED, LIST, NEW
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.requests.contract.submission import rights_of
from chalicelib.requests.contract.submission_pages import CATEGORIES, PURPOSES
from chalicelib.requests.model import RestrictionGround

if TYPE_CHECKING:
    from chalicelib.requests.clock.deadline import Deadline
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry before it is made: what it says, why its due day is that one, and its fields."""

    facts: tuple[tuple[str, str], ...]
    moved: str
    fields: Mapping[str, str]


def entry_page(visit: Visit, found: Deadline | None = None) -> str:
    """Returns the page; with a deadline it first shows the entry that the form asked for.

    A member who only reads is shown no form.
    """
    language, notice = visit.language, visit.notice
    said = words("desk", language)
    labels = {name: said[f"entry_{name}"] for name in (*PLAIN, PURPOSES, CATEGORIES)}
    return render(
        "desk/templates/entry.html.j2",
        visit.frame,
        said["entry_title"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        list=LIST,
        own=NEW,
        entered=ENTERED,
        acts=visit.acts,
        labels=labels,
        rights=[("", said["choose"])]
        + [(one, titles.right(one, notice, language)) for one in rights_of(notice)],
        channels=[(str(one), said[f"channel.{one}"]) for one in CHANNELS],
        grounds=[("", said["none_given"])]
        + [(str(one), said[f"limit.{one}"]) for one in RestrictionGround],
        locales=[("", said["their_own"])]
        + [(one, formats.language_name(one, language)) for one in notice.locales],
        purposes=[
            (f"{PURPOSES}.{one}", titles.purpose(one, notice, language)) for one in notice.purposes
        ],
        categories=[
            (f"{CATEGORIES}.{one}", titles.category(one, notice, language))
            for one in notice.categories
        ],
        narrowed=any("." in name for name in visit.typed),
        seen=None if found is None else _seen(visit, found, said, labels),
    )


def _seen(
    visit: Visit, found: Deadline, said: Mapping[str, str], labels: Mapping[str, str]
) -> Seen:
    language, notice = visit.language, visit.notice
    typed = {name: text for name, text in visit.typed.items() if name != DUE}
    who = typed.get(WHO, "").strip()
    kind = "nobody" if not who else "address" if "@" in who else "number"
    facts = [
        (said["fact_due"], formats.day(found.due_on, language)),
        (labels[DAY], formats.day(found.received_on, language)),
        (labels["right"], titles.right(typed["right"], notice, language)),
        (labels["channel"], said[f"channel.{typed['channel']}"]),
        (said["fact_person"], said[f"entry_{kind}"].format(who=who)),
    ]
    return Seen(
        tuple(facts),
        moved(found, said["clock_moved"], said, language),
        {**typed, DUE: str(found.due_on)},
    )


__all__ = ["entry_page"]
