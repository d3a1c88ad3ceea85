"""The mails of accounts: the mail worker composes them from ids, when it does their job."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from chalicelib import clock, ids, logs
from chalicelib.accounts import model, paths, store
from chalicelib.accounts.service import address, claims, codes, forms, mails
from chalicelib.accounts.service.contents import address_of
from chalicelib.catalogue.model import ERASE
from chalicelib.decisions.notifications import ACCOUNT_SECURITY, may_notify
from chalicelib.jobs.model import Task
from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import USABLE, Decision, Life, Standing
from chalicelib.vault import service as vault

RESET_VALID = timedelta(hours=1)
"""The time that a link to a new password works: a mailbox may be read by others later."""

DISAVOW = "disavow"
"""The action of the link for an owner of the address who did not open the account."""

Composer = Callable[[Task, Notice], Message | None]


def verification(task: Task, notice: Notice) -> Message | None:
    """Returns the mail to a registered address; None when it is proven or gone already."""
    standing = subjects.account_standing(task.subject)
    return None if standing is None else _verification(standing, notice)


def verification_again(task: Task, notice: Notice) -> Message | None:
    """Returns the mail for the newest registration of an address once more; None without any.

    The link in it stands for the address: the password decides which registration it starts.
    """
    held = claims.holder(store.get_claim(task.target))
    if held is not None:
        words = {"reset": Page(paths.RESETS)}
        return letter(held.subject, "account_exists", words, notice)
    waiting = list(store.pending_of(task.target, clock.now()))
    if not waiting:
        return None
    newest = max(waiting, key=lambda one: one.expires_at)
    standing = subjects.account_standing(newest.subject)
    return None if standing is None else _verification(standing, notice)


def reset(task: Task, notice: Notice) -> Message | None:
    """Returns the mail for a new password; None when no account holds the address."""
    held = claims.holder(store.get_claim(task.target))
    if held is None:
        return None
    return _linked(held.subject, "reset_password", mails.RESET, notice)


def choose_password(task: Task, notice: Notice) -> Message | None:
    """The mail to who proved an address without the password that was registered with it."""
    return _linked(task.subject, "choose_password", mails.RESET, notice)


def restored(task: Task, notice: Notice) -> Message | None:
    """The mail to an address that an account came back to, whose password is unknown now."""
    return _linked(task.subject, "address_restored", mails.RESET, notice)


def recovery_code_used(task: Task, notice: Notice) -> Message | None:
    """The mail about a recovery code that was used; the job's target says how many are left."""
    words = {"left": int(task.target), "reset": Page(paths.RESETS)}
    return letter(task.subject, mails.RECOVERY_CODE_USED, words, notice)


def decision_recorded(task: Task, notice: Notice) -> Message | None:
    """Returns the mail about a refusal that the desk recorded; its entry's number is the target.

    It names the decisions of that entry that are still in force.
    """
    standing = subjects.account_standing(task.subject)
    if standing is None:
        return None
    made = [one for one in standing.decisions.items() if one[1].seq == int(task.target)]
    named = [one for one in made if one[0] in notice.purposes]
    if not named:
        return None
    words: dict[str, Any] = {"at": named[0][1].at, "ended": [], "objected": []}
    for purpose, decided in sorted(named):
        told = "objected" if decided.decision is Decision.OBJECTED else "ended"
        words[told].append(notice.text(notice.purposes[purpose].title, standing.locale))
    return letter(task.subject, mails.DECISION_RECORDED, words, notice)


def confirm_address(task: Task, notice: Notice) -> Message | None:
    """The mail to the address that an account is to move to, or to whose account has it already."""
    found, standing = address.addresses(task.subject), subjects.account_standing(task.subject)
    if found is None or standing is None or not standing.usable:
        return None
    if not _may_be_sent(standing, notice, asked_for=True):
        return None
    change, addresses = found
    about = address.bound(change.target, standing)
    if change.confirmed_at is not None or about != task.target:
        return None
    claim = store.get_claim(change.target)
    if claims.is_reserved(claim, clock.now()):
        return None
    if claims.holder(claim) is not None:
        words: dict[str, Any] = {"reset": Page(paths.RESETS)}
        return Message("address_in_use", addresses["email"], standing.locale, words)
    valid = address.CONFIRM_VALID
    path = paths.NEW_ADDRESS
    words = _link(task.subject, address.CONFIRM, about, path, valid, "link", notice)
    return Message("confirm_address", addresses["email"], standing.locale, words) if words else None


