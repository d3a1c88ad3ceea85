"""The recipients of a subject's data, kept in its standing so that they can be told of changes."""

from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import guard, store
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import StandingItem


def disclose(write: Transaction, standing: Standing, recipient: str, purpose: str) -> None:
    """Adds that a recipient received data for a purpose, on condition that the standing is as read.

    Every decision moves the head of the chain, so a consent that ended meanwhile permits nothing.
    """
    pk, sk = store.standing_place(standing.subject)
    same = (StandingItem.head == bytes.fromhex(standing.head)) & guard.unchanged(standing)
    received = f"{recipient}:{purpose}"
    if received in standing.disclosed:
        write.check(StandingItem, pk, sk, condition=same, label="standing")
        return
    after = store.pack_ids(standing.disclosed | {received}) or received
    write.update(
        StandingItem(pk=pk, sk=sk),
        actions=[StandingItem.disclosed.set(after)],
        condition=same & store.same_disclosed(standing),
        label="standing",
    )
