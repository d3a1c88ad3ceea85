"""Completes a document with the software's records, rules, notifications and words.

The document stays as its author wrote it, and its digest and marks are of that. The added parts
have the origin `software`, which no author can write. A document may be wrong anywhere: a value of
the wrong form is left as it is, and the checks report it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

from chalicelib.catalogue import NOTIFICATIONS, Catalogue, Kind, Rule
from chalicelib.catalogue.model import ERASE
from chalicelib.notices.compiler.bases import CONSENT, kinds_of
from chalicelib.notices.compiler.choice_storage import with_choice_storage
from chalicelib.notices.compiler.elements import needed_rights
from chalicelib.notices.compiler.reader import listed, objects, several, texts
from chalicelib.notices.compiler.session_cookie import with_session_cookie
from chalicelib.notices.compiler.sides import linked
from chalicelib.notices.countries import COUNTRIES
from chalicelib.notices.model import PORTABLE, REGISTRATION, SOFTWARE, Since
from chalicelib.notices.parties import contact
from chalicelib.notices.zones import own_zone
from chalicelib.pages.words import words as read

BY: Final = "by"
"""The member of a completed record or rule that says whose it is."""

ORGANISATION: Final = "organisation"
"""The value of `BY` for what the organisation keeps, and ends, outside this software."""

TECHNICAL: Final = "technical"
"""The group of stored fields that belong to no category; only older documents list them."""

FORMER_LASTS: Final = "consent_lasts"
"""The member in which older documents say how long a consent to a purpose lasts."""

_RECORDS, _DOCUMENT = "records", "document"
"""The files of words: those of kinds of records, and those that a document may leave out."""

_UNREACHED: Final = "not_applicable"
"""The outcome of a right that does not reach a category."""

_WITHIN, _EXTENSION = {"months": 1}, {"months": 2}
"""The time for the answer to a request, and its extension (GDPR art. 12(3))."""

_NO_ZONE: Final = "UTC"
"""The zone of the days of a controller whose country has several."""

_MOST_LOCALES: Final = 12
"""Most languages, as in the schema; a document with more is refused."""


def completed(document: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """Returns the document with everything that it leaves to the software.

    Elements of the author come first in every list, so that a place in the document is the same
    place in the completed one.
    """
    said = _Words(document)
    if isinstance(document.get("forms"), list):
        document = {**document, "forms": [*document["forms"], *_staff_form(document, said)]}
    absent: dict[str, Any] = {
        "complaint": {"origin": SOFTWARE, "text": said.of(_DOCUMENT, "complaint")},
        "cookies": {"classes": [], "cookies": []},
        "security": [],
        "changes": [],
        "headings": {},
    }
    made: dict[str, Any] = {
        "records": list(_records(document, catalogue, said)),
        "retention": list(_retention(document, catalogue, said)),
        "rights": _rights(document, said),
        "requests": _requests(document, said),
        "notifications": _notifications(document, said),
    }
    fitting = {name: value for name, value in made.items() if _fits(document.get(name), value)}
    cookies = with_session_cookie(document, made["retention"], said) or document.get("cookies")
    cookies = with_choice_storage(document, cookies, said) or cookies
    if isinstance(cookies, dict) and isinstance(cookies.get("cookies"), list):
        fitting["cookies"] = {**cookies, "cookies": _told_apart(cookies["cookies"])}
    categories = document.get("categories")
    if isinstance(categories, list):
        rights = texts({"rights": made["rights"]}, "rights/*/id")
        fitting["categories"] = [_category(one, document, rights, said) for one in categories]
    fitting |= linked(document)
    purposes = fitting.get("purposes", document.get("purposes"))
    if isinstance(purposes, list):
        fitting["purposes"] = [_purpose(one) for one in purposes]
    return {**absent, **document, **fitting}


def _category(
    written: object, document: Mapping[str, Any], rights: Set[str], said: _Words
) -> object:
    """Returns a category with the outcomes of rights that do not reach it.

    Portability is for data on consent or on a contract (GDPR art. 20(1)(a)), and withdrawal for
    data on consent (art. 7(3)). The author may leave out the outcome of either for other data.
    """
    outcomes = written.get("outcomes") if isinstance(written, dict) else None
    if not isinstance(written, dict) or not isinstance(outcomes, dict):
        return written
    kinds = {
        kind
        for _, purpose in objects(document, "purposes/*")
        if written.get("id") in listed(purpose, "categories")
        for kind in kinds_of(purpose)
    }
    reaching = {"port": kinds & PORTABLE, "withdraw": kinds & {CONSENT}}
    derived = {
        right: {"outcome": _UNREACHED, "text": said.of(_DOCUMENT, f"outcomes.{right}.unreached")}
        for right, bases in reaching.items()
        if right in rights and right not in outcomes and not bases
    }
    return {**written, "outcomes": {**outcomes, **derived}} if derived else written


def _staff_form(document: Mapping[str, Any], said: _Words) -> Iterator[dict[str, Any]]:
    """Yields the form by which staff register, where the document has no form of registration.

    It asks for an address alone: the first item of type email that a purpose uses. Nothing where
    the document has no such item.
    """
    if REGISTRATION in texts(document, "forms/*/id"):
        return
    for _, category in objects(document, "categories/*"):
        for _, item in objects(category, "items/*"):
            used = [
                purpose.get("id")
                for _, purpose in objects(document, "purposes/*")
                if category.get("id") in listed(purpose, "categories")
            ]
            if item.get("type") == "email" and used:
                address = f"{category.get('id')}.{item.get('id')}"
                yield {
                    "id": REGISTRATION,
                    "origin": SOFTWARE,
                    "title": said.of(_DOCUMENT, "forms.staff.title"),
                    "purpose": used[0],
                    "address": address,
                    "required": [address],
                    "optional": [],
                    "consequence": said.of(_DOCUMENT, "forms.staff.consequence"),
                }
                return


def _asked_items(
    kind: Kind, document: Mapping[str, Any], catalogue: Catalogue
) -> dict[str, list[str]]:
    """Lists the items that a kind holds by default, by category: those that its forms ask for.

    A kind that has a record for each category holds those of every form that no kind names.
    """
    found: dict[str, list[str]] = {}
    elsewhere = {name for one in catalogue.values() for name in one.forms}
    for _, form in objects(document, "forms/*"):
        name = str(form.get("id"))
        if name not in kind.forms if kind.forms else name in elsewhere or not kind.by_category:
            continue
        for reference in (*listed(form, "required"), *listed(form, "optional")):
            category, dot, item = reference.partition(".")
            if dot and item not in found.setdefault(category, []):
                found[category].append(item)
    return found


class _Words:
    """The software's words in the languages of a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._locales = listed(document, "locales")[:_MOST_LOCALES]

    def of(self, file: str, name: str, **filled: str) -> dict[str, str]:
        """Returns a text in each language; where a text is missing, its name in plain words."""
        return {
            locale: read(file, locale).get(name, _plain(name)).format(**filled)
            for locale in self._locales
        }

    def known(self, file: str, name: str) -> bool:
        """Tells whether the text exists in English, in which every text is written first."""
        return name in read(file, "en")


