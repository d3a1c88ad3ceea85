"""docs/notice.md tells every kind of change with the effect that the table of rules gives it."""

from __future__ import annotations

from collections import Counter

from chalicelib.notices.changes import refusals
from chalicelib.notices.changes.model import Effect
from chalicelib.notices.changes.rules import RULES
from chalicelib.notices.compiler import load_published
from tests.unit.core.samples import association, association_document
from tests.unit.docs.markdown import DOCS, code, rows

DOCUMENT = DOCS / "notice.md"
EFFECTS = {
    "asked again; told for other purposes": Effect.MATERIAL,
    "told": Effect.INFORMATIVE,
    "nothing": Effect.EDITORIAL,
}


def test_every_kind_is_told_once_with_its_effect() -> None:
    told = Counter(
        (kind, EFFECTS[effect])
        for _, effect, kinds in rows(DOCUMENT, "What a change means for people")
        for kind in code(kinds)
    )
    assert told == Counter({(rule.kind, rule.effect) for rule in RULES if rule.effect})


def test_the_finding_shown_is_the_one_of_publication() -> None:
    document = association_document()
    document["purposes"][1]["basis"]["kind"] = "contract"
    (finding,) = refusals(association(), load_published(document))
    assert f"  {finding.pointer}: {finding.detail}\n" in DOCUMENT.read_text("utf-8")
