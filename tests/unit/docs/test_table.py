"""docs/table.md names every item and every access pattern there is, and none that is not."""

from __future__ import annotations

import gzip
import importlib
import inspect
import json
import math
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from chalicelib.accounts.roster_store import MemberItem
from chalicelib.catalogue import STORED
from chalicelib.consents.store import FiledItem
from chalicelib.storage import item as bases
from chalicelib.storage import keys
from chalicelib.storage.item import (
    AccessItem,
    CountItem,
    Expiring,
    Item,
    KeyItem,
    MailedItem,
    Stored,
)
from infra import table
from infra.notice_document import EXAMPLE
from tests.unit.docs.markdown import DOCS, PROJECT, code, prose, rows

DOCUMENT = DOCS / "table.md"
STORES = sorted(
    ".".join(path.relative_to(PROJECT / "chalicelib").with_suffix("").parts)
    for path in (PROJECT / "chalicelib").rglob("*store.py")
)
UNDECLARED = {"api_key", "endpoint", "notice", "receipt_keys"}
"""Kinds of items that the catalogue does not declare: they are about nobody."""

TABLES: dict[str, type[Stored]] = {
    "records": Item,
    "access": AccessItem,
    "links": MailedItem,
    "limits": CountItem,
    "keys": KeyItem,
}

OTHERS = ("storage.due", "storage.partition", "idempotency")
PATTERN = re.compile(r"(?:[a-z_]+\.)+(?:[A-Z]\w*\.)?\w+")


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"chalicelib.{name}")


def _functions(name: str) -> set[str]:
    """The public functions that a module defines, named from `chalicelib` on."""
    return {
        f"{name}.{function}"
        for function, value in vars(_module(name)).items()
        if inspect.isfunction(value)
        and value.__module__ == f"chalicelib.{name}"
        and not function.startswith("_")
    }


def _entities() -> set[type[Stored]]:
    for name in (*STORES, *OTHERS):
        _module(name)
    found = {entity for base in TABLES.values() for entity in _leaves(base)}
    return found - {FiledItem}  # a part of records of several kinds, which is never written


def _leaves(base: type[Stored]) -> Iterator[type[Stored]]:
    """The software's entities made from a class, without those that only others are made from."""
    for entity in _own(base):
        if _own(entity):
            yield from _leaves(entity)
        else:
            yield entity


def _own(base: type[Stored]) -> list[type[Stored]]:
    """The entities made from a class; some tests make further ones."""
    made = base.__subclasses__()
    return [entity for entity in made if entity.__module__.startswith("chalicelib.")]


def _name(entity: type[Stored]) -> str:
    return f"{entity.__module__.removeprefix('chalicelib.')}.{entity.__name__}"


def _kinds() -> list[list[str]]:
    return [*rows(DOCUMENT, "Kinds"), *rows(DOCUMENT, "Kinds about nobody")]


@pytest.mark.parametrize("store", STORES)
def test_every_function_of_a_store_is_documented(store: str) -> None:
    assert _functions(store) <= set(code(prose(DOCUMENT)))


def test_what_the_stores_share_is_documented_too() -> None:
    wanted = {name for other in OTHERS[:2] for name in _functions(other)}
    wanted |= {f"idempotency.Answers.{name}" for name in ("begin", "finish", "abandon")}
    assert wanted <= set(code(prose(DOCUMENT)))


def test_no_function_is_named_that_does_not_exist() -> None:
    named = {name for name in code(prose(DOCUMENT)) if PATTERN.fullmatch(name)}
    assert len(named) > 60
    for name in sorted(named):
        parts = name.split(".")
        depth = next(i for i, part in enumerate(parts) if i == len(parts) - 1 or part[0].isupper())
        found: object = _module(".".join(parts[:depth]))
        for part in parts[depth:]:
            assert hasattr(found, part), f"{name} does not exist"
            found = getattr(found, part)


def test_the_tables_of_kinds_are_what_the_catalogue_gives() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text == table.written_anew(text, STORED), "run `make docs`"


def test_every_kind_is_documented_with_its_class_and_fields() -> None:
    whole: dict[str, set[str]] = {}
    for kind, _, retention_class, fields, sealed, _, _ in rows(DOCUMENT, "Kinds"):
        assert retention_class == STORED[kind].retention_class, kind
        named = set(fields.split()) | _sealed(kind, sealed)
        whole[kind] = whole.get(kind, set()) | named
    assert whole == {name: set(kind.fields) for name, kind in STORED.items()}


def _sealed(kind: str, told: str) -> set[str]:
    """The sealed fields that are told of a kind, without those that are the notice's to say."""
    if STORED[kind].by_category:
        return set()
    return set((told.partition(" and ")[0] if STORED[kind].by_notice else told).split())


def test_every_period_is_documented() -> None:
    told = {(row[0], row[1]) for row in rows(DOCUMENT, "Periods")}
    assert told == {(kind.name, rule.event) for kind in STORED.values() for rule in kind.rules}