def _plain(name: str) -> str:
    return name.partition(".")[0].replace("_", " ").capitalize()


def _fits(written: object, value: object) -> bool:
    """Tells whether a written value can be completed: it is missing, or has the form of `value`."""
    return written is None or isinstance(written, type(value))


def _requests(document: Mapping[str, Any], said: _Words) -> dict[str, Any]:
    written = document.get("requests")
    found = dict(written) if isinstance(written, dict) else {}
    accounts = any(form.get("id") == REGISTRATION for form in _own_forms(document))
    name = "requests.how" if accounts else "requests.how_without_accounts"
    how = said.of(_DOCUMENT, name, email=_reached(document))
    found.setdefault("how", {"origin": SOFTWARE, "text": how})
    found.setdefault("limits", [])
    deadline = {
        "origin": SOFTWARE,
        "within": _WITHIN,
        "extension": _EXTENSION,
        "text": said.of(_DOCUMENT, "requests.deadline"),
    }
    found.setdefault("deadline", deadline)
    calendar = None if "calendar" in found else _calendar(document)
    return found if calendar is None else {**found, "calendar": calendar}


def _calendar(document: Mapping[str, Any]) -> dict[str, str] | None:
    """Returns the days of a notice that states none: those of the country of its controller.

    The zone is the country's own, else UTC. None where the document names no such country.
    """
    controller = document.get("controller")
    first = controller[0] if isinstance(controller, list) and controller else controller
    country = first.get("country") if isinstance(first, dict) else None
    if not isinstance(country, str) or country not in COUNTRIES:
        return None
    return {"zone": own_zone(country) or _NO_ZONE, "country": country}


