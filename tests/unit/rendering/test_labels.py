"""The software's own words around a notice: the same ones in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import chalicelib.notices

LABELS = Path(chalicelib.notices.__file__).parent / "labels"


def labels(locale: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((LABELS / f"{locale}.json").read_text("utf-8"))
    return found


def test_both_languages_have_the_same_labels() -> None:
    assert {path.stem for path in LABELS.glob("*.json")} == {"it", "en"}
    assert list(labels("it")) == list(labels("en"))
    assert all(text.strip() for locale in ("it", "en") for text in labels(locale).values())


def test_a_label_holds_the_same_places_in_both_languages() -> None:
    places = [
        {name: set(re.findall(r"{(\w+)}", text)) for name, text in labels(locale).items()}
        for locale in ("it", "en")
    ]
    assert places[0] == places[1]
    assert places[0]["change_retention_added"] == {"rule", "length", "start"}
