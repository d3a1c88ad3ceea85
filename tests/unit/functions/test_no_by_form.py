"""A no is never refused for its form: through every page by which a person says one.

These are the doors of people; `test_no` has those of programs. Where nothing is agreed to
beforehand, as at registration, a refusal is what is left unsaid: a broken form then registers
nothing. A right that is used by a form (`/requests/new`) is a request to be answered and no entry
of the ledger: it comes back whole, as by the operation beside it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from chalicelib.accounts.contract import registration_pages, settings_pages
from chalicelib.consents.contract import choices_pages
from chalicelib.unsubscribe.contract_pages import UNSUBSCRIBE
from chalicelib.web.pages import cookie
from functions.http import accounts, consents, profile, unsubscribe
from tests.unit.core.samples import SUBJECT, shipped
from tests.unit.functions.doors import ADS, FORM_TYPE, OFFERS, SURVEYS, Doors
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import Sent, event

Fields = list[tuple[str, str]]
NEW_YES: Final = "promotion"
ALERT: Final = next(one.id for one in shipped().notifications.values() if one.optional)


@dataclass(frozen=True)
class Form:
    """A form that says no, beside a yes where `agrees`, and its way to the function."""

    handler: Any
    path: str
    says_no: Fields
    agrees: Fields
    others: Fields
    headers: Mapping[str, str | list[str]]
    query: Mapping[str, list[str]] | None = None
    parameters: Mapping[str, str] | None = None
    body: str | None = None

    @property
    def fields(self) -> Fields:
        return [*self.others, *self.says_no]

    def with_fields(self, *more: tuple[str, str]) -> Form:
        return replace(self, others=[*self.others, *more])

    def lacking(self, *names: str) -> Form:
        return replace(self, others=[one for one in self.others if one[0] not in names])

    def raw(self, body: str) -> Form:
        return replace(self, body=body)


Broken = Callable[[Form], Form]

BROKEN: Mapping[str, Broken] = {
    "nothing is wrong": lambda form: form,
    "an unknown field": lambda form: form.with_fields(("utm_source", "x")),
    "no version, no language": lambda form: form.lacking("notice_version", "locale"),
    "an unknown language": lambda form: form.lacking("locale").with_fields(("locale", "xx")),
    "another version": lambda form: form.lacking("notice_version").with_fields(
        ("notice_version", "2001-01-01")
    ),
    "no value for once": lambda form: form.lacking("event", "once"),
    "a wrong value for once": lambda form: form.lacking("event", "once").with_fields(
        ("event", "!"), ("once", "!")
    ),
    "a field that is too long": lambda form: form.lacking("stood").with_fields(
        ("stood", "x" * 20_000)
    ),
    "a form that is too long": lambda form: form.with_fields(("stood", "x" * 100_000)),
    "an unknown purpose": lambda form: form.with_fields(("decisions.nonsense", "denied")),
    "an unknown value": lambda form: form.with_fields((f"decisions.{OFFERS}", "perhaps")),
    "a field twice": lambda form: form.with_fields(("event", "o" * 43), ("event", "o" * 43)),
    "the no twice": lambda form: replace(form, says_no=form.says_no * 2),
    "too many fields": lambda form: form.with_fields(*((f"x{one}", "x") for one in range(80))),
    "a broken escape": lambda form: form.raw(urlencode(form.fields) + "&x=%zz"),
    "no UTF-8": lambda form: form.raw(urlencode(form.fields) + "&x=%ff"),
    "a byte that is no ASCII": lambda form: form.raw(urlencode(form.fields) + "&x=é"),
    "NUL": lambda form: form.raw(urlencode(form.fields) + "&x=%00"),
    **{
        f"type {name!r}": lambda form, name=name: replace(  # type: ignore[misc]
            form, headers={**form.headers, "Content-Type": name}
        )
        for name in ("", "text/plain", "application/json", [FORM_TYPE, "text/plain"])
    },
    **{
        f"accepts {name}": lambda form, name=name: replace(  # type: ignore[misc]
            form, headers={**form.headers, "Accept": name}
        )
        for name in ("application/json", "image/*", "x")
    },
    **{
        f"asks {query}": lambda form, query=query: replace(form, query=query)  # type: ignore[misc]
        for query in (
            {"lang": ["xx"]},
            {"lang": ["it", "en"]},
            {"utm_source": ["x"], "before": ["a", "b"]},
        )
    },
}


class Pages:
    """The forms of somebody who has agreed to everything and is signed in."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        headers = {
            "Content-Type": FORM_TYPE,
            "Accept": "text/html",
            "Cookie": f"{cookie.NAME}={doors.session}",
            **SAME,
        }
        token = ("form", cookie.form_token(doors.session))
        version = ("notice_version", shipped().version)
        choices: Fields = [token, version, ("event", "o" * 43), ("stood", f"{SURVEYS} {OFFERS}")]
        yes: Fields = [(f"decisions.{NEW_YES}", "granted")]
        save = (consents.handler, choices_pages.PATH)
        no: Fields = [(f"decisions.{SURVEYS}", "denied")]
        self.forms = {
            "choices": Form(*save, no, yes, choices, headers),
            "no to all": Form(*save, [("all", "yes")], yes, choices, headers),
            "preferences": Form(
                profile.handler,
                settings_pages.PREFERENCES_FORM.path,
                [(settings_pages.name_of(ALERT), "no")],
                [],
                [token, ("locale", "it")],
                headers,
            ),
            "mails": Form(
                unsubscribe.handler,
                UNSUBSCRIBE,
                [],
                [],
                [],
                {name: one for name, one in headers.items() if name != "Cookie"},
                parameters=doors.doors()["link's page"].path,
            ),
        }

    def send(self, form: Form) -> Sent:
        headers = {
            name: value if isinstance(value, str) else value[-1]
            for name, value in form.headers.items()
        }
        body = urlencode(form.fields) if form.body is None else form.body
        asked = event("POST", form.path, body, headers, form.query, form.parameters)
        for name, value in form.headers.items():
            if isinstance(value, list):
                asked["multiValueHeaders"][name] = value
        return Sent(form.handler(asked, SimpleNamespace(aws_request_id="1" * 36)))

    def refused(self, name: str) -> bool:
        """Whether the no of a form stands."""
        stands = self.doors.stands(SUBJECT)
        if name == "preferences":
            return ALERT in stands.muted
        said = {"no to all": (SURVEYS, OFFERS, ADS), "mails": (OFFERS,)}
        every = said.get(name, (SURVEYS,))
        return {str(stands.decisions[one].decision) for one in every} == {"withdrawn"}

    def agreed(self) -> bool:
        """Whether there is a yes that was not there before."""
        decided = self.doors.stands(SUBJECT).decisions.get(NEW_YES)
        return decided is not None and str(decided.decision) == "granted"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    return Pages(Doors(monkeypatch))


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", ["choices", "no to all", "preferences", "mails"])
def test_a_no_counts_and_no_yes_comes_of_it(pages: Pages, name: str, broken: Broken) -> None:
    form = broken(pages.forms[name])
    sent = pages.send(form)
    assert pages.refused(name), sent.text
    assert sent.status < 500
    assert not pages.agreed()
    if sent.status != 303:
        assert "no sono già registrati" in sent.text


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_yes_beside_it_comes_of_no_form_with_a_fault(pages: Pages, broken: Broken) -> None:
    both = pages.forms["choices"]
    sent = pages.send(broken(replace(both, others=[*both.others, *both.agrees])))
    assert pages.refused("choices"), sent.text
    assert pages.agreed() == (sent.status == 303)