def test_every_entity_is_documented_with_its_kind_and_fields() -> None:
    documented = {row[1].strip("`"): row for row in _kinds() if row[1].startswith("`")}
    entities = {_name(entity): entity for entity in _entities()}
    assert documented.keys() == entities.keys()
    for name, entity in entities.items():
        kind = entity.KIND or _module(name.rpartition(".")[0]).KIND
        assert documented[name][0] == kind, name
        assert kind in UNDECLARED or kind in STORED, name
        assert set(documented[name][3].split()) == entity.plain_fields(), name


def test_the_list_of_roles_lies_apart_from_them_and_gives_nothing() -> None:
    assert issubclass(MemberItem, Item)


def test_every_entity_lies_in_the_table_that_is_told() -> None:
    told = {row[0].strip("`"): row for row in rows(DOCUMENT, "Which table")}
    assert told.keys() == TABLES.keys()
    named = {
        kind: name for name, row in told.items() if name != "records" for kind in row[2].split()
    }
    for entity in _entities() - {MemberItem}:
        kind = entity.KIND or _module(entity.__module__.removeprefix("chalicelib.")).KIND
        assert issubclass(entity, TABLES[named.get(kind, "records")]), kind
    for name, row in told.items():
        assert row[1].strip("`") == f"storage.item.{TABLES[name].__name__}"


def test_the_tables_have_names_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TABLES:
        monkeypatch.setenv(f"RISERBO_{name.upper()}_TABLE", f"the {name}")
    for name, base in TABLES.items():
        assert base.Meta.table_name == f"the {name}"
    found = {*Stored.__subclasses__(), *Expiring.__subclasses__()} - {Expiring}
    assert {one for one in found if one.__module__ == bases.__name__} == set(TABLES.values())


def test_keys_look_as_documented() -> None:
    text = prose(DOCUMENT)
    assert f"`{keys.subject('<subject>')}`" in text
    assert f"`{keys.record('<class>', '<kind>', '<id>')}`" in text
    assert f"`{keys.claim('<keyed hash of the address>')}`" in text
    waiting = keys.record("core", "pending", "<subject>")
    assert f"`{keys.claim('<keyed hash of the address>')}` | `{waiting}`" in text
    code_of = keys.record("core", "code", "<keyed hash of the code>")
    assert f"`{keys.claim('<keyed hash of the address>')}` | `{code_of}`" in text
    window = keys.record("core", "limit", "<start of its window>")
    assert f"`{keys.limit('<hash of action, scope and key>')}` | `{window}`" in text
    assert f"`{keys.api_key('<id>')}` | `{keys.record('core', 'api_key')}`" in text
    assert f"`{keys.API_KEYS}` | `{keys.listed_key('<id>')}`" in text
    assert f"`{keys.idempotency('<hash of caller, operation and key>')}`" in text
    assert f"`{keys.RECIPIENTS}` | `{keys.endpoint('<recipient>')}`" in text
    delivery = keys.record("core", "delivery", "<status>#<message>")
    assert f"`{keys.recipient('<recipient>')}` | `{delivery}`" in text
    assert f"`{keys.notice('<version>')}` | `{keys.DOCUMENT}`" in text
    assert f"`{keys.NOTICES}` | `{keys.notice_version('<version>')}`, `{keys.POINTER}`" in text
    assert f"`{keys.NOTICES}` | `{keys.notice_draft('<version>')}`" in text
    assert f"`{keys.notice('<version>')}` | `{keys.DRAFT}`" in text
    assert f"`{keys.notice('<version>')}` | `{keys.APPROVAL}`" in text
    assert f"`{keys.DESK}` | `{keys.member('<subject>')}`" in text
    assert f"`{keys.DESK}` | `{keys.code('<fingerprint>')}`" in text
    a_round = keys.record("core", "round", "<action>")
    assert f"`{keys.notice('<version>')}` | `{a_round}`" in text
    tally = keys.record("evidence", "retention_tally", "<id>")
    assert f"`{keys.EVIDENCE}` | `{tally}`" in text
    runs = keys.record("evidence", "retention_run")
    assert f"`{keys.EVIDENCE}` | `{runs}<time>#<number>`, `{runs}{keys.HEAD}`" in text
    assert f"`<name>#<00-{keys.LANES - 1}>`" in text


def test_every_pattern_names_its_test() -> None:
    for section in ("One item or one list", "Several items at once"):
        for row in rows(DOCUMENT, section):
            test = row[-1].strip("`")
            assert (PROJECT / test).is_file(), f"{row[0]}: {test}"


def test_the_shipped_notice_is_as_large_as_told() -> None:
    """Its gzip is what a document's item holds beside a digest and keys."""
    document = json.loads(EXAMPLE.read_text("utf-8"))
    packed = len(gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0))
    told = {int(size) for size in re.findall(r"(\d+) KiB(?: gzipped|\))", prose(DOCUMENT))}
    assert told == {round(packed / 1024)}
    units = {row[1].strip("`"): row[4] for row in rows(DOCUMENT, "One item or one list")}
    size = (packed + 200) / 1024
    # in a transaction, and its line in the list with it
    assert units["notices.store.put_version"].startswith(f"{2 * math.ceil(size) + 2} W ")
    assert units["notices.store.get_document"].startswith(f"{math.ceil(size / 4) / 2:g} R ")
