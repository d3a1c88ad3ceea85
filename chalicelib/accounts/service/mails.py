"""The mails that accounts send: composed by the mail worker from ids, when the job is done."""

from chalicelib import clock, settings
from chalicelib.accounts import model, store
from chalicelib.accounts.service.profile import address_of
from chalicelib.consents.model import State
from chalicelib.consents.service import subjects
from chalicelib.jobs.model import Task
from chalicelib.mail.model import Message
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

QUEUE = "mail"
VERIFY = "verify_address"


def verification(task: Task, notice: Notice) -> Message | None:
    """The mail to an address that somebody registered.

    An address that nobody holds gets a link that proves it; one that somebody holds gets a word
    about the attempt, so that its owner learns of it and the stranger learns nothing. None when
    the pending account is gone or proven already.
    """
    standing = subjects.account_standing(task.subject)
    if standing is None or standing.state is not State.PENDING:
        return None
    address = address_of(task.subject, notice)
    held = store.get_claim(vault.address_mac(model.same_address(address)))
    if held is not None:
        return Message("account_exists", address, standing.locale, {})
    token, link = sessions.new_link(task.subject, VERIFY, task.subject, notice, clock.now())
    write = Transaction(notice)
    write.put(link)
    subjects.require_state(write, task.subject, State.PENDING)
    try:
        write.commit()
    except ConditionFailed:  # proven or erased at this very moment
        return None
    url = f"{settings.public_url()}/v1/accounts/verification?token={token}"
    return Message(
        "verify_address", address, standing.locale, {"link": url, "ends_at": link.expires_at}
    )
