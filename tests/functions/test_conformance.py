"""The product under whatever notice it is given: by the document's own purposes, fields, languages.

The document is that of `make test NOTICE=notice.json`; without it, each of the examples and the
smallest document. All of them are served by one stack, one after the other: it forgets the one
before with all its data.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.accounts import age
from chalicelib.catalogue import STORED
from chalicelib.catalogue.endings import Goes, goes
from chalicelib.notices.model import Notice
from infra.notice_document import EXAMPLES, chosen, notice_of
from tests.bench.engines import services
from tests.bench.world import World, world
from tests.functions import copies, deciding, people, tables
from tests.functions.api import HTML, JSON, MARKDOWN, Api, ok, pointers, problem
from tests.functions.commands import make_key
from tests.functions.declared import REGISTRATION, Profile, everything_asked, profile
from tests.functions.people import Person
from tests.functions.stack import DeployedStack, deployed
from tests.functions.walk import Walk, everything

MINIMAL = Path(__file__).parents[1] / "documents" / "minimal.json"
"""The smallest document, which leaves to the software what can be left to it."""

COMPANY = MINIMAL.with_name("company.json")
"""A company with rights of American law, two controllers and seventeen recipients."""

DOCUMENTS = (
    [chosen()]
    if os.environ.get("RISERBO_NOTICE")
    else [*sorted(EXAMPLES.glob("*.json")), COMPANY, MINIMAL]
)
FRESH = 120
"""Seconds after which every function reads again which notice is in force."""


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A stack that begins with the first of the documents."""
    with deployed(tmp_path_factory.mktemp("conformance"), notice=DOCUMENTS[0]) as running:
        yield running


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda path: path.stem)
def document(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture(scope="module")
def notice(document: Path) -> Notice:
    return notice_of(document)


@pytest.fixture(scope="module")
def api(own_stack: DeployedStack, document: Path, notice: Notice) -> Api:
    """The stack, which serves the document and knows nobody yet."""
    api = Api(own_stack)
    if api.notice_version() != notice.version:
        for table in tables.TABLES:
            for item in tables.scan(own_stack, table):
                tables.remove(own_stack, item, table)
        own_stack.local.publish(document)
        own_stack.move_clock(own_stack.local.place.ahead + FRESH)
    assert api.notice_version() == notice.version
    return api


@pytest.fixture(scope="module")
def given(notice: Notice) -> Profile:
    """What somebody tells who fills in every field of the form."""
    return everything_asked(notice)


def of_age(notice: Notice) -> dict[str, bool]:
    """What a registration says where the notice has people confirm their age."""
    return dict.fromkeys(age.confirmation(notice), True)


@pytest.fixture(scope="module")
def ada(api: Api, notice: Notice, given: Profile) -> Person:
    """Somebody who filled in the whole form, and refused everything that they were asked for."""
    refused = dict.fromkeys(notice.choices, "denied")
    members = {
        "profile": given,
        "locale": notice.locales[0],
        "decisions": refused,
        **of_age(notice),
    }
    return people.signed_in(api, **members)


def standing(api: Api, headers: dict[str, str]) -> dict[str, str]:
    """The decision that stands for each purpose."""
    found = ok(api.get("/v1/consents", headers=headers))["standing"]
    return {purpose: one["decision"] for purpose, one in found.items()}


class TestNotice:
    def test_is_served_in_each_of_its_languages_and_forms(self, api: Api, notice: Notice) -> None:
        for locale in notice.locales:
            for form in (JSON, HTML, MARKDOWN):
                headers = {"Accept": form, "Accept-Language": locale}
                answer = api.get("/v1/notice", headers=headers)
                assert answer.status_code == 200
                assert answer.headers["Content-Type"].startswith(form)
                assert answer.headers["Content-Language"] == locale
                assert answer.headers["Riserbo-Notice-Version"] == notice.version
                assert notice.site_name in answer.text

    def test_names_all_its_purposes_and_recipients(self, api: Api, notice: Notice) -> None:
        for locale in notice.locales:
            headers = {"Accept": MARKDOWN, "Accept-Language": locale}
            page = api.get("/v1/notice", headers=headers).text
            titles = [purpose.title for purpose in notice.purposes.values()]
            names = [one["name"] for one in notice.document["recipients"]]
            missing = [w[locale] for w in (*titles, *names) if not _stands(w[locale], page)]
            assert not missing

    def test_tells_its_cookies_to_the_banner(self, api: Api, notice: Notice) -> None:
        told = ok(api.get("/v1/cookies"))
        assert {one["id"] for one in told["classes"]} == notice.cookie_classes.keys()
        assert {one["id"] for one in told["cookies"]} == notice.cookies.keys()

    def test_no_page_or_mail_tells_of_another_organisation(
        self, api: Api, notice: Notice, ada: Person
    ) -> None:
        others = [notice_of(path) for path in DOCUMENTS]
        named = {one.site_name for one in others} | {one.contact for one in others}
        named -= {notice.site_name, notice.contact}
        mails = [mail["BodyText"] for mail in people.mails(api.stack, ada.email)]
        for locale in notice.locales:
            headers = {"Accept": MARKDOWN, "Accept-Language": locale}
            mails.append(api.get("/v1/notice", headers=headers).text)
        assert [name for name in named if any(name in text for text in mails)] == []


class TestRegistration:
    def test_the_form_asks_for_what_the_notice_declares(self, api: Api, notice: Notice) -> None:
        declared = notice.forms[REGISTRATION]
        for locale in notice.locales:
            form = ok(api.get("/v1/accounts/form", params={"lang": locale}))
            asked = {(one["category"], one["field"]): one["required"] for one in form["fields"]}
            required = {(ref.category, ref.field): True for ref in declared.required}
            optional = {(ref.category, ref.field): False for ref in declared.optional}
            assert asked == required | optional
            assert {one["purpose"] for one in form["choices"]} <= notice.choices.keys()

    def test_keeps_what_was_filled_in(self, api: Api, notice: Notice, ada: Person) -> None:
        account = ok(api.get("/v1/account", headers=ada.headers))
        kept = {category: dict(fields) for category, fields in account["profile"].items()}
        address = notice.forms[REGISTRATION].address
        assert address is not None
        assert kept[address.category].pop(address.field) == ada.email
        expected = everything_asked(notice)
        assert {name: fields for name, fields in kept.items() if fields} == expected
        assert account["locale"] == notice.locales[0]

    def test_is_refused_without_what_is_required(self, api: Api, notice: Notice) -> None:
        form = notice.forms[REGISTRATION]
        body = people.registration(api, people.new_address(), locale=notice.locales[0])
        body |= of_age(notice)
        needed = [f"/profile/{ref.category}/{ref.field}" for ref in form.required - {form.address}]
        if not needed:
            ok(api.post("/v1/accounts", json=body), 202)
            return
        refused = problem(api.post("/v1/accounts", json=body), 400)
        assert pointers(refused) == sorted(needed)
        whole = {**body, "profile": profile(notice, form.required)}
        ok(api.post("/v1/accounts", json=whole), 202)

    def test_is_refused_with_what_is_not_declared(self, api: Api, notice: Notice) -> None:
        undeclared = {"profile": {"nothing_of_the_kind": {"any": "text"}}}
        body = people.registration(api, people.new_address(), locale=notice.locales[0])
        body |= of_age(notice)
        refused = problem(api.post("/v1/accounts", json=body | undeclared), 400)
        assert any(one.startswith("/profile/nothing_of_the_kind") for one in pointers(refused))


class TestConsent:
    def test_refusals_at_registration_stand(self, api: Api, notice: Notice, ada: Person) -> None:
        assert standing(api, ada.headers) == dict.fromkeys(notice.choices, "denied")

    def test_is_given_and_withdrawn_for_each_purpose_that_asks(
        self, api: Api, notice: Notice, ada: Person
    ) -> None:
        key = make_key(api.stack, "conformance", "decisions")[1]
        for said, stands in (("granted", "granted"), ("denied", "withdrawn")):
            if notice.choices:
                deciding.decide(api, ada.headers, **dict.fromkeys(notice.choices, said))
            assert standing(api, ada.headers) == dict.fromkeys(notice.choices, stands)
            for purpose in notice.choices:
                answer = deciding.ask(api, key, ada.subject, purpose)
                assert answer["allowed"] is (said == "granted"), purpose

    def test_is_not_asked_for_the_other_purposes(
        self, api: Api, notice: Notice, ada: Person
    ) -> None:
        for purpose in notice.purposes.keys() - notice.choices.keys():
            body = {
                "notice_version": notice.version,
                "decisions": {purpose: "granted"},
                "source": "preference_centre",
            }
            refused = api.post("/v1/consents", headers=ada.headers, json=body)
            assert pointers(problem(refused, 400)) == [f"/decisions/{purpose}"]

    def test_a_browser_decides_about_cookies_and_its_signal_counts(
        self, api: Api, notice: Notice
    ) -> None:
        asked = {one.purpose for one in notice.cookie_classes.values() if not one.exempt}
        if not asked:
            return
        visitor = people.visitor(people.new_visitor())
        deciding.decide(api, visitor, **dict.fromkeys(sorted(asked), "granted"))
        assert standing(api, visitor) == dict.fromkeys(asked, "granted")
        signalled = {one.id for one in notice.choices.values() if one.signals}
        if signalled:
            signalling = {**people.visitor(people.new_visitor()), "Sec-GPC": "1"}
            said = min(notice.choices.keys() - signalled or signalled)
            deciding.decide(api, signalling, **{said: "denied"})
            assert standing(api, signalling) == dict.fromkeys({said, *signalled}, "denied")


class TestCopy:
    def test_holds_what_was_given_and_says_what_the_notice_says(
        self, api: Api, notice: Notice, ada: Person, given: Profile
    ) -> None:
        asked = ok(api.post("/v1/requests", headers=ada.headers, json={"right": "copy"}), 201)
        _answer_as_systems(api, notice, f"/v1/requests/{asked['id']}")
        made = copies.completed(api, asked["id"], ada.headers)
        copied = copies.download(api, ada, made)
        kept = {one["id"]: one["fields"] for one in copied.items("profile")}
        for category, fields in given.items():
            assert fields.items() <= kept[category].items()
        locale = notice.locales[0]
        rights = [notice.text(right.title, locale) for right in notice.rights.values()]
        information = copied.data["information"]
        assert [one["title"] for one in information["rights"]] == rights
        assert len(information["categories"]) >= len(given)
        received = datetime.fromisoformat(made["received_at"])
        due = datetime.fromisoformat(made["due_at"])
        # A month, and on to a working day: Christmas and New Year have few.
        assert timedelta(0) < due - received <= timedelta(days=38)
        assert received.tzinfo == UTC


def _answer_as_systems(api: Api, notice: Notice, path: str) -> None:
    """Every system that is asked about copies holds nothing."""
    for recipient in notice.recipients.values():
        if recipient.answers is not None and "copy" in recipient.answers.rights:
            key = make_key(api.stack, recipient.id, "answers", recipient=recipient.id)[1]
            body = {"recipient": recipient.id, "status": "nothing"}
            ok(api.post(f"{path}/answers", headers=people.bearer(key), json=body))


CHAINS = frozenset({"audit", "retention_run"})
"""Kinds of which the head alone waits: it leads to the oldest."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The functions in this process, on an engine of their own."""
    with services(tmp_path_factory.mktemp("walked")) as local, world(local, hashing=False) as made:
        made.recorder.off = True
        yield made


def test_every_operation_job_and_schedule_runs(
    here: World, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.renew(dict(notice.document))
    walk, stored, move = Walk(here), list[tables.Item](), here.move_clock

    def look_and_move(by: timedelta) -> None:
        for name in tables.TABLES:
            stored.extend(tables.scan(here.services, name))
        move(by)

    monkeypatch.setattr(here, "move_clock", look_and_move)
    everything(walk)
    assert walk.failures == []
    known = [item for item in stored if item["kind"]["S"] in STORED]
    assert len({item["kind"]["S"] for item in known}) > 20
    assert [item for item in known if _unended(item)] == []


def _unended(item: tables.Item) -> bool:
    """Whether an item of one of the catalogue's kinds ends otherwise than the table says."""
    kind = STORED[item["kind"]["S"]]
    ways = goes(kind)
    if "expires" in item:
        return not ways & {Goes.ITSELF, Goes.UNCONFIRMED}
    waits = ways == {Goes.DATE} and kind.name not in CHAINS
    return ways == {Goes.ITSELF} or (waits and "due_at" not in item)


def _stands(words: str, page: str) -> bool:
    """Whether words stand in a page of Markdown, which may have escaped some characters."""
    return words in page.replace("\\", "")