def address_changed(task: Task, notice: Notice) -> Message | None:
    """The mail to the address that an account moved away from, with which it can come back."""
    found, standing = address.addresses(task.subject), subjects.account_standing(task.subject)
    if found is None or standing is None or not standing.usable:
        return None
    if not _may_be_sent(standing, notice):
        return None
    change, addresses = found
    if change.confirmed_at is None or change.former != task.target:
        return None
    valid = change.confirmed_at + address.UNDO_VALID - clock.now()
    path = paths.FORMER_ADDRESS
    words = _link(task.subject, address.UNDO, change.former, path, valid, "undo", notice)
    if not words:
        return None
    words["hint"] = model.masked(addresses["email"])
    return Message("address_changed", addresses["former_email"], standing.locale, words)


def move_undone(task: Task, notice: Notice) -> Message | None:
    """The mail to the address that an account was moved to, and does not use any more."""
    found, standing = address.addresses(task.subject), subjects.account_standing(task.subject)
    if found is None or standing is None or not _may_be_sent(standing, notice):
        return None
    change, addresses = found
    if change.confirmed_at is not None or change.target != task.target:
        return None
    return Message("move_undone", addresses["email"], standing.locale, {})


def factor_lifted(task: Task, notice: Notice) -> Message | None:
    """The mail about a second factor that an operator lifted; the log of the stage says so too."""
    logs.log("auth.factor_lifted", subject=task.subject)
    return _told(mails.SECOND_FACTOR_LIFTED)(task, notice)


def stopped(task: Task, notice: Notice) -> Message | None:
    """The mail about an account that its rule stopped; the job's target is the rule that follows.

    None where its person came back meanwhile.
    """
    standing = subjects.account_standing(task.subject)
    since = subjects.since(task.subject, task.target)
    if standing is None or since is None or standing.active or standing.last_activity_at > since:
        return None
    rule = notice.rule(subjects.STANDING, task.target)
    erased = rule.then == ERASE
    words: dict[str, Any] = {
        "since": standing.last_activity_at.astimezone(notice.zone).date(),
        "ends_on": rule.ends(since).astimezone(notice.zone).date() if erased else None,
        "address": notice.site_address,
    }
    return letter(task.subject, mails.STOPPED, words, notice)


def _told(template: str) -> Composer:
    """Returns a composer of a mail that reports a change, and what to do if it was an attack."""

    def compose(task: Task, notice: Notice) -> Message | None:
        return letter(task.subject, template, {"reset": Page(paths.RESETS)}, notice)

    return compose


def _verification(standing: Standing, notice: Notice) -> Message | None:
    """Returns a link and a code for a free address, or a word to the owner of one that is held.

    So its owner learns of the attempt, and the registrant learns nothing.
    """
    if not standing.waits or not _may_be_sent(standing, notice, asked_for=True):
        return None
    subject, now = standing.subject, clock.now()
    email = address_of(subject, notice)
    mac = vault.address_mac(model.same_address(email))
    claim = store.get_claim(mac)
    if claims.is_reserved(claim, now):
        return None
    held = claims.holder(claim)
    if held is not None:  # who wrote the address here need not be who holds it
        return letter(held.subject, "account_exists", {"reset": Page(paths.RESETS)}, notice)
    token, link = sessions.new_link(subject, mails.VERIFY, mac, notice, now)
    disavowal, against = sessions.new_link(subject, DISAVOW, mac, notice, now)
    code = ids.new_code()
    write = Transaction(notice)
    write.put(link)
    write.put(against, label="disavowal")
    write.put(codes.item(mac, code, subject, now))
    lifecycle.require_account(write, subject, Life.PENDING)
    try:
        write.commit()
    except ConditionFailed:  # proven or erased at this very moment
        return None
    granted, denied = forms.chosen(standing, notice)
    words = {
        "granted": granted,
        "denied": denied,
        "others": sum(one.subject != subject for one in store.pending_of(mac, now)),
        "opened_at": standing.registered_at,
        "link": Page(paths.VERIFICATION, token),
        "ends_at": link.expires_at,
        "code": code,
        "code_ends_at": now + codes.CODE_VALID,
        "disavow": Page(paths.DISAVOWAL, disavowal),
    }
    return Message("verify_address", email, standing.locale, words)


