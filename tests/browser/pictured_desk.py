"""The desk's pages of people of which there are pictures, with contents that are made up."""

from __future__ import annotations

from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from typing import Final

import pytest

from chalicelib.disclosures.model import Disclosure
from chalicelib.disclosures.store import disclosure_item
from chalicelib.publications.store import new_obligation
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import Office
from tests.unit.desk.people import opens, sends

_HOLD: Final = "Pretesa del 3 novembre: pratica 2026-114."


def people() -> str:
    """Returns the page on which the desk finds a person."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):  # its logs
        patch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        return opens(Office(patch), lang="it").text


def person() -> str:
    """Returns the page of a person with requests, refusals, a hold and a disclosure."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        patch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        office = Office(patch)
        office.ask("erase")
        office.now += timedelta(days=9)
        office.ask("port")
        refused = [("decisions.surveys", "denied"), ("decisions.offers_email", "objected")]
        sends(
            office, SUBJECT, act="refuse", channel="phone", received_on="2026-11-30", more=refused
        )
        held, once = [("classes.evidence", "yes")], "h" * 43
        sends(
            office,
            SUBJECT,
            once=once,
            more=held,
            act="hold",
            ground="claims",
            reason=_HOLD,
            until_on="2027-11-22",
        )
        notice = office.notice
        category = next(iter(notice.categories))
        recipient, purpose = next(iter(notice.recipients)), next(iter(notice.purposes))
        given = Disclosure(SUBJECT, recipient, category, purpose, (), NOW)
        told = new_obligation(SUBJECT, "2026-12-30", (), NOW, NOW)
        told.status, told.sent_at = "sent", NOW
        office.tables.put(told, disclosure_item("d" * 26, given, (), None))
        return opens(office, SUBJECT, lang="it").text
