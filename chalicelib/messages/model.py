"""Messages, the notice's forms that say what they may hold, and their ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chalicelib import texts
from chalicelib.accounts.model import read_changes
from chalicelib.catalogue import STORED
from chalicelib.catalogue.model import REVIEW
from chalicelib.errors import Finding
from chalicelib.notices.model import Form, Notice

KIND: Final = "message"
"""The kind of record that a message is."""

TEXT: Final = "text"
"""The item of the notice that holds the words of a message."""

CLOSED: Final = "closed"
"""The event from which the message of a closed case is kept."""

CREATED: Final = "created"
"""The event from which a message is kept whose case nobody closed."""

UNPROVEN: Final = "registered"
"""The event from which a message is kept whose address nobody has proven: that it came."""

ADDRESS: Final = "email"
"""The sealed field with the address that a message came with."""

TEXT_MAX: Final = 4000
"""Most characters of a text."""

FIELDS_MAX: Final = 50
"""Most fields beside the text."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message as its person writes it: the form, the text, the fields beside it, the language.

    `form` is the id of a form of the notice.
    """

    form: str
    text: str
    fields: Mapping[str, str]
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is kept. `event` is the one from which its end is reckoned, `looked_at` it.

    `then` says what happens then: it goes, or somebody decides.
    """

    id: str
    form: str
    locale: str
    written_at: datetime
    closed_at: datetime | None
    text: str
    fields: Mapping[str, str]
    looked_at: datetime | None
    then: str

    @property
    def ends_at(self) -> datetime | None:
        """When it goes; None while nobody has closed it and somebody would decide."""
        return None if self.then == REVIEW else self.looked_at

    @property
    def reviewed_at(self) -> datetime | None:
        """When somebody looks whether it is still needed; None of one that goes by itself."""
        return self.looked_at if self.then == REVIEW else None

    @property
    def ends_from(self) -> str | None:
        """The event that sets its end; None once that has happened."""
        return CLOSED if self.closed_at is None else None


@dataclass(frozen=True, slots=True)
class Proven:
    """A message whose address is proven, and whether it lies in an account now."""

    id: str
    in_account: bool


def needs_consent(form: str, notice: Notice) -> bool:
    """Tells whether the purpose of a form rests on consent, which an address alone cannot give."""
    return notice.purposes[notice.forms[form].purpose].needs_consent


def forms(notice: Notice) -> dict[str, Form]:
    """Returns the forms of messages that a notice has, by id."""
    return {name: notice.forms[name] for name in sorted(STORED[KIND].forms & notice.forms.keys())}


def fields_of(form: Form) -> dict[str, str]:
    """Returns the fields beside the text that a form asks for, each with its category."""
    return {ref.field: ref.category for ref in form.required | form.optional if ref.field != TEXT}


def category_of(form: Form) -> str:
    """Returns the category of what a form asks for: all its fields are of one."""
    return next(ref.category for ref in form.required if ref.field == TEXT)


def longest(form: Form, notice: Notice) -> int:
    """Returns the most characters of a text of that form."""
    return min(TEXT_MAX, notice.categories[category_of(form)].fields[TEXT].maximum)


def findings(body: object, notice: Notice) -> Iterator[Finding]:
    """Lists the findings about a JSON body that a schema cannot express."""
    if not isinstance(body, dict):
        return
    yield from _of_text(body.get("text"))
    kind, fields = body.get("kind"), body.get("fields", {})
    form = forms(notice).get(kind) if isinstance(kind, str) else None
    if form is None or not isinstance(fields, dict):
        return
    text = body.get("text")
    if isinstance(text, str) and len(text) > longest(form, notice):
        yield Finding("/text", f"is longer than {longest(form, notice)} characters")
    if len(fields) > FIELDS_MAX:
        yield Finding("/fields", f"has more than {FIELDS_MAX} fields")
        return
    known = fields_of(form)
    yield from (
        Finding(f"/fields/{name}", "does not belong to this form; remove it")
        for name in fields
        if name not in known and name in _all_fields(notice)
    )
    yield from _of_values(form, fields, notice)


def written(body: Mapping[str, Any], notice: Notice) -> Written:
    """Returns what a body says that fits the operation, in its normal form."""
    form, fields = forms(notice)[body["kind"]], body.get("fields", {})
    read = _read(form, fields, notice)
    values = read if isinstance(read, Mapping) else {}
    normal = {
        name: str(value)
        for of_category in values.values()
        for name, value in of_category.items()
        if value is not None
    }
    return Written(form.id, texts.lines(body["text"]), normal, body.get("locale"))


def _all_fields(notice: Notice) -> set[str]:
    return {name for form in forms(notice).values() for name in fields_of(form)}


def _of_text(text: object) -> Iterator[Finding]:
    said = text if isinstance(text, str) and text else "a"
    if texts.is_blank(said):
        yield Finding("/text", "must not be blank")
    elif texts.has_control(texts.lines(said).replace("\t", " ")):
        yield Finding("/text", "must not contain control characters")


def _of_values(form: Form, fields: Mapping[str, object], notice: Notice) -> Iterator[Finding]:
    given = {name: value for name, value in fields.items() if isinstance(value, str) and value}
    read = _read(form, given, notice)
    for finding in read if isinstance(read, tuple) else ():
        yield Finding("/fields/" + finding.pointer.rpartition("/")[2], finding.detail)
    required = {ref.field for ref in form.required} - {TEXT}
    for name in sorted(required - fields.keys()):
        yield Finding(f"/fields/{name}", "is required")


def _read(form: Form, fields: Mapping[str, str], notice: Notice) -> Any:
    """Returns the fields in their normal form, by category, or the findings about them."""
    category = category_of(form)
    return read_changes(notice, form, {"profile": {category: dict(fields)}})
