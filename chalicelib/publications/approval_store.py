"""First approvals of publications in the table: one item a version, beside its draft.

It holds no personal data: the approver is a fingerprint that can only be compared.
"""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.publications.approval import Approval
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

LABEL = "approval"


class ApprovalItem(Item):
    """A first approval of a document that needs two."""

    KIND = "notice"

    notice_version = UnicodeAttribute()
    digest = UnicodeAttribute()
    by = UnicodeAttribute()
    asked_at = InstantAttribute()
    until = InstantAttribute()


def get_approval(version: str) -> Approval | None:
    """Returns the waiting approval of a version, also an expired one.

    One strongly consistent GetItem.
    """
    try:
        item = ApprovalItem.get(keys.notice(version), keys.APPROVAL, consistent_read=True)
    except ApprovalItem.DoesNotExist:
        return None
    return Approval(item.notice_version, item.digest, item.by, item.asked_at, item.until)


def put_approval(write: Transaction, approval: Approval, instead: Approval | None) -> None:
    """Adds an approval, in place of the one that was read, on condition that it is unchanged."""
    item = ApprovalItem(
        keys.notice(approval.version),
        keys.APPROVAL,
        kind=ApprovalItem.KIND,
        notice_version=approval.version,
        digest=approval.digest,
        by=approval.by,
        asked_at=approval.asked_at,
        until=approval.expires_at,
        expires=approval.expires_at,
    )
    write.put(item, label=LABEL, condition=None if instead is None else _still(instead))


def use_approval(write: Transaction, approval: Approval) -> None:
    """Adds the deletion of a used approval, on condition that it is unchanged."""
    item = ApprovalItem(keys.notice(approval.version), keys.APPROVAL)
    write.delete(item, label=LABEL, condition=_still(approval))


def forget_approval(write: Transaction, version: str) -> None:
    """Adds the deletion of any waiting approval of a version."""
    write.delete(ApprovalItem(keys.notice(version), keys.APPROVAL), label=LABEL)


def _still(approval: Approval) -> Condition:
    condition: Condition = (
        (ApprovalItem.digest == approval.digest)
        & (ApprovalItem.by == approval.by)
        & (ApprovalItem.asked_at == approval.asked_at)
    )
    return condition
