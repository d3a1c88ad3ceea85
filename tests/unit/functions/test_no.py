"""A no is never refused: through every door, whatever else is wrong with the request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.consents.service import capture, noes
from chalicelib.consents.service.context import visitor_subject
from chalicelib.errors import (
    BadRequest,
    Conflict,
    Contention,
    Forbidden,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from chalicelib.web.idempotency import StoredAnswer
from chalicelib.web.salvage import counts
from tests.unit.core.samples import SUBJECT, shipped
from tests.unit.functions.doors import (
    ADS,
    BROWSER,
    COMING,
    ENDED,
    GONE,
    OFFERS,
    OLD,
    SURVEYS,
    UNKNOWN,
    VISITOR,
    WITHDRAWN,
    Change,
    Doors,
)
from tests.unit.functions.wrongs import CASES, LINKS, OWN

REFUSED = {"denied", "withdrawn", "objected"}


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    return Doors(monkeypatch)


@pytest.mark.parametrize(("names", "change"), CASES.values(), ids=CASES)
def test_a_no_counts(doors: Doors, names: tuple[str, ...], change: Change) -> None:
    for name in names:
        doors.again()
        asked = change(doors.doors()[name])
        sent = doors.send(asked)
        assert sent.status in (200, 201), (name, sent.text)
        assert doors.decided(asked.subject, asked.purpose) in REFUSED, name
        others = VISITOR if asked.subject == SUBJECT else SUBJECT
        assert doors.decided(others, asked.purpose) == "granted", name


@pytest.mark.parametrize("name", ["capture of an account", "preferences"])
@pytest.mark.parametrize(
    "credentials", [f"Bearer {ENDED}", "Basic x", "Bearer", ["Bearer a.b", "Bearer c.d"]]
)
def test_where_a_session_has_ended_the_browser_s_no_counts(
    doors: Doors, name: str, credentials: str | list[str]
) -> None:
    asked = doors.doors()[name].sending(Authorization=credentials)
    sent = doors.send(asked)
    assert sent.status in (200, 201)
    assert [one["pointer"] for one in sent.json["overlooked"]] == ["/header/Authorization"]
    assert doors.decided(VISITOR, SURVEYS) in REFUSED
    assert doors.decided(SUBJECT, SURVEYS) == "granted"


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("version", [OLD, UNKNOWN])
def test_also_about_what_the_version_in_force_no_longer_has(
    doors: Doors, name: str, version: str
) -> None:
    asked = doors.doors()[name].but(notice_version=version, decisions={GONE: "denied"})
    assert doors.send(asked).status in (200, 201)
    assert doors.decided(asked.subject, GONE) == "withdrawn"


def test_the_desk_records_it_too(doors: Doors) -> None:
    asked = doors.doors()["desk"].but(decisions={GONE: "denied"})
    assert doors.send(asked).status == 201
    assert doors.decided(SUBJECT, GONE) == "withdrawn"


def test_the_words_that_were_shown_are_recorded(doors: Doors) -> None:
    sent = doors.send(doors.doors()["capture of a browser"].but(notice_version=OLD))
    (entry,) = doors.entries()
    assert (entry.notice_version, entry.notice_digest) == (OLD, "e" * 64)
    assert [one["pointer"] for one in sent.json["overlooked"]] == ["/notice_version"]
    assert sent.json["standing"][SURVEYS]["decision"] == "withdrawn"


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("version", [COMING, WITHDRAWN, UNKNOWN])
def test_words_that_nobody_can_have_read_are_not_recorded(
    doors: Doors, name: str, version: str
) -> None:
    asked = doors.doors()[name].but(notice_version=version)
    assert doors.send(asked).status in (200, 201)
    (entry,) = doors.entries()
    assert (entry.notice_version, entry.notice_digest) == (shipped().version, shipped().digest)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("version", [OLD, COMING, WITHDRAWN, UNKNOWN])
def test_the_answer_says_which_no_counts_and_which_yes_does_not(
    doors: Doors, name: str, version: str
) -> None:
    both = {SURVEYS: "denied", "promotion": "granted", OFFERS: "granted"}
    sent = doors.send(doors.doors()[name].but(decisions=both, notice_version=version))
    assert (sent.status, sent.json["type"]) == (422, "urn:riserbo:problem:notice-not-in-force")
    assert list(sent.findings) == [
        "/notice_version",
        f"/decisions/{OFFERS}",
        "/decisions/promotion",
    ]
    (entry,) = doors.entries()
    assert entry.notice_version == (OLD if version == OLD else shipped().version)
    told = sent.json["recorded"]
    stands = told["decisions"] if name == "preferences" else told["standing"]
    said = stands[SURVEYS] if name == "preferences" else stands[SURVEYS]["decision"]
    assert said == "withdrawn"


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(
    ("named", "about", "read", "recorded"),
    [
        ({}, "it", "en", "it"),
        ({}, "en", "it", "en"),
        ({"locale": "en"}, "it", "it", "en"),
        ({"locale": "xx"}, "en", "it", "en"),
        ({}, "xx", "en", "en"),
    ],
)
def test_its_language_is_the_one_named_then_that_of_the_evidence_then_the_reader_s(
    doors: Doors, name: str, named: dict[str, str], about: str, read: str, recorded: str
) -> None:
    proof = f"1.{OLD}.{about}.2026-11-29T10." + "0" * 64
    asked = doors.doors()[name].but(notice_version=OLD, evidence=proof, **{"locale": None, **named})
    assert doors.send(asked.sending(Accept_Language=read)).status in (200, 201)
    (entry,) = doors.entries()
    assert doors.opened(entry)["locale"] == recorded


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"notice_version": OLD}, 422), ({"extra": 1}, 400)],
)
def test_beside_a_yes_the_no_counts_and_the_yes_is_refused(
    doors: Doors, name: str, wrong: dict[str, Any], status: int
) -> None:
    both = {SURVEYS: "denied", "promotion": "granted"}
    asked = doors.doors()[name].but(decisions=both, **wrong)
    sent = doors.send(asked)
    assert sent.status == status
    assert sent.json["errors"]
    stands = doors.stands(asked.subject).decisions
    assert (str(stands[SURVEYS].decision), "promotion" in stands) == ("withdrawn", False)
    answered = sent.json["recorded"]
    told = answered["decisions"] if name == "preferences" else answered["standing"]
    assert SURVEYS in told
    assert "promotion" not in told


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("wrong", [{"notice_version": OLD}, {"extra": 1}])
def test_a_yes_alone_is_refused_and_nothing_is_recorded(
    doors: Doors, name: str, wrong: dict[str, Any]
) -> None:
    asked = doors.doors()[name].but(decisions={"promotion": "granted"}, **wrong)
    sent = doors.send(asked)
    assert sent.status in (400, 422)
    assert "recorded" not in sent.json
    assert doors.entries() == []


@pytest.mark.parametrize("text", ["{", "[]", '"no"', "x" * 2_000_000, "[" * 5_000])
def test_a_signal_counts_though_nobody_can_read_the_rest(doors: Doors, text: str) -> None:
    sent = doors.send(replace(doors.doors()["signal"], body=text))
    assert 400 <= sent.status < 500
    assert sent.json["recorded"]["standing"][ADS]["origin"] == "signal"
    assert doors.decided(VISITOR, ADS) == "withdrawn"


def test_a_signal_hides_no_finding_of_a_request_that_asks_for_something(doors: Doors) -> None:
    asked = replace(doors.doors()["preferences"], body={"locale": "xx"}).sending(Sec_GPC="1")
    sent = doors.send(asked)
    assert (sent.status, list(sent.findings)) == (400, ["/locale"])
    assert sent.json["recorded"]["decisions"][ADS] == "withdrawn"
    assert doors.decided(SUBJECT, ADS) == "withdrawn"


def test_a_signal_without_a_body_is_the_signal(doors: Doors) -> None:
    assert doors.send(replace(doors.doors()["signal"], body="")).status == 201
    assert doors.decided(VISITOR, ADS) == "withdrawn"


class TestRepetitions:
    @pytest.mark.parametrize("name", ["capture of a browser", "capture of an account"])
    def test_an_event_id_that_was_used_for_a_yes(self, doors: Doors, name: str) -> None:
        asked = doors.doors()[name]
        yes = asked.but(decisions={"promotion": "granted"}, event_id="one")
        assert doors.send(yes).status == 201
        assert doors.send(asked.but(event_id="one")).status == 201
        assert doors.decided(asked.subject, SURVEYS) == "withdrawn"
        assert len(doors.entries()) == 2

    @pytest.mark.parametrize("name", ["capture of a browser", "capture of an account", "desk"])
    @pytest.mark.parametrize("answered", [StoredAnswer(201, "[]"), None])
    def test_a_key_that_was_used_before_or_is_in_flight(
        self, doors: Doors, name: str, answered: StoredAnswer | None
    ) -> None:
        asked = doors.doors()[name].sending(Idempotency_Key="k")
        doors.answers.begin = _used(doors, answered)  # type: ignore[method-assign]
        assert doors.send(asked).status == 201
        assert doors.decided(asked.subject, SURVEYS) == "withdrawn"

    @pytest.mark.parametrize("name", OWN[:2])
    @pytest.mark.parametrize("event", [None, "click"])
    def test_again_it_adds_nothing(self, doors: Doors, name: str, event: str | None) -> None:
        asked = doors.doors()[name].but(notice_version=OLD, event_id=event)
        first, again = doors.send(asked), doors.send(asked)
        assert (first.status, again.status) == (201, 201)
        assert first.json["entry_id"] == again.json["entry_id"]
        assert len(doors.entries()) == 1


def _used(doors: Doors, answered: StoredAnswer | None) -> Any:
    def begin(caller: str, key: str, payload_hash: str) -> StoredAnswer | None:
        raise Unprocessable("other") if answered else Conflict("in flight")

    return begin


class TestWhoseItIs:
    def test_a_new_browser_s_makes_a_visitor(self, doors: Doors) -> None:
        asked = doors.doors()["capture of a browser"].sending(Riserbo_Visitor=None)
        sent = doors.send(asked.but(notice_version=OLD))
        assert sent.status == 201
        assert len(sent.json["visitor"]) == 43

    @pytest.mark.parametrize("name", OWN)
    @pytest.mark.parametrize("visitor", ["short", ["a" * 43, "b" * 43]])
    def test_credentials_that_cannot_be_read_are_refused(
        self, doors: Doors, name: str, visitor: str | list[str]
    ) -> None:
        asked = doors.doors()[name].sending(Authorization=None, Riserbo_Visitor=visitor)
        assert doors.send(asked).status in (400, 401)
        assert doors.entries() == []

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"subject": "z" * 26}, 404),
            ({"subject": None}, 400),
            ({"email": "ada@example.com"}, 400),
            ({"channel": "pigeon"}, 400),
            ({"received_at": "2027-01-01T00:00:00Z"}, 400),
            ({"received_at": "yesterday"}, 400),
            ({"decisions": {"run_account": "denied"}}, 400),
        ],
    )
    def test_what_only_the_desk_knows_has_to_be_right(
        self, doors: Doors, changes: dict[str, Any], status: int
    ) -> None:
        assert doors.send(doors.doors()["desk"].but(**changes)).status == status
        assert doors.entries() == []

    def test_nobody_who_does_not_work_there_records_anything(self, doors: Doors) -> None:
        asked = doors.doors()["desk"].sending(Authorization=f"Bearer {doors.session}")
        assert doors.send(asked.but(extra=1)).status == 403
        assert doors.entries() == []

    @pytest.mark.parametrize("name", LINKS)
    def test_a_link_that_is_not_ours_ends_nothing(self, doors: Doors, name: str) -> None:
        asked = doors.doors()[name]
        forged = {"token": asked.path["token"].replace(OFFERS, SURVEYS)}
        wrong = replace(asked, path=forged, query={"utm_source": ["x"]})
        assert doors.send(wrong).status in (400, 422)
        assert doors.entries() == []


@pytest.mark.parametrize("whose", ["known", "new"])
def test_beyond_a_limit_it_counts_whosoever_it_is(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    def limited(*_: object, **more: object) -> Any:
        raise TooManyRequests("Too often.", retry_after=60)

    kept = capture.capture
    monkeypatch.setattr(capture, "capture", limited)
    monkeypatch.setattr(noes, "capture", kept)
    asked = doors.doors()["capture of a browser"]
    token = BROWSER if whose == "known" else "n" * 43
    sent = doors.send(asked.sending(Riserbo_Visitor=token))
    assert sent.status == 201
    assert doors.decided(visitor_subject(token), SURVEYS) in REFUSED


def test_the_rule_by_what_a_request_met() -> None:
    survived: list[Problem] = [
        BadRequest(),
        Unauthenticated(),
        NotAcceptable(),
        Conflict(),
        TooLarge(),
        UnsupportedMediaType(),
        Unprocessable(),
        Unprocessable(type="notice-not-in-force"),
        Unprocessable(type="event-reused"),
        TooManyRequests(retry_after=1),
    ]
    stand: list[Problem] = [
        Forbidden(),
        NotFound(),
        MethodNotAllowed(),
        Contention(),
        Unavailable(),
        Problem(),
        Unprocessable(type="link-not-valid"),
    ]
    assert [problem for problem in survived if not counts(problem)] == []
    assert [problem for problem in stand if counts(problem)] == []
