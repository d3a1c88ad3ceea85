"""The errors of a refused form about a person, and the labels of the fields that they are at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from chalicelib.desk.contract import people as contract
from chalicelib.holds.model import MOST_HOLDS

if TYPE_CHECKING:
    from chalicelib.desk.pages.person.refusals import Refusal
    from chalicelib.desk.people import Person
    from chalicelib.web.pages.visit import Visit


def labels(
    visit: Visit,
    refusals: Iterable[Refusal],
    classes: Iterable[tuple[str, str]],
    said: Mapping[str, str],
) -> dict[str, str]:
    """Returns the fields of the form that was sent, in their order, with their labels."""
    if visit.typed.get(contract.ACT) == contract.HOLD:
        return {
            contract.CLASSES: said["held_what"],
            **dict(classes),
            contract.GROUND: said["held_ground"],
            contract.REASON: said["held_reason"],
            contract.UNTIL_ON: said["held_last_day"],
        }
    return {
        contract.CHOICES: said["refused_what"],
        **{one.field: one.title for one in refusals},
        contract.CHANNEL: said["refused_how"],
        contract.RECEIVED_ON: said["refused_when"],
        contract.FILE_NUMBER: said["refused_file"],
    }


def errors(
    visit: Visit, person: Person, named: Mapping[str, str], said: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """Returns why a form was refused; `named` are its fields with their labels.

    That somebody is erased, or has as many holds as there may be, is said in the words of this
    page.
    """
    refused = visit.refused
    if refused is not None and refused.type == "too-late":
        return (("", said["too_late"]),)
    full = len(person.holds) >= MOST_HOLDS and visit.typed.get(contract.ACT) == contract.HOLD
    if refused is not None and refused.status == 409 and full:
        return (("", said["too_many_holds"].format(count=MOST_HOLDS)),)
    return visit.summary(*named, labels=named)


__all__ = ["errors", "labels"]
