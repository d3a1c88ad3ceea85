"""The sections on parties and rights: controller, recipients, rights, statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.catalogue import NOTIFICATIONS_OF_ACCOUNTS
from chalicelib.notices import anchors, erasure, parties
from chalicelib.notices.compiler.marks import step
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.notices.rendering.blocks import (
    Block,
    Entries,
    Items,
    Line,
    Mark,
    Named,
    Paragraphs,
    Table,
)
from chalicelib.notices.rendering.words import Wording, codes, link, mail_link

_AUTOMATED = ("assisted", "solely")


def plain(text: str, *, strong: bool = False) -> Line:
    """Returns a line without a mark."""
    return Line(text, strong=strong)


def _listed(notice: Notice, wording: Wording, name: str) -> list[Block]:
    lines = wording.statements(notice.completed.get(name, ()), name)
    return [Items(lines)] if lines else []


def _stated(notice: Notice, wording: Wording, name: str) -> list[Block]:
    value = notice.completed.get(name)
    return [Paragraphs([wording.line(value, name)])] if value else []


def scope(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the scope of the notice."""
    site = notice.completed["site"]
    lines = [Line(site["name"], mark=wording.mark(site, "site"), strong=True)]
    if "description" in site:
        lines.append(wording.said(site["description"]))
    if "scope" in site:
        lines.append(wording.line(site["scope"], "site/scope"))
    if site["hosts"]:
        lines.append(plain(wording.pair(wording.label("hosts"), codes(site["hosts"]))))
    return [Paragraphs(lines)]


