"""Who has received a person's data: kept in the standing, so that they can be told of changes."""

from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import store
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import StandingItem


def disclose(write: Transaction, standing: Standing, recipient: str, purpose: str) -> None:
    """Adds that a recipient received data for a purpose, if all stands as it was read.

    Every decision moves the head of the chain, so that no yes which ended meanwhile permits it.
    """
    pk, sk = store.standing_place(standing.subject)
    same = (StandingItem.head == bytes.fromhex(standing.head)) & (
        StandingItem.state == str(standing.state)
    )
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
