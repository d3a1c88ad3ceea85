"""The restrictions of a person's data, each with its reason and the request that it came of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import written
from chalicelib.desk.paths import ONE
from chalicelib.pages import formats

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.subjects.restriction import Restriction
    from chalicelib.web.pages.visit import Visit


def restrictions(
    visit: Visit, person: Person, said: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yields what is restricted and since when, why, and the address of the request it came of."""
    standing = person.standing
    if standing is None or not standing.restricted:
        return
    if standing.restrictions is None:
        yield said["restricted_unknown"], "", ""
    for one in standing.restrictions or ():
        text = said["restricted_since"].format(
            what=_scope(one, visit, said), day=written(one.since, visit)
        )
        if one.ends_at is not None:
            text = f"{text} {said['restricted_ends'].format(day=written(one.ends_at, visit))}"
        why = said[f"limit.{one.ground}"] if one.ground is not None else ""
        yield text, why, visit.frame.to(ONE.format(id=one.request))


def _scope(one: Restriction, visit: Visit, said: Mapping[str, str]) -> str:
    if one.everything:
        return said["restricted_everything"]
    notice, language = visit.notice, visit.language
    names = [titles.purpose(name, notice, language) for name in sorted(one.purposes)]
    names += [titles.category(name, notice, language) for name in sorted(one.categories)]
    return formats.listing(names, language)


__all__ = ["restrictions"]