@pytest.mark.parametrize(
    "said", [["granted", "denied"], ["denied", "granted"]], ids=["no last", "no first"]
)
def test_of_a_yes_and_a_no_at_once_the_no_counts(pages: Pages, said: list[str]) -> None:
    form = pages.forms["choices"]
    pages.send(replace(form, says_no=[(f"decisions.{SURVEYS}", one) for one in said]))
    assert pages.refused("choices")


@pytest.mark.parametrize("name", ["choices", "no to all", "preferences"])
@pytest.mark.parametrize("broken", ["nothing is wrong", "an unknown field", "a broken escape"])
@pytest.mark.parametrize("foreign", ["another site", "no token", "another session's token"])
def test_what_another_site_sends_counts_for_nothing(
    pages: Pages, name: str, broken: str, foreign: str
) -> None:
    form = pages.forms[name]
    if foreign == "another site":
        form = replace(form, headers={**form.headers, "Sec-Fetch-Site": "cross-site"})
    else:
        form = form.lacking("form")
    if foreign == "another session's token":
        form = form.with_fields(("form", cookie.form_token(f"{SUBJECT}.{'x' * 43}")))
    before = copy.deepcopy(pages.doors.tables.items)
    unread = broken == "a broken escape" and foreign != "another site"
    assert pages.send(BROKEN[broken](form)).status == (400 if unread else 403)
    assert pages.doors.tables.items == before


@pytest.mark.parametrize("broken", [one for one in BROKEN if one != "nothing is wrong"])
def test_a_broken_registration_agrees_to_nothing(pages: Pages, broken: str) -> None:
    fields: Fields = [
        ("email", "ada@example.org"),
        ("notice_version", "2001-01-01"),
        ("locale", "it"),
        *((f"decisions.{one}", "granted") for one in shipped().choices),
    ]
    headers = {"Content-Type": FORM_TYPE, "Accept": "text/html", **SAME}
    path = registration_pages.REGISTER_FORM.path
    before = copy.deepcopy(pages.doors.tables.items)
    sent = pages.send(BROKEN[broken](Form(accounts.handler, path, [], [], fields, headers)))
    assert 400 <= sent.status < 500
    assert pages.doors.tables.items == before
