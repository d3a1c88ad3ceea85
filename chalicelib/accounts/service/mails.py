"""The mails that accounts send: which there are, and how one is asked for.

A job names ids only; the mail worker composes each mail from them when the job is done
(`letters`), so that no address passes through a queue.
"""

from datetime import datetime

from chalicelib import ids
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.storage.transaction import Transaction

QUEUE = "mail"

VERIFY = "verify_address"
RESEND = "verify_again"
RESET = "reset_password"
PASSWORD_CHANGED = "password_changed"
CHOOSE_PASSWORD = "choose_password"
CONFIRM_ADDRESS = "confirm_address"
ADDRESS_CHANGED = "address_changed"
MOVE_UNDONE = "move_undone"
ADDRESS_RESTORED = "address_restored"
SECOND_FACTOR_ON = "second_factor_on"
SECOND_FACTOR_LIFTED = "second_factor_lifted"
SECOND_FACTOR_OFF = "second_factor_off"
RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
RECOVERY_CODE_USED = "recovery_code_used"
CODES_GUESSED = "codes_guessed"
NEW_SIGN_IN = "new_sign_in"
DEACTIVATED = "account_deactivated"
REACTIVATED = "account_reactivated"
DECISION_RECORDED = "decision_recorded"
WARNED = "account_unused"
STOPPED = "account_stopped"


def ask(write: Transaction, subject: str, action: str, target: str, now: datetime) -> JobItem:
    """Adds the job of a mail to the person of an account; it is to be sent after the commit.

    `target` is what the mail is about: an id, a count, a country's code, or empty.
    """
    job = jobs.new_job(subject, QUEUE, action, target, now)
    write.put(job)
    return job


def ask_for_address(write: Transaction, action: str, address_mac: str, now: datetime) -> JobItem:
    """Adds the job of a mail to the holder of an address, known or not, by its keyed hash.

    The worker looks up whether the address is held, out of the caller's sight. The job lies in a
    partition of its own, so that known and unknown addresses cost the same.
    """
    return ask(write, ids.new_id(), action, address_mac, now)
