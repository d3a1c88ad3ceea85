"""The page by which a draft is published, and that of how far people are told of a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.notices.changes import Effect
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.publications.contract.pages import CONFIRM, TYPED, WITHDRAW
from chalicelib.publications.pages.drafts import KINDS
from chalicelib.publications.pages.findings import errors
from chalicelib.publications.pages.trial import kind_title, refusals_of
from chalicelib.publications.paths import ONE, PUBLICATION, TRIAL

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.publications.service.proposal import Outlook
    from chalicelib.web.pages.visit import Visit

_WAITS: Final = "version-waiting"
"""The type of the refusal while another version waits, whose place this one may take."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A changed rule whose records follow the version: its kind, a sentence, and its form.

    `erases` is the number to which somebody has to say yes; 0 where nobody has to.
    """

    rule: str
    title: str
    status: str
    erases: int
    button: str


def publication_page(visit: Visit, notice: Notice, found: Outlook) -> str:
    """Returns the page by which a draft is published, with what that needs."""
    said = words("desk_notices", visit.language)
    judged = found.judged
    blocked = [one for one in judged.refusals if one.type != _WAITS]
    replaces = found.waits or ""
    return _page(
        visit,
        "publications/templates/publication.html.j2",
        said["publication"].format(version=notice.version),
        notice.version,
        errors=errors(visit, said, TYPED, "code"),
        facts=list(_facts(visit, said, notice, found)),
        trial=visit.frame.to(TRIAL.format(version=notice.version)),
        refusals=refusals_of(blocked, said),
        waits=replaces,
        replace=said["replace"].format(version=replaces),
        replace_text=said["replace_text"].format(version=replaces),
        reasons=[(said[f"reason.{one.gravity}"], one.about) for one in found.reasons],
        stands=list(_approval(visit, said, found)),
        digest=notice.digest,
        typed_hint=said["hint_typed"].format(version=notice.version),
        button=_button(said, found),
        publishable=not blocked,
    )


def _button(said: Mapping[str, str], found: Outlook) -> str:
    second = found.first is not None and not found.own
    return said["approve" if found.reasons and not second else "publish"]


def _facts(
    visit: Visit, said: Mapping[str, str], notice: Notice, found: Outlook
) -> Iterator[tuple[str, str]]:
    judged = found.judged
    yield said["effective"], _moment(visit, notice.effective_at)
    if judged.earliest is not None:
        yield said["earliest"], _moment(visit, judged.earliest)
    if judged.before is not None:
        yield said["follows"], judged.before.version
    effects = {change.effect for change in judged.changes}
    heaviest = next(
        (one for one in (Effect.MATERIAL, Effect.INFORMATIVE) if one in effects), Effect.EDITORIAL
    )
    yield said["tells"], said[f"tells.{heaviest}"]


def _approval(visit: Visit, said: Mapping[str, str], found: Outlook) -> Iterator[str]:
    """Yields sentences about the first approval, where two people are needed."""
    if not found.reasons:
        return
    if found.first is None:
        yield said["first_of_two"]
    else:
        name = "own_stands" if found.own else "other_stands"
        yield said[name].format(
            at=_moment(visit, found.first.asked_at), until=_moment(visit, found.first.expires_at)
        )
        if found.own and found.alone:
            yield said["alone_from"].format(at=_moment(visit, found.first.alone_from))
    if found.first is None and found.alone:
        yield said["alone"]


def progress_page(visit: Visit, notice: Notice, status: str, told: Mapping[str, Any] | None) -> str:
    """Returns the page of how far people are told of a published version.

    `told` is the answer of the operation, None where nobody is told and no record moves.
    """
    said = words("desk_notices", visit.language)
    running = told is not None and told["status"] == "running"
    dates = None if told is None else told["dates"]
    moving = dates is not None and dates["status"] == "running"
    return _page(
        visit,
        "publications/templates/progress.html.j2",
        said["telling_of"].format(version=notice.version),
        notice.version,
        errors=errors(visit, said),
        status_text=words("versions", visit.language)[f"status_{status}"],
        status_kind=KINDS.get(status, ""),
        one=ONE.format(version=notice.version),
        coming=running or moving,
        sentence=_sentence(said, told, status),
        facts=[] if told is None else list(_told(visit, said, told)),
        value=0 if told is None else _visited(told),
        maximum=0 if told is None else _visited(told) + told["left"],
        rules=[] if dates is None else [_rule(visit, said, notice, one) for one in dates["rules"]],
        withdrawable=status == "scheduled",
        effective=said["takes_effect"].format(at=_moment(visit, notice.effective_at)),
        withdraw=WITHDRAW,
        confirm=CONFIRM,
    )


def _sentence(said: Mapping[str, str], told: Mapping[str, Any] | None, status: str) -> str:
    if status == "withdrawn":
        return said["told.withdrawn"]
    if told is None or not told["pass"]:
        return said["told.nobody"]
    return said[f"told.{told['status']}"]


def _visited(told: Mapping[str, Any]) -> int:
    return max(0, int(told["concerned"]) + int(told["alone"]) - int(told["left"]))


def _told(
    visit: Visit, said: Mapping[str, str], told: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    if not told["pass"]:
        return
    for name in ("concerned", "sent", "seen", "bounced", "left", "alone"):
        yield said[f"count.{name}"], formats.number(told[name], visit.language)
    for name in ("uncertain", "repeated"):
        if told[name]:
            yield said[f"count.{name}"], formats.number(told[name], visit.language)


def _rule(visit: Visit, said: Mapping[str, str], notice: Notice, one: Mapping[str, Any]) -> Rule:
    def number(name: str) -> str:
        return formats.number(one[name], visit.language)

    status = said[f"records.{one['status']}"].format(
        moved=number("moved"), moves=number("moves"), erases=number("at_once")
    )
    waits = one["status"] == "waiting"
    return Rule(
        one["rule"],
        kind_title(visit, notice, one["kind"]),
        status,
        one["at_once"] if waits else 0,
        said["confirm"].format(erases=number("at_once")),
    )


def _moment(visit: Visit, at: datetime) -> str:
    return formats.moment(at, visit.language, visit.notice.zone)


def _page(visit: Visit, template: str, title: str, version: str, **values: Any) -> str:
    return render(
        template,
        visit.frame,
        title,
        words=words("desk_notices", visit.language),
        area="desk",
        tabs=DESK,
        visit=visit,
        own=PUBLICATION.format(version=version),
        back=visit.frame.to(ONE.format(version=version)),
        acts=visit.acts,
        **values,
    )
