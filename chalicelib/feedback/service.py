"""Keeping those from getting mail whose address takes none, or who complained."""

from chalicelib import clock, logs
from chalicelib.accounts.service import addresses, claims
from chalicelib.feedback import model
from chalicelib.feedback.model import Report
from chalicelib.notices import service as notices
from chalicelib.publications.service import told
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import COMPLAINT, Standing, State


def take(body: str) -> None:
    """Does what a report of SES asks for: whoever holds or waits for the address gets no mail.

    Repeated, it changes nothing. An address is hashed and forgotten; one that nobody has here is
    logged as that, without it. Raises NotFeedback.
    """
    if body.strip() == model.CONNECTED:
        logs.log("feedback.connected")
        return
    report = model.read(body)
    if report.reason is None and not report.lost:
        logs.log("feedback.passing")
        return
    for address in report.addresses:
        mac = addresses.keyed(address)
        found = claims.known_by(mac, clock.now())
        if not found:
            logs.log("feedback.unknown", reason=report.reason or "passing")
        for subject in found:
            _note(subject, mac, report)


def _note(subject: str, mac: str, report: Report) -> None:
    standing = subjects.account_standing(subject)
    if standing is None or not _has(standing, mac):
        return
    if report.reason is None:
        logs.log("feedback.passing", subject=subject)
    else:
        _suppress(standing, report.reason)
    version = told.version_of(report.tags)
    if report.lost and version is not None:
        told.came_back(subject, version, clock.now())


def _suppress(standing: Standing, reason: str) -> None:
    # Who complained is not written to when the address works again, so that word stays.
    if standing.suppressed not in (reason, COMPLAINT):
        write = Transaction(notices.current())
        lifecycle.suppress(write, standing, reason)
        try:
            write.commit()
        except ConditionFailed:  # moved or proven at this moment: the queue brings it once more
            raise Changed from None
        logs.log("feedback.suppressed", subject=standing.subject, reason=reason)


class Changed(RuntimeError):
    """Somebody changed at the very moment; what was reported is looked at again."""


def _has(standing: Standing, mac: str) -> bool:
    """Whether a subject has, or waits for, an address: not one that moved or is being erased."""
    if standing.state is State.PENDING:
        return True
    return standing.state is not State.ERASING and standing.claim == mac
