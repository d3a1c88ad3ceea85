"""The rules of accounts: addresses, profile fields, passwords. No I/O."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib import texts
from chalicelib.accounts.phone import normal_phone
from chalicelib.errors import Finding
from chalicelib.notices.model import Field, FieldRef, Form, Notice

PASSWORD_MIN, PASSWORD_MAX = 12, 256
"""Characters of a password (NIST SP 800-63B: length counts, composition rules do not help)."""

REFERENCE_MAX = 128
"""Characters of the site's own id of a person."""

Profile = Mapping[str, Mapping[str, str]]
"""Field values by category: {"identity": {"name": "..."}}."""

Changes = Mapping[str, Mapping[str, str | None]]
"""Corrections of a profile by category: what each field becomes, None where it goes."""

Findings = tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """The data that a person sent to register, with every value in its normal form."""

    address: str
    profile: Profile


class NotNormal(ValueError):
    """A value has not the form that its field's type asks for; the message says which form.

    `reason` is the same as one word, as a Finding has it.
    """

    def __init__(self, message: str, reason: str = "format") -> None:
        super().__init__(message)
        self.reason = reason


def normal_address(text: str) -> str:
    """An e-mail address in its normal form (`email-validator`), without asking DNS.

    International domains pass (RFC 5890). A mailbox name outside ASCII (RFC 6531) is refused: SES
    cannot deliver to it. Sub-addresses are kept: they are another mailbox as far as anyone but
    their host knows. Spaces around an address, as keyboards of phones leave them, are no part of
    it. Raises NotNormal.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            texts.trimmed(text), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise NotNormal("must be an e-mail address that mail can be sent to", "email") from None
    return found.normalized


def address_findings(body: object) -> Findings:
    """Finds the faults of the `email` in any JSON body that a schema cannot find."""
    email = body.get("email") if isinstance(body, dict) else None
    try:
        normal_address(email if isinstance(email, str) else "a@example.com")
    except NotNormal as error:
        return (Finding("/email", str(error), error.reason),)
    return ()


def same_address(address: str) -> str:
    """Returns the form that all spellings of a mailbox share: without case, as mail hosts read it.

    Lower case and no folding: folding would make one of two domains (ss and sharp s).
    """
    return address.lower()


def mailbox(address: str) -> str:
    """The address without a sub-address (RFC 5233): with most hosts, where its mail ends up."""
    name, _, domain = address.rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def masked(address: str) -> str:
    """Returns an address that only its owner recognises: `a***@example.com`."""
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox[:1]}***@{domain}"


def read_registration(notice: Notice, form: Form, body: object) -> Registration | Findings:
    """Returns a registration in its normal form, or all faults that a schema cannot find.

    `body` is any JSON value; parts of another shape than a registration's are left to the schema.
    `email` becomes the field that the notice's form names as the address; a profile that gives
    that field too has to give the same.
    """
    given = body if isinstance(body, dict) else {}
    email, findings = given.get("email"), list[Finding]()
    profile: dict[str, dict[str, str]] = {}
    for ref, value in _values(form, given.get("profile")):
        try:
            field = notice.categories[ref.category].fields[ref.field]
            profile.setdefault(ref.category, {})[ref.field] = normal(field, value)
        except NotNormal as error:
            findings.append(Finding(_pointer(ref), str(error), error.reason))
    address = ""
    if isinstance(email, str):
        try:
            address = normal_address(email)
        except NotNormal as error:
            findings.append(Finding("/email", str(error), error.reason))
    if form.address is not None:
        place = profile.setdefault(form.address.category, {})
        if place.setdefault(form.address.field, address) != address:
            findings.append(Finding(_pointer(form.address), "differs from email"))
    missing = [ref for ref in form.required if not profile.get(ref.category, {}).get(ref.field)]
    told = {finding.pointer for finding in findings}
    findings += [
        Finding(_pointer(ref), "is required", "required")
        for ref in sorted(missing)
        if ref != form.address and _pointer(ref) not in told
    ]
    return tuple(findings) if findings else Registration(address, profile)


def read_changes(notice: Notice, form: Form, body: object) -> Changes | Findings:
    """Returns corrections in their normal form, or all faults that a schema cannot find.

    `body` is any JSON value; parts of another shape are left to the schema. A required
    field cannot be removed, and the address is changed by proving another one.
    """
    profile = body.get("profile") if isinstance(body, dict) else None
    findings, changes = list[Finding](), dict[str, dict[str, str | None]]()
    for ref, value in _given(form, profile):
        if ref == form.address:
            findings.append(Finding(_pointer(ref), "is changed by proving another address"))
        elif value is None and ref in form.required:
            findings.append(Finding(_pointer(ref), "is required", "required"))
        elif value is None:
            changes.setdefault(ref.category, {})[ref.field] = None
        else:
            try:
                field = notice.categories[ref.category].fields[ref.field]
                changes.setdefault(ref.category, {})[ref.field] = normal(field, value)
            except NotNormal as error:
                findings.append(Finding(_pointer(ref), str(error), error.reason))
    return tuple(findings) if findings else changes


def changed(profile: Profile, changes: Changes) -> dict[str, dict[str, str]]:
    """A profile after corrections; a category of which nothing is left is gone."""
    after = {category: dict(fields) for category, fields in profile.items()}
    for category, fields in changes.items():
        merged = {**after.get(category, {}), **fields}
        after[category] = {name: value for name, value in merged.items() if value is not None}
    return {category: fields for category, fields in after.items() if fields}


def _values(form: Form, profile: object) -> Iterator[tuple[FieldRef, str]]:
    """The texts that a profile gives for the form's fields; everything else is the schema's."""
    return ((ref, value) for ref, value in _given(form, profile) if value is not None)


def _given(form: Form, profile: object) -> Iterator[tuple[FieldRef, str | None]]:
    """The texts and nulls that are given for the form's fields."""
    for ref in sorted(form.required | form.optional):
        category = profile.get(ref.category) if isinstance(profile, dict) else None
        if isinstance(category, dict) and ref.field in category:
            value = category[ref.field]
            if value is None or isinstance(value, str):
                yield ref, value


