"""The operator's acts on an account of the desk: they end its sessions or lift a lost factor."""

from chalicelib import clock, logs
from chalicelib.accounts import model, store
from chalicelib.accounts.second_factor_store import SecondFactorItem, second_factor_place
from chalicelib.accounts.service import mails
from chalicelib.accounts.service.claims import holder
from chalicelib.accounts.store import ClaimItem
from chalicelib.jobs import service as jobs
from chalicelib.notices import service as notices
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.vault import service as vault


def end_sessions(email: str) -> bool:
    """Ends all sessions of the account that holds an address; a line of the log says whose.

    False when no account that can be used holds it, or it changed at this moment. Raises NotNormal
    for what is no address.
    """
    subject = _change(email, lift=False)
    if subject is not None:
        logs.log("auth.sessions_ended", subject=subject)
    return subject is not None


def lift_factor(email: str) -> bool:
    """Switches off the second factor of the account that holds an address, and ends its sessions.

    Its person is told by mail. False when no account that can be used holds it, there is no second
    factor, or it changed at this moment. Raises NotNormal for what is no address.
    """
    subject = _change(email, lift=True)
    if subject is not None:
        logs.log("auth.factor_lifted", subject=subject)
    return subject is not None


def _change(email: str, *, lift: bool) -> str | None:
    """Ends the sessions of an account, and lifts its second factor; whose it is, if it did."""
    mac = vault.address_mac(model.same_address(model.normal_address(email)))
    claim = holder(store.get_claim(mac))
    standing = None if claim is None else subjects.account_standing(claim.subject)
    if claim is None or standing is None or not standing.usable:
        return None
    if lift and not claim.second_factor:
        return None
    now, write, due = clock.now(), Transaction(notices.current()), []
    generation = lifecycle.begin_generation(write, standing, now)
    actions = [ClaimItem.generation.set(generation), store.open_sessions()]
    if lift:
        actions.append(ClaimItem.second_factor.set(False))
        write.delete(SecondFactorItem(*second_factor_place(claim.subject)))
        due.append(mails.ask(write, claim.subject, mails.SECOND_FACTOR_LIFTED, "", now))
    write.update(claim, actions, store.same_password(claim), label="claim")
    try:
        write.commit()
    except ConditionFailed:
        return None
    for job in due:
        jobs.send(job)
    return claim.subject