def _own_forms(document: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Yields the forms that the author wrote."""
    for _, form in objects(document, "forms/*"):
        if form.get("origin") != SOFTWARE:
            yield form


def _reached(document: Mapping[str, Any]) -> str:
    """Returns the first way to reach a controller; empty where the document states none."""
    found = (contact(one) for one in several(document.get("controller")) if isinstance(one, dict))
    return next((str(one) for one in found if one), "")


def _purpose(written: object) -> object:
    """Returns a purpose whose consent lasts from the decision, where it says from no other moment.

    Older documents say it in `consent_lasts`.
    """
    if not isinstance(written, dict):
        return written
    found = dict(written)
    if "lasts" not in found and FORMER_LASTS in found:
        found["lasts"] = found.pop(FORMER_LASTS)
    if isinstance(found.get("lasts"), dict):
        found["lasts"] = {"from": Since.DECISION.value, **found["lasts"]}
    return found


def _told_apart(cookies: list[Any]) -> list[Any]:
    """Returns cookies with an id each: the name, and `name#2` for the second of a name."""
    counts: dict[str, int] = {}
    found: list[Any] = []
    for one in cookies:
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str):
            found.append(one)
            continue
        counts[name] = counts.get(name, 0) + 1
        ordinal = f"#{counts[name]}" if counts[name] > 1 else ""
        found.append({"id": f"{name}{ordinal}", **one})
    return found


def _rights(document: Mapping[str, Any], said: _Words) -> list[Any]:
    written = document.get("rights")
    needed = [{"id": name} for name in needed_rights(document)]
    return [_right(one, said) for one in (written if isinstance(written, list) else needed)]


def _right(written: object, said: _Words) -> object:
    if not isinstance(written, dict) or not isinstance(name := written.get("id"), str):
        return written
    return {
        "origin": SOFTWARE,
        "title": said.of(_DOCUMENT, f"rights.{name}.title"),
        "description": said.of(_DOCUMENT, f"rights.{name}.description"),
        "limits": [],
        **written,
    }


def _notifications(document: Mapping[str, Any], said: _Words) -> list[Any]:
    written = document.get("notifications")
    found: list[Any] = list(written) if isinstance(written, list) else []
    named = texts(document, "notifications/*/id")
    found += [{"id": name} for name in NOTIFICATIONS if name not in named]
    return [_notification(one, said) for one in found]


def _notification(written: object, said: _Words) -> object:
    if not isinstance(written, dict) or not isinstance(name := written.get("id"), str):
        return written
    return {
        "origin": SOFTWARE,
        "title": said.of(_DOCUMENT, f"notifications.{name}.title"),
        "description": said.of(_DOCUMENT, f"notifications.{name}.description"),
        "optional": NOTIFICATIONS.get(name, False),
        **written,
    }


def _records(document: Mapping[str, Any], catalogue: Catalogue, said: _Words) -> Iterator[Any]:
    written = document.get("records")
    for one in written if isinstance(written, list) else []:
        kind = catalogue.get(str(one.get("kind"))) if isinstance(one, dict) else None
        if kind is not None:
            yield {**_record(kind, document, said, one, catalogue), **one}
        else:
            yield _own_record(one)
    named = texts(document, "records/*/kind")
    for kind in catalogue.values():
        if kind.name not in named:
            yield {**_record(kind, document, said, {}, catalogue), "origin": SOFTWARE}


def _own_record(written: object) -> object:
    """Returns a record that the organisation keeps outside this software."""
    if not isinstance(written, dict):
        return written
    own = {"fields": {}, "categories": _categories(written.get("fields"))}
    return {**own, **written, BY: ORGANISATION}


def _record(
    kind: Kind,
    document: Mapping[str, Any],
    said: _Words,
    written: Mapping[str, Any],
    catalogue: Catalogue,
) -> dict[str, Any]:
    """Returns the software's own record of a kind, in a document's form."""
    fields = _asked_items(kind, document, catalogue)
    groups = written.get("fields", fields)
    return {
        "kind": kind.name,
        "title": said.of(_RECORDS, f"{kind.name}.title"),
        "description": said.of(_RECORDS, f"{kind.name}.description"),
        "class": kind.retention_class,
        "categories": _categories(groups),
        "fields": fields,
    }


def _categories(groups: object) -> list[str]:
    """Lists the categories of a record, by the groups of its fields."""
    return [one for one in groups if one != TECHNICAL] if isinstance(groups, dict) else []


def _retention(document: Mapping[str, Any], catalogue: Catalogue, said: _Words) -> Iterator[Any]:
    written = document.get("retention")
    for one in written if isinstance(written, list) else []:
        yield _stated(one, catalogue, said)
    stated = {
        (rule.get("kind"), rule.get("from"))
        for _, rule in objects(document, "retention/*")
        if isinstance(rule.get("kind"), str) and isinstance(rule.get("from"), str)
    }
    taken = texts(document, "retention/*/id")
    for kind in catalogue.values():
        for rule in kind.rules:
            if (kind.name, rule.event) not in stated:
                yield _rule(kind, rule, said, taken)


def _stated(written: object, catalogue: Catalogue, said: _Words) -> object:
    """Returns a rule of the document, completed from the software's rule of the same event."""
    if not isinstance(written, dict):
        return written
    kind, event = catalogue.get(str(written.get("kind"))), written.get("from")
    if not isinstance(event, str):
        return written
    rule = None if kind is None else kind.rule(event)
    if kind is None or rule is None:
        title = {} if kind is None else {"title": _title(kind, event, said)}
        return {**title, "then": ERASE, "survives": [], **written, BY: ORGANISATION}
    return {
        "title": _title(kind, event, said),
        "then": rule.then,
        "survives": _survives(rule, said),
        **written,
    }


def _rule(kind: Kind, rule: Rule, said: _Words, taken: set[str]) -> dict[str, Any]:
    """Returns a rule of the software, in a document's form."""
    name, described = f"{kind.name}_{rule.event}", f"{kind.name}.{rule.event}.description"
    found: dict[str, Any] = {
        "id": f"{name}_{SOFTWARE}" if name in taken else name,
        "origin": SOFTWARE,
        "title": _title(kind, rule.event, said),
        "kind": kind.name,
        "from": rule.event,
        "period": dict(rule.period),
        "then": rule.then,
        "survives": _survives(rule, said),
    }
    if said.known(_RECORDS, described):
        found["description"] = said.of(_RECORDS, described)
    return found


def _title(kind: Kind, event: str, said: _Words) -> dict[str, str]:
    """Returns the title of a rule: the kind's, where the kind has no more than one rule."""
    own = f"{kind.name}.{event}.title"
    return said.of(_RECORDS, own if said.known(_RECORDS, own) else f"{kind.name}.title")


def _survives(rule: Rule, said: _Words) -> list[dict[str, Any]]:
    return [{"kind": stays, "why": said.of(_RECORDS, f"{stays}.stays")} for stays in rule.survives]