def normal(field: Field, value: str) -> str:
    """A value as it is kept: all of it that can be seen, in the form of its field's type.

    Raises NotNormal.
    """
    text = texts.lines(value).strip()
    if texts.is_blank(text):
        raise NotNormal("must not be blank", "required")
    if texts.has_control(text):
        raise NotNormal("must not contain control characters")
    if "\n" in text and field.type != "long_text":
        raise NotNormal("must be one line", "one_line")
    return _FORMS[field.type](text) if field.type in _FORMS else text


def _normal_phone(text: str) -> str:
    try:
        return normal_phone(text)
    except ValueError as error:
        raise NotNormal(str(error), "phone") from None


def _normal_country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise NotNormal("must be a country code of two letters (ISO 3166-1)", "country")
    return text.upper()


def _normal_date(text: str) -> str:
    from datetime import date

    try:
        normal = date.fromisoformat(text).isoformat()
    except ValueError:
        normal = ""
    if normal != text:  # other forms of ISO 8601 are no form in which people write a day
        raise NotNormal("must be a date: YYYY-MM-DD", "date")
    return normal


def _normal_url(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        reachable = parts.port != 0
    except ValueError:
        raise NotNormal("must be a web address", "web_address") from None
    spaced = any(character.isspace() for character in text)
    if parts.scheme not in ("http", "https") or not parts.hostname or spaced or not reachable:
        raise NotNormal("must be a web address that starts with https://", "web_address")
    return text


_FORMS: dict[str, Callable[[str], str]] = {
    "email": normal_address,
    "phone": _normal_phone,
    "country": _normal_country,
    "date": _normal_date,
    "url": _normal_url,
}


def _pointer(ref: FieldRef) -> str:
    return f"/profile/{ref.category}/{ref.field}"
