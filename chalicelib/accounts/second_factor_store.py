"""The second factor in the table: one item a subject, its secret sealed."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.accounts.second_factor import (
    CONFIRMED,
    OFFER_VALID,
    OFFERED,
    Factor,
    StepUsed,
    Used,
)
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import AccessItem
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey


class SecondFactorItem(AccessItem):
    """A second factor: offered until its person proves it with a code, confirmed from then.

    `last_step` is the step of the last time-based code that was used; `recovery` holds the
    fingerprints of the recovery codes that are left.
    """

    KIND = "second_factor"
    CLASS = "account"

    status = UnicodeAttribute()
    last_step = NumberAttribute(default=0)
    recovery = UnicodeSetAttribute(null=True)
    created_at = InstantAttribute()


def second_factor_place(subject: str) -> tuple[str, str]:
    """Partition and sort key of a subject's second factor."""
    return keys.subject(subject), keys.record(SecondFactorItem.CLASS, SecondFactorItem.KIND)


def offer_item(subject: str, secret: str, key: DataKey, now: datetime) -> SecondFactorItem:
    """Returns the item of an offered secret; DynamoDB removes it if it is not confirmed."""
    pk, sk = second_factor_place(subject)
    item = SecondFactorItem(
        pk=pk,
        sk=sk,
        kind=SecondFactorItem.KIND,
        status=OFFERED,
        created_at=now,
        expires=now + OFFER_VALID,
    )
    vault.seal_item(item, key, {"secret": secret})
    return item


def factor_of(item: SecondFactorItem, key: DataKey) -> Factor:
    """The second factor that an item stores, opened. Raises the vault's NotOpened."""
    secret: str = vault.open_item(item, key)["secret"]
    return Factor(secret, int(item.last_step), frozenset(item.recovery or ()))


def not_confirmed() -> Condition:
    """Returns the condition that a subject has no second factor, or one that is only offered."""
    condition: Condition = SecondFactorItem.pk.does_not_exist() | (
        SecondFactorItem.status == OFFERED
    )
    return condition


def still_offered(item: SecondFactorItem) -> Condition:
    """Returns the condition that the secret that was read is still offered, and not replaced."""
    condition: Condition = (SecondFactorItem.status == OFFERED) & (
        SecondFactorItem.sealed == item.sealed
    )
    return condition


def confirmation(step: int, recovery: frozenset[str]) -> list[Action]:
    """Returns the actions that confirm an offered second factor for good."""
    return [
        SecondFactorItem.status.set(CONFIRMED),
        SecondFactorItem.last_step.set(step),
        SecondFactorItem.recovery.set(set(recovery)),
        SecondFactorItem.expires.remove(),
    ]


def unused(item: SecondFactorItem, used: Used) -> Condition:
    """Returns the condition that a second factor is as read, and this code of it still unused."""
    same = SecondFactorItem.sealed == item.sealed
    if isinstance(used, StepUsed):
        condition: Condition = same & (SecondFactorItem.last_step == item.last_step)
    else:
        condition = same & SecondFactorItem.recovery.contains(used.fingerprint)
    return condition


def usage(used: Used) -> list[Action]:
    """Returns the actions that use up a code."""
    if isinstance(used, StepUsed):
        return [SecondFactorItem.last_step.set(used.step)]
    return [SecondFactorItem.recovery.delete({used.fingerprint})]


def renewal(used: Used, recovery: frozenset[str]) -> list[Action]:
    """Returns the actions that use up a code and replace all recovery codes by new ones."""
    actions: list[Action] = [SecondFactorItem.recovery.set(set(recovery))]
    return actions + (usage(used) if isinstance(used, StepUsed) else [])
