"""Stopping an account, and coming back: the data stays, and the answer says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib import clock
from chalicelib.accounts.service import mails
from chalicelib.errors import Conflict
from chalicelib.jobs import service as jobs
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.notices.model import Notice
from chalicelib.pages.words import words
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import Life
from chalicelib.web.network import UNKNOWN

DEACTIVATE, ERASE = "deactivate", "erase"
"""The two rights that people mix up; what each does, the notice says."""


@dataclass(frozen=True, slots=True)
class Deactivated:
    """The consequences of stopping an account, in the notice's own words."""

    data: str
    erasure: str
    contact: str


def deactivate(signed_in: SignedIn, locale: str, notice: Notice) -> Deactivated:
    """Stops an account, and tells its person; one that is stopped already stays so.

    Raises Conflict when the notice does not offer it, before anything is written, and when the
    account was changed at the same moment.
    """
    if DEACTIVATE not in notice.rights:
        detail = "The notice in force does not offer to stop an account; erasing it is a right."
        raise Conflict(detail, type="right-not-offered")
    _change(signed_in, Life.DEACTIVATED, mails.DEACTIVATED, notice)
    return Deactivated(
        data=said(notice, DEACTIVATE, locale),
        erasure=said(notice, ERASE, locale),
        contact=notice.contact,
    )


def reactivate(signed_in: SignedIn, notice: Notice, network: str = UNKNOWN) -> None:
    """Takes an account up again, and tells its person; one that is active stays so.

    It is counted by person and network, which also bounds how often an account is stopped, since
    stopping is never refused. Raises TooManyRequests, and Conflict when the account was changed at
    the same moment.
    """
    attempt = limits.comeback(signed_in.subject, network, clock.now()).about(signed_in.subject)
    _change(signed_in, Life.ACTIVE, mails.REACTIVATED, notice, attempt)


def _change(
    signed_in: SignedIn, life: Life, action: str, notice: Notice, attempt: Attempt | None = None
) -> None:
    if signed_in.standing.life is life:
        return
    now = clock.now()
    for tries in (None, 1):
        write = Transaction(notice)
        lifecycle.change_life(write, signed_in.standing, life, now)
        mail = mails.ask(write, signed_in.subject, action, "", now)
        if attempt is not None:
            attempt.count(write, tries)
        try:
            write.commit()
        except ConditionFailed as failed:
            if attempt is not None and tries is None and attempt.only_by_network(failed):
                continue  # beyond the network's limit one try of each person is left
            limited = None if attempt is None else attempt.refusal(failed)
            changed = Conflict("The account was changed meanwhile; try again.")
            raise limited or changed from None
        jobs.send(mail)
        return


def said(notice: Notice, right: str, locale: str) -> str:
    """Returns all that the notice says of a right: its effect, how to use it, and its limits.

    Returns the software's words for a right that the notice does not state.
    """
    rights: list[Mapping[str, Any]] = notice.completed["rights"]
    stated = next((one for one in rights if one["id"] == right), None)
    if stated is None:
        return words("document", locale)[f"rights.{right}.description"]
    parts = [stated["description"], stated.get("how")]
    parts += [one["text"] for one in (*stated.get("limits", ()), *stated.get("notes", ()))]
    return " ".join(notice.text(part, locale) for part in parts if part)
