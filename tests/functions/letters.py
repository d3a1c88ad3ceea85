"""Mails to people with an account, told apart by what their subject says."""

from __future__ import annotations

import re
from typing import Any

from tests.functions import tables
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

VERIFY = "Confermi il Suo indirizzo"
ACCOUNT_EXISTS = "Ha già un account"
RESET = "Una nuova password per"
PASSWORD_CHANGED = "La Sua password per"
CONFIRM_ADDRESS = "Confermi il nuovo indirizzo"
ADDRESS_IN_USE = "Il Suo indirizzo ha già un account"
ADDRESS_CHANGED = "ha cambiato indirizzo e-mail"
ADDRESS_RESTORED = "Scelga una nuova password per"
NEW_SIGN_IN = "Nuovo accesso al Suo account"
DEACTIVATED = "è disattivato"
REACTIVATED = "è di nuovo attivo"
ORIGIN = "ha ricevuto da altri dati che La riguardano"
COPY = "La copia dei Suoi dati"
RECEIPT = "ha ricevuto la Sua richiesta"
DELAY = "è in ritardo con la Sua richiesta"

_TOKEN = re.compile(r"token=([a-z2-7]{26}\.[A-Za-z0-9_-]{43})\b")

Mail = dict[str, Any]


def about(stack: DeployedStack, email: str, subject: str) -> list[Mail]:
    """The mails to an address that are about this so far, oldest first."""
    return [mail for mail in stack.mails_to(email) if subject in mail["Subject"]]


def wait(stack: DeployedStack, email: str, subject: str, count: int = 1) -> Mail:
    """The newest mail to an address about this, once there are so many; fails if none comes."""

    def enough() -> list[Mail]:
        found = about(stack, email, subject)
        return found if len(found) >= count else []

    found = until(enough)
    assert found, f"no {count} mails {subject!r}: {_subjects(stack, email)}"
    return found[-1]


def all_sent(stack: DeployedStack, subject_id: str) -> None:
    """Waits until no mail of an account is under way any more."""

    def done() -> bool:
        return not tables.of_kind(tables.partition(stack, subject_id), "job")

    assert until(done), "mails are still under way"


def text(mail: Mail) -> str:
    """What a mail says, as one line."""
    return " ".join(mail["BodyText"].split())


def token(mail: Mail) -> str:
    """The token of the first link in a mail."""
    found = _TOKEN.search(mail["BodyText"])
    assert found, mail
    return found[1]


def _subjects(stack: DeployedStack, email: str) -> list[str]:
    return [mail["Subject"] for mail in stack.mails_to(email)]
