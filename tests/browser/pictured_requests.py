"""The desk's pages of requests of which there are pictures, with contents that are made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import StringIO

import pytest

from tests.unit.desk.clerk import opens
from tests.unit.desk.doors import ENTRY, doors, goes
from tests.unit.desk.member import session
from tests.unit.desk.office import OFFICER, REASON, Office


@contextmanager
def _office() -> Iterator[Office]:
    """The desk's office, without its logs."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        patch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        yield Office(patch)


def _filled(office: Office) -> str:
    """Requests that are late, paused and new; the id of one to erase."""
    office.entered("port", received_at=(office.now - timedelta(days=40)).isoformat())
    paused = office.entered("review", channel="phone", identified_by="Voce al telefono.")["id"]
    office.done(paused, "pause", ground="identity")
    office.done(office.ask("copy"), "extend", ground="complexity", reason=REASON)
    request = office.ask("erase", "it", details="Vorrei che cancellaste tutto.\nGrazie.")
    office.now += timedelta(days=2)
    return request


def listed() -> str:
    """Returns the list of open requests."""
    with _office() as office:
        _filled(office)
        return opens(office, lang="it").text


def one() -> str:
    """Returns the page of a request to erase, with what approving does."""
    with _office() as office:
        return opens(office, _filled(office), lang="it").text


def entry() -> str:
    """Returns the entry of a letter, with its due day before it is kept."""
    with _office() as office:
        check = next(one for one in doors("POST") if one.operation.id == "checkEntryByForm")
        letter = {**ENTRY, "details": "Per cortesia, una copia di tutto."}
        held = session(office, OFFICER)
        return goes(check, held, "", query={"lang": "it"}, more=letter).text
