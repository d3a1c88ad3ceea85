"""The parts of `docs/table.md` that the kinds of records give: their fields, ends and periods.

`python -m infra.documents` writes them between the marks that stand in the document; a test fails
when they are not what this would write.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import chalicelib
from chalicelib.catalogue import Catalogue, Ending, Kind, Rule
from chalicelib.catalogue.endings import Goes
from chalicelib.catalogue.endings import table as ended_by
from chalicelib.catalogue.lengths import written
from chalicelib.storage.item import Stored

DOCUMENT = Path(__file__).parent.parent / "docs" / "table.md"

_ENDINGS = {
    Ending.INDEX: "the sweep, in lane `rule`",
    Ending.EXPIRY: "its own `expires`",
    Ending.SUBJECT: "with its subject",
    Ending.BUCKET: "the bucket's lifecycle",
}
_MARKS = re.compile(r"(<!-- (\w+): written by `make docs` -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def written_anew(text: str, catalogue: Catalogue) -> str:
    """Returns the document with the parts between its marks as the catalogue gives them."""
    parts = {
        "kinds": kinds(catalogue),
        "endings": endings(catalogue),
        "periods": periods(catalogue),
    }
    return _MARKS.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n{found[4]}", text)


def kinds(catalogue: Catalogue) -> str:
    """Returns the table of kinds: each with its entities, class, fields and how it goes."""
    head = ("kind", "entity", "class", "fields", "sealed", "not told to its person", "how it goes")
    entities = _entities()
    rows = (row for kind in catalogue.values() for row in _rows(kind, entities))
    return _table(head, rows)


def periods(catalogue: Catalogue) -> str:
    """Returns the table of the software's periods, with the bounds of what a notice may say."""
    head = ("kind", "from", "period", "a notice may say", "then", "goes by", "why")
    rows = (_period(kind, rule) for kind in catalogue.values() for rule in kind.rules)
    return _table(head, rows)


def endings(catalogue: Catalogue) -> str:
    """Returns the table of what ends the records of each kind, a column for each way."""
    head = ("kind", *(str(way) for way in Goes))
    rows = (
        (name, *("yes" if way in found else "" for way in Goes))
        for name, found in ended_by(catalogue).items()
    )
    return _table(head, rows)


def _rows(kind: Kind, entities: Iterable[type[Stored]]) -> Iterator[tuple[str, ...]]:
    sealed = _names(kind.sealed)
    if kind.by_category:
        sealed = "what the notice's form collects"
    elif kind.by_notice:
        sealed += " and what the notice declares"
    untold = "all of it" if kind.left_out else _names(kind.secrets | kind.others)
    found = [entity for entity in entities if kind.name == entity.KIND]
    for entity in found:
        name = f"`{entity.__module__.removeprefix('chalicelib.')}.{entity.__name__}`"
        fields = entity.plain_fields()
        whole = fields == kind.plain
        yield (
            kind.name,
            name,
            kind.retention_class,
            _names(fields),
            sealed if whole else "",
            untold if whole or kind.left_out else _names(kind.secrets & fields),
            kind.ends,
        )
    if not found:
        plain = _names(kind.plain)
        yield kind.name, "none", kind.retention_class, plain, sealed, untold, kind.ends


def _period(kind: Kind, rule: Rule) -> tuple[str, ...]:
    bounds = [
        f"{word} {written(bound)}"
        for word, bound in (("from", rule.least), ("to", rule.most))
        if bound is not None
    ]
    period = written(rule.period) if any(rule.period.values()) else "at once"
    return (
        kind.name,
        rule.event,
        period,
        " ".join(bounds) or "any",
        rule.then,
        _ENDINGS[rule.ending],
        rule.why,
    )


def _entities() -> list[type[Stored]]:
    """Lists every entity of the software, in the order of their names."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)
    found = [one for one in _below(Stored) if one.__module__.startswith("chalicelib.")]
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


def _below(entity: type[Stored]) -> Iterator[type[Stored]]:
    for found in entity.__subclasses__():
        yield found
        yield from _below(found)


def _names(names: Iterable[str]) -> str:
    return " ".join(sorted(names))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]
    return "\n".join(lines) + "\n"