def _linked(subject: str, template: str, action: str, notice: Notice) -> Message | None:
    standing = subjects.account_standing(subject)
    if standing is None:
        return None
    path, target = paths.NEW_PASSWORD, reset_target(standing)
    words = _link(subject, action, target, path, RESET_VALID, "link", notice)
    return letter(subject, template, words, notice, asked_for=True) if words else None


def reset_target(standing: Standing) -> str:
    """Returns the target of a link to a new password: the address it went to, and this password.

    So a link works no more once another one was used, or the account was moved back from an
    address that a thief had moved it to.
    """
    return f"{standing.claim}.{standing.generation}"


def _link(
    subject: str,
    action: str,
    target: str,
    path: str,
    valid: timedelta,
    name: str,
    notice: Notice,
) -> dict[str, Any]:
    """Returns a new link's address under `name`, with its end; empty if the account is gone."""
    now = clock.now()
    token, link = sessions.new_link(subject, action, target, notice, now, valid)
    write = Transaction(notice)
    write.put(link)
    lifecycle.require_account(write, subject, *USABLE)
    try:
        write.commit()
    except ConditionFailed:
        return {}
    return {name: Page(path, token), "ends_at": link.expires_at}


def letter(
    subject: str,
    template: str,
    words: Mapping[str, Any],
    notice: Notice,
    *,
    asked_for: bool = False,
) -> Message | None:
    """Returns a mail about an account to its person; None where it may not or cannot be sent."""
    standing = subjects.account_standing(subject)
    if standing is None or not standing.usable:
        return None
    if not _may_be_sent(standing, notice, asked_for=asked_for):
        return None
    return Message(template, address_of(subject, notice), standing.locale, words)


def _may_be_sent(standing: Standing, notice: Notice, *, asked_for: bool = False) -> bool:
    return may_notify(standing, ACCOUNT_SECURITY, notice, clock.now(), asked_for=asked_for)


COMPOSERS: Mapping[str, Composer] = {
    mails.VERIFY: verification,
    mails.RESEND: verification_again,
    mails.RESET: reset,
    mails.CHOOSE_PASSWORD: choose_password,
    mails.ADDRESS_RESTORED: restored,
    mails.CONFIRM_ADDRESS: confirm_address,
    mails.ADDRESS_CHANGED: address_changed,
    mails.MOVE_UNDONE: move_undone,
    mails.RECOVERY_CODE_USED: recovery_code_used,
    mails.CODES_GUESSED: _told(mails.CODES_GUESSED),
    mails.DEACTIVATED: _told(mails.DEACTIVATED),
    mails.PASSWORD_CHANGED: _told(mails.PASSWORD_CHANGED),
    mails.SECOND_FACTOR_ON: _told(mails.SECOND_FACTOR_ON),
    mails.SECOND_FACTOR_OFF: _told(mails.SECOND_FACTOR_OFF),
    mails.SECOND_FACTOR_LIFTED: factor_lifted,
    mails.RECOVERY_CODES_RENEWED: _told(mails.RECOVERY_CODES_RENEWED),
    mails.REACTIVATED: _told(mails.REACTIVATED),
    mails.DECISION_RECORDED: decision_recorded,
    mails.STOPPED: stopped,
}
"""The composer of each mail's job, by action; it returns None where no mail may go any more."""
