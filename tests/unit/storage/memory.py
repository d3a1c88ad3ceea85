"""Both tables in memory: a transaction's own conditions decide, by DynamoDB's rules.

What a transaction would send is evaluated, not guessed: a comparison with an attribute that is not
there is false, except that it is unequal to everything, and `attribute_not_exists` holds on an
item that is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action, AddAction, DeleteAction, RemoveAction

from chalicelib.storage.item import Declared, KeyItem, Stored
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import MOST, ConditionFailed

Raw = dict[str, dict[str, Any]]
"""An item as DynamoDB keeps it: attribute to typed value."""

Key = tuple[bool, str, str]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


class Memory:
    """What lies in the tables."""

    def __init__(self, *items: Stored) -> None:
        self.items: dict[Key, Raw] = {}
        for item in items:
            self.items[_key(type(item), item.pk, item.sk)] = item.serialize()

    def batch(self, wanted: Sequence[Place]) -> list[Any]:
        """What `reading.batch` and `reading.together` answer."""
        assert wanted, "DynamoDB refuses a read of nothing"
        found = [(kind, self.items.get(_key(kind, pk, sk))) for kind, pk, sk in wanted]
        return [None if raw is None else kind.from_raw_data(dict(raw)) for kind, raw in found]

    def transaction(self, declared: Declared) -> Write:
        """A transaction on these tables."""
        return Write(self, declared)


class Write:
    """A transaction: nothing happens, and is evaluated, before the commit."""

    def __init__(self, memory: Memory, declared: Declared) -> None:
        self._memory = memory
        self._declared = declared
        self._steps: list[
            tuple[Key, str, Condition | None, Callable[[Raw | None], Raw | None]]
        ] = []

    @property
    def room(self) -> int:
        return MOST - len(self._steps)

    def put(self, item: Stored, *, label: str = "", condition: Condition | None = None) -> None:
        fresh = type(item).pk.does_not_exist()
        self.replace(item, label=label, condition=fresh if condition is None else condition)

    def replace(self, item: Stored, *, label: str = "", condition: Condition | None = None) -> None:
        item.refuse_undeclared(self._declared)
        raw = item.serialize()
        self._add(type(item), item, label, condition, lambda _: raw)

    def update(
        self,
        item: Stored,
        actions: Iterable[Action],
        condition: Condition | None,
        *,
        label: str = "",
    ) -> None:
        place: Raw = {"pk": {"S": item.pk}, "sk": {"S": item.sk}}
        self._add(type(item), item, label, condition, lambda raw: _updated(raw or place, actions))

    def delete(self, item: Stored, *, label: str = "", condition: Condition | None = None) -> None:
        self._add(type(item), item, label, condition, lambda _: None)

    def check(self, kind: type[Stored], pk: str, sk: str, condition: Condition, label: str) -> None:
        self._steps.append((_key(kind, pk, sk), label, condition, lambda raw: raw))

    def commit(self) -> None:
        """All of it, or ConditionFailed with the labels of what did not hold."""
        items = self._memory.items
        places = [key for key, *_ in self._steps]
        assert len(set(places)) == len(places), "DynamoDB takes an item once a transaction"
        failed = {
            label
            for key, label, condition, _ in self._steps
            if condition is not None and not holds(condition, items.get(key))
        }
        if failed:
            raise ConditionFailed(frozenset(failed))
        for key, _, _, change in self._steps:
            after = change(items.get(key))
            if after is None:
                items.pop(key, None)
            else:
                items[key] = after

    def _add(
        self,
        kind: type[Stored],
        item: Stored,
        label: str,
        condition: Condition | None,
        change: Callable[[Raw | None], Raw | None],
    ) -> None:
        key = _key(kind, item.pk, item.sk)
        self._steps.append((key, label or kind.KIND, condition, change))


def holds(condition: Condition, item: Mapping[str, Any] | None) -> bool:
    """Whether a condition holds for an item as it is stored, or for none."""
    raw, values = item or {}, condition.values
    match condition.operator:
        case "AND":
            return all(holds(part, item) for part in values)
        case "OR":
            return any(holds(part, item) for part in values)
        case "NOT":
            return not holds(values[0], item)
        case "attribute_exists":
            return _value(values[0], raw) is not None
        case "attribute_not_exists":
            return _value(values[0], raw) is None
    left, *others = (_plain(_value(operand, raw)) for operand in values)
    if condition.operator == "<>":
        return bool(left != others[0])
    return left is not None and _compared(condition.operator, left, others)


def _compared(operator: str, left: Any, others: list[Any]) -> bool:
    match operator:
        case "IN":
            return left in others
        case "contains":
            return others[0] in left
        case "begins_with":
            return bool(left.startswith(others[0]))
        case "BETWEEN":
            return bool(others[0] <= left <= others[1])
        case _:
            return others[0] is not None and _COMPARISONS[operator](left, others[0])


def _updated(item: Raw, actions: Iterable[Action]) -> Raw:
    after = dict(item)
    for action in actions:
        name = ".".join(action.values[0].path)  # type: ignore[attr-defined]
        if isinstance(action, RemoveAction):
            after.pop(name, None)
            continue
        ((kind, value),) = _value(action.values[1], item).items()
        if isinstance(action, AddAction) and kind != "N":
            value = sorted(set(item.get(name, {kind: []})[kind]) | set(value))
        elif isinstance(action, AddAction):
            before = Decimal(item.get(name, {"N": "0"})["N"])
            value = str(before + Decimal(value))
        elif isinstance(action, DeleteAction):
            value = sorted(set(item.get(name, {kind: []})[kind]) - set(value))
        after[name] = {kind: value}
        if value == []:
            del after[name]  # a set is never empty
    return after


def _value(operand: Any, item: Mapping[str, Any]) -> Any:
    if isinstance(operand, Path):
        return item.get(".".join(operand.path))
    match operand.format_string:
        case "{0} + {1}":
            left, right = (_value(part, item) for part in operand.values)
            return {"N": str(Decimal(left["N"]) + Decimal(right["N"]))}
        case "list_append ({0}, {1})":
            first, second = (_value(part, item) for part in operand.values)
            return {"L": [*first["L"], *second["L"]]}
        case "size ({0})":
            ((_, content),) = (_value(operand.values[0], item) or {"NULL": ""}).items()
            return {"N": str(len(content))}
        case "if_not_exists ({0}, {1})":
            known, otherwise = operand.values
            return _value(known, item) or _value(otherwise, item)
    return operand.values[0]


def _plain(value: Mapping[str, Any] | None) -> Any:
    if value is None:
        return None
    ((kind, content),) = value.items()
    if kind in ("SS", "NS", "BS"):
        return sorted(content)
    return Decimal(content) if kind == "N" else content


def _key(kind: type[Stored], pk: str, sk: str) -> Key:
    return issubclass(kind, KeyItem), pk, sk
