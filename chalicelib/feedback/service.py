"""Suppresses mail to subjects whose address bounces or who complained."""

from chalicelib import clock, logs
from chalicelib.accounts.service import addresses, claims, warnings
from chalicelib.feedback import model
from chalicelib.feedback.model import Report
from chalicelib.notices import service as notices
from chalicelib.origins.service import watch as origins
from chalicelib.publications.service import told
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import COMPLAINT, Standing


def take(body: str) -> None:
    """Handles a report of SES: suppresses mail to each subject that has or waits for the address.

    It is idempotent. An address is hashed and not stored; an address without a subject is logged
    without it. Raises NotFeedback, and Changed when a subject changed meanwhile.
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
    if report.lost:
        warnings.came_back(standing, report.tags, permanent=report.reason is not None)
        origins.came_back(subject, report.tags, notices.current())
    version = told.version_of(report.tags)
    if report.lost and version is not None:
        told.came_back(subject, version, clock.now())


def _suppress(standing: Standing, reason: str) -> None:
    # A complaint is kept when the address works again, so it is not replaced by a bounce.
    if standing.suppressed not in (reason, COMPLAINT):
        write = Transaction(notices.current())
        lifecycle.suppress(write, standing, reason)
        try:
            write.commit()
        except ConditionFailed:  # moved or proven at this moment: SQS delivers it once more
            raise Changed from None
        logs.log("feedback.suppressed", subject=standing.subject, reason=reason)


class Changed(RuntimeError):
    """The subject changed at the same moment; the message fails, and SQS delivers it again."""


def _has(standing: Standing, mac: str) -> bool:
    """Tells whether a subject has, or waits for, an address.

    It has not if it moved to another address, or is being erased.
    """
    return standing.waits or (not standing.erasing and standing.claim == mac)
