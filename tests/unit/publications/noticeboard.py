"""Somebody of the desk in front of its pages of notices, on tables in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.accounts import roster_store
from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.second_factor_store import SecondFactorItem, second_factor_place
from chalicelib.accounts.service import current_code
from chalicelib.audit import service as audit
from chalicelib.audit.model import Entry, Filter
from chalicelib.notices import service as notices
from chalicelib.pages.languages import languages
from chalicelib.publications.service import desk_drafts, progress, proposal, simulation, withdrawal
from chalicelib.retention.amendments.service import confirmation
from chalicelib.sessions.role_store import role_item
from chalicelib.storage.item import NobodysData
from chalicelib.web.pages import cookie
from chalicelib.web.wiring import wired
from functions.http import desk_notices
from tests.unit.core.samples import NOW, association_document
from tests.unit.desk.member import answered, session, words
from tests.unit.publications.world import World
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import Sent

IMPORTED = (confirmation, desk_drafts, progress, proposal, simulation, withdrawal)
"""Modules that a page imports when it is opened: here before tables take DynamoDB's place."""

PUBLIC = "https://privacy.example"
LIST = "/desk/notices"
ONE = f"{LIST}/{{version}}"


@dataclass
class Board:
    """A deployment whose first version is in force, with two officers and a reader of its desk."""

    world: World
    document: dict[str, Any] = field(default_factory=association_document)
    sent: int = 0

    def __post_init__(self) -> None:
        self.world.publish(self.document)
        self.officer, self.other, self.reader = (
            self._member(subject * 26, role)
            for subject, role in (("o", "desk"), ("p", "desk"), ("r", "reader"))
        )

    def _member(self, subject: str, role: str) -> str:
        """Somebody with a role and a second factor; their subject."""
        self.world.person(0, subject=subject)
        pk, sk = second_factor_place(subject)
        factor = SecondFactorItem(
            pk=pk, sk=sk, kind="second_factor", status=CONFIRMED, created_at=NOW
        )
        self.world.tables.put(role_item(subject, role), factor)
        write = self.world.tables.transaction(NobodysData())
        roster_store.put_member(write, subject, role)  # type: ignore[arg-type]
        write.commit()
        return subject

    def leaves(self, subject: str) -> None:
        """Somebody has no role at the desk any more."""
        self.world.tables.put(role_item(subject, "nobody"))

    def work_off(self) -> None:
        """All rounds are done; the mails to the desk itself, of another queue, are left out."""
        tables = self.world.tables
        for job in self.world.jobs():
            if job.queue == "mail":
                del tables.items[False, job.pk, job.sk]
        self.world.work_off()

    def session(self, subject: str) -> str:
        """A new session of somebody, opened now with a second factor."""
        return session(self.world, subject)

    def opens(
        self, path: str = LIST, by: str | None = None, token: str | None = None, **query: str
    ) -> Sent:
        """A page."""
        held = self.session(by or self.officer) if token is None else token
        return self.answered("GET", path, held, None, query)

    def sends(
        self,
        path: str = LIST,
        by: str | None = None,
        token: str | None = None,
        once: str = "",
        lang: str = "en",
        fields: Mapping[str, str] = MappingProxyType({}),
        **more: str,
    ) -> Sent:
        """The answer to a form with `fields` and `more`; another one each time without `once`."""
        held = self.session(by or self.officer) if token is None else token
        self.sent += 1
        signed = cookie.form_token(held) if held else ""
        mark = once or f"{self.sent:043d}"
        body = urlencode({"form": signed, "once": mark, **fields, **more})
        return self.answered("POST", path, held, body, {"lang": lang})

    def answered(
        self,
        method: str,
        path: str,
        token: str,
        body: str | None,
        query: Mapping[str, str],
        headers: Mapping[str, str] = SAME,
    ) -> Sent:
        """What the function answers to a request of a browser that keeps a session."""
        version, _, rest = path.removeprefix(LIST).strip("/").partition("/")
        place = ONE + (f"/{rest}" if rest else "") if version else LIST
        parameters = {"version": version} if version else {}
        return answered(
            desk_notices.handler, method, place, token, body, query, headers, parameters
        )

    def audited(self) -> list[Entry]:
        """The whole audit, which verifies."""
        assert audit.verify().fault is None
        return list(audit.listed(Filter(), None, 100, notices.current()).entries)

    def drafts(self) -> set[str]:
        """The versions of which there is a draft."""
        return {
            place[1].removeprefix("N#")
            for place in self.world.tables.items
            if place[2].endswith("draft")
        }


def board(monkeypatch: pytest.MonkeyPatch, document: dict[str, Any] | None = None) -> Board:
    """A deployment with its desk, in which every code of six digits is right once."""

    def step_of(_: Any, code: str, __: Any) -> int | None:
        return int(code) if code.isdigit() else None

    monkeypatch.setattr(current_code, "step_of", step_of)
    monkeypatch.setenv("RISERBO_MAIL_QUEUE_URL", "https://sqs.example/mail")
    store = MemoryStore()
    monkeypatch.setattr(wired(), "idempotency", lambda: store)
    monkeypatch.setattr(wired(), "notice", notices.current)
    monkeypatch.setattr(wired(), "origins", set)
    return Board(World(monkeypatch), association_document() if document is None else document)


def in_every_language(value: Any, spoken: Sequence[str] = languages()) -> Any:
    """The association's document with each of its texts in every language of the pages."""
    if isinstance(value, dict):
        if value.keys() == {"en"}:
            return dict.fromkeys(spoken, value["en"])
        made = {name: in_every_language(part, spoken) for name, part in value.items()}
        return made | {"locales": list(spoken)} if "locales" in made else made
    return [in_every_language(one, spoken) for one in value] if isinstance(value, list) else value


def forms(page: Sent) -> set[str]:
    """The fields by which forms of a page's contents act."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return set(re.findall(r'<(?:textarea|button|input)[^>]* name="(\w+)"', main)) - {"form", "once"}


def place(sent: Sent) -> str:
    """The path to which an answer leads, with its `?done=`."""
    assert sent.status == 303, (sent.status, words(sent))
    to = urlsplit(sent.headers["Location"])
    return " ".join([to.path, *re.findall(r"done=([a-z_]+)", to.query)])
