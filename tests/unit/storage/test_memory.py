"""The tables in memory keep DynamoDB's rules, of which the ones about nothing surprise most."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.storage.attributes import still
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import ConditionFailed
from tests.unit.core.samples import shipped
from tests.unit.storage.memory import Memory, holds


class Thing(Item):
    """A kind of the test's own; not declared, so never put by a transaction."""

    name = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)
    parts = UnicodeSetAttribute(null=True)


FULL = Thing(pk="T", sk="1", kind="thing", name="x", number=10, parts={"a", "b"}).serialize()
BARE = Thing(pk="T", sk="1", kind="thing").serialize()


@dataclass
class Case:
    """A condition, and whether it holds for a full item, a bare one, and none at all."""

    condition: Condition
    full: bool
    bare: bool
    none: bool


CASES = [
    Case(Thing.pk.exists(), True, True, False),
    Case(Thing.name.exists(), True, False, False),
    Case(Thing.pk.does_not_exist(), False, False, True),
    Case(Thing.name.does_not_exist(), False, True, True),
    Case(Thing.name == "x", True, False, False),
    Case(Thing.name == "y", False, False, False),
    Case(Thing.name != "x", False, True, True),
    Case(Thing.name != "y", True, True, True),
    Case(Thing.number < 9, False, False, False),
    Case(Thing.number <= 10, True, False, False),
    Case(Thing.number > 9, True, False, False),
    Case(Thing.number >= 100, False, False, False),
    Case(Thing.name.is_in("w", "x"), True, False, False),
    Case(Thing.parts.contains("a"), True, False, False),
    Case(Thing.parts.contains("c"), False, False, False),
    Case(Thing.sk.startswith("1"), True, True, False),
    Case(Thing.name.startswith("y"), False, False, False),
    Case(Thing.name.between("a", "x"), True, False, False),
    Case(Thing.number.between(11, 12), False, False, False),
    Case((Thing.name == "x") & (Thing.number == 10), True, False, False),
    Case(Thing.name.does_not_exist() | (Thing.number < 11), True, True, True),
    Case(~(Thing.name == "x"), False, True, True),
    Case(still(Thing.number, 10), True, False, False),
    Case(still(Thing.number, 0), False, True, True),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case.condition))
def test_when_a_condition_holds(case: Case) -> None:
    assert holds(case.condition, FULL) is case.full
    assert holds(case.condition, BARE) is case.bare
    assert holds(case.condition, None) is case.none


def after(*actions: Action, start: Thing | None) -> Thing | None:
    """What an update makes of an item, or of none."""
    memory = Memory(*[start] if start else [])
    write = memory.transaction(_Anything())
    write.update(Thing(pk="T", sk="1"), list(actions), None)
    write.commit()
    (found,) = memory.batch([(Thing, "T", "1")])
    assert found is None or isinstance(found, Thing)
    return found


class _Anything:
    def refuse_undeclared(self, kind: str, fields: object) -> None:
        """Declares everything."""


def test_an_update_makes_what_is_not_there() -> None:
    found = after(Thing.number.add(2), Thing.name.set("y"), start=None)
    assert found is not None
    assert (found.pk, found.sk, found.number, found.name) == ("T", "1", 2, "y")


def test_an_update_changes_what_it_names() -> None:
    found = after(
        Thing.number.add(-3),
        Thing.name.remove(),
        Thing.parts.delete({"a"}),
        start=Thing(pk="T", sk="1", kind="thing", name="x", number=10, parts={"a", "b"}),
    )
    assert found is not None
    assert (found.number, found.parts) == (7, {"b"})
    assert found.name is None


def test_an_update_reckons_with_what_is_there() -> None:
    start = Thing(pk="T", sk="1", kind="thing", number=10)
    found = after(Thing.number.set(Thing.number + 1), Thing.name.set(Thing.name | "y"), start=start)
    assert found is not None
    assert (found.number, found.name) == (11, "y")
    found = after(Thing.name.set(Thing.name | "z"), start=found)
    assert found is not None
    assert found.name == "y"


def test_all_or_nothing() -> None:
    memory = Memory(Thing(pk="T", sk="1", kind="thing", number=1))
    write = memory.transaction(shipped())
    write.delete(Thing(pk="T", sk="1"))
    write.update(Thing(pk="T", sk="2"), [Thing.number.set(1)], Thing.pk.exists(), label="second")
    write.check(Thing, "T", "3", Thing.pk.exists(), "third")
    with pytest.raises(ConditionFailed) as failed:
        write.commit()
    assert failed.value.labels == {"second", "third"}
    assert memory.batch([(Thing, "T", "1")])[0].number == 1