def linked_sites(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the statement that linked sites have notices of their own."""
    value = notice.completed["site"].get("linked_sites")
    return [Paragraphs([wording.line(value, "site/linked_sites")])] if value else []


def controller(notice: Notice, wording: Wording) -> list[Block]:
    """Returns each controller, with its contacts, representative and data protection officer.

    Of several, also the essence of their arrangement (GDPR art. 26(2)).
    """
    document = notice.completed
    blocks: list[Block] = []
    for path, found in _each(document["controller"], "controller"):
        blocks += _controller(found, path, wording)
    arranged = [
        _arrangement(one, path, wording)
        for path, one in _each(document.get("arrangement"), "arrangement")
    ]
    if not arranged and parties.decide_jointly(document):
        arranged = [plain(wording.pair(wording.label("arrangement"), _not_stated(wording)))]
    return [*blocks, Paragraphs(arranged)] if arranged else blocks


def _not_stated(wording: Wording) -> str:
    return wording.label("mark_not_stated")


def _controller(found: Mapping[str, Any], path: str, wording: Wording) -> list[Block]:
    rows: list[tuple[str, list[Line]]] = [
        ("name", [Line(found["name"], mark=wording.mark(found, path))])
    ]
    if "hosts" in found:
        rows.append(("hosts", [plain(codes(found["hosts"]))]))
    if "people" in found:
        rows.append(("people", [wording.said(found["people"])]))
    rows += [(name, lines) for name, lines in _contacts(found, wording) if lines]
    if "contact" in found:
        rows.append(("contact", [wording.line(found["contact"], f"{path}/contact")]))
    for name in ("representative", "dpo"):
        if name in found:
            rows.append((name, _party(found[name], f"{path}/{name}", wording)))
    named = Named([(wording.label(name), lines) for name, lines in rows])
    notes = wording.statements(found.get("notes", ()), f"{path}/notes")
    return [named, Items(notes)] if notes else [named]


def _each(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yields one or each of several statements, with the path by which it is confirmed."""
    if not isinstance(value, list):
        yield from ([] if value is None else [(path, value)])
        return
    for index, one in enumerate(value):
        yield f"{path}/{step(one, index)}", one


def _arrangement(found: Mapping[str, Any], path: str, wording: Wording) -> Line:
    """Returns the essence of an arrangement, after the people and the sites that it is about."""
    about = [wording.words(found["people"])] if "people" in found else []
    about += found.get("hosts", ())
    line = wording.line(found, path)
    name = wording.label("arrangement")
    name = f"{name} ({', '.join(about)})" if about else name
    return wording.named(name, line)


def _contacts(found: Mapping[str, Any], wording: Wording) -> list[tuple[str, list[Line]]]:
    """Returns addresses, country, numbers in registers, contacts and site of a body."""
    several, country = parties.several, found.get("country")
    told: list[tuple[str, list[Line]]] = [
        ("address", [plain(one) for one in several(found.get("address"))]),
        ("country", [plain(wording.country(country))] if country else []),
    ]
    for name in ("registration", "legal_representative"):
        told.append((name, [plain(found[name])] if name in found else []))
    for name in ("email", "pec"):
        told.append((name, [Line(one, href=mail_link(one)) for one in several(found.get(name))]))
    told.append(("phone", [plain(one) for one in several(found.get("phone"))]))
    for name in ("form", "website", "url"):
        told.append((name, [Line(found[name], href=link(found[name]))] if name in found else []))
    return told


def _party(found: Mapping[str, Any], path: str, wording: Wording) -> list[Line]:
    named = [plain(found["name"], strong=True)] if "name" in found else []
    contacts = [line for _, lines in _contacts(found, wording) for line in lines]
    return [*named, wording.line(found, path), *contacts]


def recipients(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the recipients of data, with role, place, safeguards and purposes."""
    found = notice.completed["recipients"]
    if not found:
        return []
    names = ("recipient", "role", "country", "safeguards", "purposes")
    return [
        Entries(
            caption=wording.heading("recipients"),
            head=[wording.label(name) for name in names],
            rows=[_recipient(notice, wording, value) for value in found],
            ids=[anchors.recipient(value["id"]) for value in found],
            hint=2,
        )
    ]


def _recipient(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    path = f"recipients/{value['id']}"
    first = [wording.line(value, path, "name", strong=True)]
    if "description" in value:
        first.append(wording.said(value["description"]))
    if "contact" in value:
        first += _reached(value["contact"], wording)
    if "items" in value:
        only = (FieldRef.parse(one) for one in value["items"])
        first.append(plain(wording.pair(wording.label("only_items"), items(notice, only, wording))))
    if "hosting" in value:
        first.append(plain(wording.pair(wording.label("hosting"), codes(value["hosting"]))))
    if "answers" in value:
        first.append(plain(_answers(notice, wording, value["answers"])))
    first += wording.statements(value.get("notes", ()), f"{path}/notes")
    return [
        first,
        [Line(wording.label(f"role_{value['role']}"), mark=wording.mark_of(value, "role", path))],
        countries(wording, value["country"], f"{path}/country"),
        transfer(wording, value.get("transfer"), f"{path}/transfer"),
        _served(notice, wording, value["id"]),
    ]


def _reached(found: Mapping[str, Any], wording: Wording) -> list[Line]:
    """Returns the ways to reach a recipient."""
    named = (
        [plain(wording.pair(wording.label("contact"), found["name"]))] if "name" in found else []
    )
    return [*named, *(line for _, lines in _contacts(found, wording) for line in lines)]


def _answers(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> str:
    """Returns the rights about which a recipient is asked, and by when it answers."""
    titles = wording.join(wording.words(notice.rights[one].title) for one in value["rights"])
    pattern = wording.label("answers")
    return pattern.format(rights=titles, period=wording.period(value["within"]))


def _served(notice: Notice, wording: Wording, name: str) -> list[Line]:
    """Returns the purposes of a recipient; titles may hold commas, so semicolons separate them.

    A purpose for which it gets data of its own stands in a line with that data.
    """
    recipient = notice.recipients[name]
    if not recipient.by_purpose:
        if notice.purposes.keys() <= set(recipient.purposes):
            return [plain(wording.label("all_purposes"))]
        titles = (wording.words(notice.purposes[one].title) for one in recipient.purposes)
        return [plain("; ".join(titles))]
    lines = []
    for one in recipient.purposes:
        title, given = wording.words(notice.purposes[one].title), recipient.by_purpose.get(one)
        lines.append(
            plain(title if given is None else wording.pair(title, items(notice, given, wording)))
        )
    return lines


def items(notice: Notice, given: Iterable[FieldRef], wording: Wording) -> str:
    """Returns the titles of items in one line, in the order of the notice."""
    wanted = frozenset(given)
    return wording.join(
        wording.words(item.title)
        for category in notice.categories.values()
        for item in category.fields.values()
        if (category.id, item.id) in wanted
    )


def countries(wording: Wording, value: Mapping[str, Any], path: str) -> list[Line]:
    """Lists the places of a recipient: countries, words, or that neither is stated."""
    mark = wording.mark(value, path)
    names = wording.join(wording.country(code) for code in value.get("codes", ()))
    lines = [Line(names, mark=mark)] if names else []
    if "text" in value:
        lines.append(wording.line(value, path))
    return lines or [Line(wording.label("mark_not_stated"), mark=mark)]


def transfer(wording: Wording, value: Any, path: str) -> list[Line]:
    """Lists the safeguards of data outside the Union; None is for a recipient without transfer.

    `value` is one transfer, or a list of several by country.
    """
    if value is None:
        return [plain(wording.label("no_transfer"))]
    return [line for place, one in _each(value, path) for line in _transfer(wording, one, place)]


def _transfer(wording: Wording, value: Mapping[str, Any], path: str) -> Iterator[Line]:
    mark = wording.mark(value, path)
    told = [wording.label(f"tool_{value['tool']}")] if "tool" in value else []
    if "decision" in value:
        told.append(wording.words(value["decision"]))
    text = ". ".join(one.rstrip(" .") for one in told)
    where = wording.join(wording.country(code) for code in value.get("countries", ()))
    if text:
        text = wording.pair(where, text) if where else text
        yield Line(text, mark=mark, href=link(value.get("url")))
    if "text" in value:
        line = wording.line(value, path)
        yield wording.named(where, line) if where and not text else line
    elif not text:
        said = wording.label("mark_not_stated")
        yield Line(wording.pair(where, said) if where else said, mark=mark)


def processing_location(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the places where the data lies."""
    return _stated(notice, wording, "processing_location")


def rights(notice: Notice, wording: Wording) -> list[Block]:
    """Returns each right: what it gives, how, its limits, and its outcome for each category."""
    names, found = ("right", "how", "limits", "effect"), notice.completed["rights"]
    if not found:
        return []
    return [
        Entries(
            caption=wording.heading("rights"),
            head=[wording.label(name) for name in names],
            rows=[_right(notice, wording, value) for value in found],
            ids=[anchors.right(value["id"]) for value in found],
        )
    ]


def _right(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    path = f"rights/{value['id']}"
    gives = [wording.said(value["description"])]
    if "how" in value:
        gives.append(wording.said(value["how"]))
    gives += _terms(wording, value)
    gives += wording.statements(value.get("notes", ()), f"{path}/notes")
    limits = wording.statements(value["limits"], f"{path}/limits")
    return [
        [wording.line(value, path, "title", strong=True)],
        gives,
        limits or [plain(wording.label("no_limits"))],
        _effects(notice, wording, value["id"]),
    ]


def _terms(wording: Wording, value: Mapping[str, Any]) -> Iterator[Line]:
    """Yields the law of a right, where and how it is used, and the time for the answer to it."""
    if "law" in value:
        yield plain(wording.pair(wording.label("right_law"), wording.words(value["law"])))
    if "email" in value:
        yield Line(value["email"], href=mail_link(value["email"]))
    if "url" in value:
        yield Line(value["url"], href=link(value["url"]))
    if "deadline" in value:
        within = wording.period(value["deadline"]["within"])
        extension = value["deadline"].get("extension")
        name = "right_deadline" if extension is None else "right_deadline_extended"
        more = {} if extension is None else {"extension": wording.period(extension)}
        yield plain(wording.label(name).format(within=within, **more))


def _effects(notice: Notice, wording: Wording, right: str) -> list[Line]:
    """Lists the outcomes of a right; categories with the same one stand in one line."""
    alike: dict[tuple[str, str, Mark | None], list[str]] = {}
    for value in notice.completed["categories"]:
        outcome = value["outcomes"][right]
        words = wording.words(outcome["text"]) if "text" in outcome else ""
        if right == erasure.RIGHT:
            words = words or stays_beside(notice, wording, value["id"])
        mark = _outcome_mark(wording, value, right)
        titles = alike.setdefault((outcome["outcome"], words, mark), [])
        titles.append(wording.words(value["title"]))
    return [
        Line(wording.pair(wording.join(titles), told).rstrip(), mark=mark)
        for (outcome, words, mark), titles in alike.items()
        for told in [f"{wording.label(f'outcome_{outcome}')}. {words}"]
    ]


def stays_beside(notice: Notice, wording: Wording, category: str) -> str:
    """Returns what stays of an erased category and why, in the words of the rule; else "".

    See `erasure.beside`.
    """
    told = [
        wording.pair(wording.words(notice.records[one.kind].title), wording.words(one.why))
        for one in erasure.beside(notice, category)
    ]
    return wording.pair(wording.label("survives"), " ".join(told)) if told else ""


def _outcome_mark(wording: Wording, category: Mapping[str, Any], right: str) -> Mark | None:
    """Returns the mark of an outcome: by its own origin, else by the one of all outcomes."""
    path, outcome = f"categories/{category['id']}", category["outcomes"][right]
    if "origin" in outcome or "to_confirm" in outcome:
        return wording.mark(outcome, f"{path}/outcomes/{right}")
    return wording.mark_of(category, "outcomes", path)


def requests(notice: Notice, wording: Wording) -> list[Block]:
    """Returns how rights are used, the limits of a request, and the time for the answer."""
    found = notice.completed["requests"]
    limits = wording.statements(found["limits"], "requests/limits")
    blocks: list[Block] = [Paragraphs([wording.line(found["how"], "requests/how")])]
    if "cannot_identify" in found:
        limits.append(wording.line(found["cannot_identify"], "requests/cannot_identify"))
    if limits:
        blocks.append(Items(limits))
    times = [wording.line(found["deadline"], "requests/deadline"), *_calendar(notice, wording)]
    return [*blocks, Paragraphs(times)]


def _calendar(notice: Notice, wording: Wording) -> list[Line]:
    """Returns by whose days requests are answered; none of a version that does not state it."""
    calendar = notice.completed["requests"].get("calendar", {})
    if not {"zone", "country"} <= calendar.keys():
        return []
    country, zone = wording.country(calendar["country"]), calendar["zone"]
    return [plain(wording.label("working_days").format(country=country, zone=zone))]


def complaint(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the authorities to which people may complain, with their contacts."""
    found = notice.completed["complaint"]
    blocks: list[Block] = [Paragraphs([wording.line(found, "complaint")])]
    for one in parties.several(found.get("authority")):
        named = one if isinstance(one, Mapping) else {"name": one}
        name = plain(wording.pair(wording.label("authority"), named["name"]))
        contacts = (line for _, lines in _contacts(named, wording) for line in lines)
        blocks.append(Paragraphs([name, *contacts]))
    return blocks


def automated_decisions(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the statement on automated decisions, with the purposes that use them."""
    blocks = _stated(notice, wording, "automated_decisions")
    lines = []
    for value in notice.completed["purposes"]:
        if value["automated"] in _AUTOMATED:
            how = wording.label(f"automated_{value['automated']}")
            lines.append(plain(wording.pair(wording.words(value["title"]), how)))
        if "profiling" in value:
            told = wording.label("profiling_yes" if value["profiling"] else "profiling_no")
            lines.append(plain(wording.pair(wording.words(value["title"]), told)))
        if "logic" in value:
            lines.append(wording.line(value["logic"], f"purposes/{value['id']}/logic"))
    return [*blocks, Items(lines)] if lines else blocks


def minors(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the rules for children, and how the registration form obeys them."""
    blocks = _stated(notice, wording, "minors")
    if notice.age is None:
        return blocks
    name = "age_confirmed" if notice.age.birth_date is None else "age_reckoned"
    return [*blocks, Paragraphs([plain(wording.label(name).format(age=notice.age.least))])]


def marketing(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the rules of marketing."""
    return _listed(notice, wording, "marketing")


def notifications(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the software's notifications, and which of them people may turn off."""
    names = ("notification", "detail", "turned_off")
    rows = [
        [
            [wording.line(value, f"notifications/{value['id']}", "title", strong=True)],
            [wording.said(value["description"])],
            [plain(wording.label("turned_off_yes" if value["optional"] else "turned_off_no"))],
        ]
        for value in notice.completed["notifications"]
        if notice.registers or value["id"] not in NOTIFICATIONS_OF_ACCOUNTS
    ]
    head = [wording.label(name) for name in names]
    return [Table(caption=wording.heading("notifications"), head=head, rows=rows)]


def account_page(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the purpose of the account page."""
    return _listed(notice, wording, "account_page")


def security(notice: Notice, wording: Wording) -> list[Block]:
    """Returns how data is protected, and how long backups outlive an erasure."""
    blocks = _listed(notice, wording, "security")
    window = notice.completed.get("recovery_window")
    return [*blocks, Paragraphs([wording.line(window, "recovery_window")])] if window else blocks


def changes(notice: Notice, wording: Wording) -> list[Block]:
    """Returns how the notice changes, and how and when people are told."""
    blocks, told = _listed(notice, wording, "changes"), notice.completed.get("announcements")
    if not told:
        return blocks
    times = {name: wording.period(told[name]) for name in ("lead", "shown")}
    said = [wording.line(told, "announcements"), plain(wording.label("announcing").format(**times))]
    return [*blocks, Paragraphs(said)]
