"""The changes of a version in words, by their effect on people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.notices.changes import Change, Effect
from chalicelib.notices.presentation import sentences
from chalicelib.pages.languages import language_for, tag_of
from chalicelib.publications.model import first_asked

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

_ORDER: Final = (Effect.MATERIAL, Effect.INFORMATIVE, Effect.EDITORIAL)
_KINDS: Final = {Effect.MATERIAL: "bad", Effect.INFORMATIVE: "care", Effect.EDITORIAL: ""}


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one effect: its heading, a sentence about it, its tag, and the changes.

    `kind` is the look of the tag. `language` is that of the changes where it is not the page's.
    """

    title: str
    lead: str
    tag: str
    kind: str
    changes: tuple[str, ...]
    language: str


def parts(
    before: Notice, after: Notice, found: Sequence[Change], language: str, said: Mapping[str, str]
) -> list[Part]:
    """Returns the changes from one version to another by effect, the weightiest first.

    People who agreed are asked again about a purpose that is widened. Everybody is asked about a
    new one, which is a part of its own.
    """
    spoken = language_for(language, after.locales)
    tag = tag_of(spoken, after.locales)
    new = set(first_asked(found, before))
    made = []
    for effect in _ORDER:
        of = [one for one in found if one.effect is effect]
        first = [one for one in of if effect is Effect.MATERIAL and new.issuperset(one.purposes)]
        for name, some in (
            (str(effect), [one for one in of if one not in first]),
            ("first", first),
        ):
            if some:
                made.append(
                    Part(
                        said[f"effect.{name}"],
                        said[f"means.{name}"],
                        said[f"tag.{name}"],
                        _KINDS[effect],
                        sentences(before, after, some, tag),
                        "" if spoken == language else tag,
                    )
                )
    return made
