"""The facts of a person, each with its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from chalicelib.desk.pages.dates import written
from chalicelib.pages import formats

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.subjects.model import Standing
    from chalicelib.web.pages.visit import Visit


def facts(visit: Visit, person: Person, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields the name of each fact, and the fact."""
    standing, language = person.standing, visit.language
    if standing is not None:
        yield from _since(visit, standing, said)
    if standing is not None and not standing.erased:
        yield said["fact_locale"], formats.language_name(standing.locale, language)
        if standing.suppressed is not None:
            yield said["fact_mail"], said[f"suppressed.{standing.suppressed}"]
        if standing.disowned:
            yield said["fact_disowned"], said["disowned"]
        if standing.warned is not None:
            yield (
                said["fact_warned"],
                said["warned"].format(
                    day=written(standing.warned.at, visit),
                    end=written(standing.warned.ends_at, visit),
                ),
            )
    yield said["fact_held"], said["held_yes"] if person.holds else said["held_no"]
    yield said["fact_subject"], person.subject


def _since(visit: Visit, standing: Standing, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if standing.erased:
        yield said["fact_erased"], written(standing.registered_at, visit)
        return
    yield said["fact_registered"], written(standing.registered_at, visit)
    yield said["fact_active"], written(standing.last_activity_at, visit)
    if standing.erasure is not None:
        yield said["fact_erasing"], written(standing.erasure.since, visit)


__all__ = ["facts"]
