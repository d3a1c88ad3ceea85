"""The mails about a request: what each says, once each, whatever breaks off in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from chalicelib.decisions.restriction import Ground, Restriction, lifted
from chalicelib.jobs.store import JobItem
from chalicelib.pages.formats import day
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.requests import store
from chalicelib.requests.grounds import ARTICLES
from chalicelib.requests.grounds import Ground as RefusalGround
from chalicelib.requests.machine import Action, Status, Told
from chalicelib.requests.model import FULFIL_COPY
from chalicelib.requests.service.mails import action_of
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.subjects.model import Life, Limits
from chalicelib.subjects.store import restriction_item, standing_item
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.requests.world import ADDRESS, D, P, S, World
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)
RECEIVED, DUE = date(2026, 11, 22), date(2026, 12, 22)
EXTENDED = date(2027, 2, 22)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def told(world: World, right: str = "port") -> str:
    """A request whose receipt was mailed, and forgotten here."""
    request = world.ask(right)
    world.work_off()
    world.ses.taken.clear()
    return request


def test_a_receipt_says_the_day_it_came_and_the_day_it_is_due(world: World) -> None:
    request = world.ask("port", "en")
    world.work_off()
    (mail,) = world.ses.taken
    assert mail["To"] == ADDRESS
    text = world.text()
    assert f"Received on: {day(RECEIVED, 'en')}" in text
    assert f"Answer at the latest on: {day(DUE, 'en')}" in text
    assert f"Number: {request}" in text
    assert "Right: Portability" in text
    assert "In your account you can follow" in text


def test_a_mail_holds_no_word_of_the_request(world: World) -> None:
    world.ask("rectify", details="My married name.", changes={"identity": {"name": "Ada King"}})
    world.work_off()
    assert "married" not in world.text()
    assert "King" not in world.text()


@dataclass(frozen=True)
class Row:
    """An act that people are told of: on a request of a right, after others, so many days later."""

    told: Told
    right: str
    action: Action
    reason: str | None
    said: tuple[str, ...]
    before: tuple[tuple[Action, str | None], ...] = ()
    days: int = 3


ROWS = [
    Row(Told.QUESTION, "copy", Action.PAUSE, "clarification", ("which data", "25 December 2026")),
    Row(Told.QUESTION, "erase", Action.PAUSE, "identity", ("comes from you", "Article 12(6)")),
    Row(Told.EXTENSION, "erase", Action.EXTEND, "complexity", ("is complex", day(EXTENDED, "en"))),
    Row(Told.EXTENSION, "erase", Action.EXTEND, "number", ("the number of requests",)),
    Row(Told.DELAY, "erase", Action.DELAY, None, (day(DUE, "en"), "Article 79"), days=31),
    Row(Told.OUTCOME, "erase", Action.COMPLETE, None, ("Answered on: 25 November 2026",)),
    Row(Told.REFUSAL, "erase", Action.REFUSE, "claims", ("legal claims", "17(3)(e)", "Article 79")),
    Row(
        Told.LIFTING,
        "restrict",
        Action.LIFT,
        None,
        ("Last day of the restriction: 2 December 2026",),
        ((Action.COMPLETE, None),),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.told}-{row.reason}")
def test_an_act_is_told_in_its_words(world: World, row: Row) -> None:
    request = told(world, row.right)
    world.now = NOW + row.days * DAY
    for action, reason in row.before:
        world.act(request, action, D, reason)
        world.work_off()
    world.ses.taken.clear()
    job = world.act(request, row.action, D if row.action is not Action.DELAY else S, row.reason)
    assert job is not None
    assert (job.action, job.target) == (action_of(row.told), request)
    world.work_off()
    assert len(world.ses.taken) == 1
    for said in (*row.said, f"Received on: {day(RECEIVED, 'en')}", request):
        assert said in world.text()


@pytest.mark.parametrize("language", languages())
def test_every_ground_has_words_in_every_language(language: str) -> None:
    named = words("requests", language)
    for ground in {ground for grounds in ARTICLES.values() for ground in grounds}:
        assert named[f"ground.{ground}"].endswith(".")
    assert {f"ground.{ground}" for ground in RefusalGround} <= named.keys()
    assert {f"event.{action}" for action in Action} <= named.keys()


def test_a_refusal_says_when_the_restriction_ends_that_the_request_caused(world: World) -> None:
    request = told(world, "restrict")
    own = Restriction(request, Ground.ACCURACY, NOW, frozenset({"improvement"}))
    other = Restriction("o" * 26, Ground.ACCURACY, NOW, ends_at=NOW + 90 * DAY)
    world.tables.put(
        standing_item(standing(limits=Limits(restricted=1))),
        restriction_item(SUBJECT, [lifted(own, NOW), other], NOW),
    )
    world.act(request, Action.REFUSE, D, "no_ground")
    world.work_off()
    assert "The restriction ends with 29 November 2026" in world.text()
    assert "2027" not in world.text()


def test_a_mail_is_in_the_language_of_the_request(world: World) -> None:
    request = world.ask("port", "it")
    world.act(request, Action.REFUSE, D, "not_covered")
    world.work_off()
    assert "Questi dati non rientrano nel diritto alla portabilità." in world.text()
    assert "Articoli del GDPR: 20(1), 20(3)" in world.text()


def test_the_clock_stops_on_the_day_the_question_is_mailed(world: World) -> None:
    request = told(world, "copy")
    world.act(request, Action.PAUSE, D, "clarification")
    world.ses.away = True
    world.deliver()
    assert world.events(request) == ["submit", "pause"]
    world.ses.away = False
    world.now = NOW + 4 * DAY
    world.work_off()
    assert world.events(request) == ["submit", "pause", "question_mailed"]
    assert world.request(request).history[-1].at >= NOW + 4 * DAY
    assert world.subjects() == [f"{world.notice.site_name} has a question about your request"]


@pytest.mark.parametrize("action", [Action.ANSWER, Action.RESUME])
def test_a_question_that_is_no_longer_open_is_not_mailed(world: World, action: Action) -> None:
    request = told(world, "copy")
    world.act(request, Action.PAUSE, D, "clarification")
    world.act(request, action, P if action is Action.ANSWER else D)
    world.work_off()
    assert world.subjects() == []


def test_an_answer_while_the_question_is_being_mailed_stays(world: World) -> None:
    request = told(world, "copy")
    world.act(request, Action.PAUSE, D, "clarification")
    world.steps.meanwhile["ses.send"] = [lambda: world.act(request, Action.ANSWER, P)]
    world.work_off()
    assert world.events(request) == ["submit", "pause", "answer"]
    assert world.request(request).status is Status.IN_PROGRESS


def test_a_note_while_the_question_is_recorded_loses_neither(world: World) -> None:
    request = told(world, "copy")
    world.act(request, Action.PAUSE, D, "clarification")
    note = lambda: world.act(request, Action.NOTE, D)  # noqa: E731
    world.steps.meanwhile["commit"] = [note]
    world.work_off()
    assert sorted(world.events(request)) == ["note", "pause", "question_mailed", "submit"]


def test_a_second_question_is_mailed_too(world: World) -> None:
    request = told(world, "copy")
    for _ in range(2):
        world.act(request, Action.PAUSE, D, "clarification")
        world.work_off()
        world.act(request, Action.ANSWER, P)
    assert len(world.subjects()) == 2
    assert world.events(request).count("question_mailed") == 2


def test_what_was_asked_for_again_while_it_was_sent_is_told_again(world: World) -> None:
    request = told(world)
    world.act(request, Action.REFUSE, D, "others_data")

    def meanwhile() -> None:
        world.act(request, Action.DISPUTE, P)
        world.act(request, Action.REFUSE, D, "not_covered")

    world.steps.meanwhile["delete"] = [meanwhile]
    world.work_off()
    assert ["others_data" in str(one) for one in world.subjects()] == [False, False]
    assert "20(4)" in world.text(0)
    assert "20(1), 20(3)" in world.text(1)


@pytest.mark.parametrize("state", ["disowned", Life.ERASING])
def test_nobody_is_told_who_gets_no_mail(world: World, state: str | Life) -> None:
    world.ask()
    if isinstance(state, Life):
        world.stop(state)
    else:
        world.stop(disowned=True)
    world.work_off()
    assert world.subjects() == []


def test_a_deactivated_account_is_told(world: World) -> None:
    world.ask()
    world.stop(Life.DEACTIVATED)
    world.work_off()
    assert len(world.subjects()) == 1


def test_ten_tickets_of_a_job_are_one_mail(world: World) -> None:
    world.ask()
    world.sqs.bodies *= 10
    world.work_off()
    assert len(world.subjects()) == 1


def test_a_queue_that_is_away_delays_and_loses_nothing(world: World) -> None:
    request = world.ask()
    world.sqs.bodies.clear()
    world.work_off()
    assert request in world.text()
    assert len(world.subjects()) == 1


@pytest.mark.parametrize("action", [Action.REFUSE, Action.PAUSE])
def test_a_worker_that_dies_anywhere_leaves_one_mail(world: World, action: Action) -> None:
    """Only one that dies between the mail and its record lets it come twice, and never less."""
    request, paused = told(world, "copy"), action is Action.PAUSE
    world.act(request, action, D, "clarification" if paused else "others_data")
    before, bodies = dict(world.tables.items), list(world.sqs.bodies)
    world.steps.names.clear()
    world.deliver()
    names = list(world.steps.names)
    assert names.count("ses.send") == 1
    sent, recorded = names.index("ses.send"), names.index("commit" if paused else "delete")
    for number in range(len(names)):
        world.tables.items, world.sqs.bodies = dict(before), list(bodies)
        world.ses.taken.clear()
        world.steps.kill_before(number)
        world.work_off()
        assert len(world.subjects()) == (2 if sent < number <= recorded else 1), names[number]
        assert world.events(request).count("question_mailed") == paused
        assert world.jobs() == []


@pytest.mark.parametrize("right", ["port", "copy", "opt_out"])
def test_asking_that_breaks_off_anywhere_is_one_request_and_one_mail(
    world: World, right: str
) -> None:
    """Asked once more it is the open one, or where it was done in the answer another."""
    before = dict(world.tables.items)
    world.steps.names.clear()
    world.ask(right)
    steps = len(world.steps.names)
    for number in range(steps):
        world.tables.items, world.sqs.bodies = dict(before), []
        world.ses.taken.clear()
        world.steps.kill_before(number)
        with pytest.raises(Killed):
            world.ask(right)
        world.steps.revive()
        stood = {keys.record_id(item.sk) for item in world.tables.all(RequestItem)}
        request = world.ask(right)
        known = {keys.record_id(item.sk) for item in world.tables.all(RequestItem)}
        assert known == stood | {request}
        assert len(known) == 1 or right == "opt_out"
        world.work_off()
        assert len(world.subjects()) == len(known)


def test_asking_is_possible_while_the_job_of_the_answered_copy_still_stands(world: World) -> None:
    """The worker that answered it may have died before it removed the job."""

    def copies() -> list[str]:
        return [job.target for job in world.tables.all(JobItem) if job.action == FULFIL_COPY]

    first = world.ask("copy")
    world.act(first, Action.COMPLETE, S)
    world.tables.items.pop((False, *store.open_place(SUBJECT, "copy")))
    assert copies() == [first]
    second = world.ask("copy")
    assert second != first
    assert copies() == [second]


def test_an_address_that_is_destroyed_before_it_is_read_gets_no_mail(world: World) -> None:
    """The erasure of the person began after the worker had read the standing."""
    world.ask()
    world.tables.items.pop((True, keys.subject(SUBJECT), "account"))
    assert world.deliver()
    assert world.subjects() == []
    assert world.jobs() == []


def test_an_unknown_request_is_nobodys_mail(world: World) -> None:
    world.ask()
    pk, sk = world.item(world.ask("review")).pk, world.item(world.ask("review")).sk
    world.tables.items.pop((False, pk, sk))
    world.work_off()
    assert len(world.subjects()) == 1
    assert SUBJECT not in world.text()
