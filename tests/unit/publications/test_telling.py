"""One mail to each person: what becomes of it when SES, the worker or the person is otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.accounts.store import ProfileItem
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.rounds.model import AFTER_TROUBLE, Status
from chalicelib.jobs.rounds.service import GivenUp
from chalicelib.mail import rate
from chalicelib.mail import service as mail
from chalicelib.publications import store
from chalicelib.publications.model import IN_FLIGHT, Obligation
from chalicelib.publications.model import Status as Told
from chalicelib.publications.service import delivery
from chalicelib.publications.service.announcement import SOON
from chalicelib.publications.service.progress import progress
from chalicelib.publications.service.work import work
from chalicelib.storage import keys
from chalicelib.subjects.model import NO_LIMITS, Decision, Life, Limits
from chalicelib.vault.store import DataKeyItem
from tests.examples import examples
from tests.unit.core.samples import DISOWNED, NOW, association_document
from tests.unit.notices.changes_edits import more
from tests.unit.publications.world import AHEAD, SECOND, World, later_version
from tests.unit.storage.tables import Killed

WIDER = more("purposes", "newsletter", "categories", "plot")
READER = {"newsletter": Decision.GRANTED}


@pytest.fixture
def reader(world: World) -> str:
    """Somebody who gets the letter, and a version that asks for more."""
    subject = world.person(1, READER)
    world.publish(later_version(WIDER))
    return subject


def obligation(world: World, subject: str) -> Obligation:
    found = world.obligation(subject)
    assert found is not None
    return found


def counted(world: World) -> dict[str, int]:
    """The figures of the round, without those that are nought."""
    found = progress(SECOND)
    assert found is not None
    numbers = {name: value for name, value in found.items() if isinstance(value, int) and value}
    del numbers["pass"]
    return numbers


def complete(world: World) -> bool:
    found = world.round()
    return found is not None and found.status is Status.COMPLETE


def test_who_is_concerned_gets_one_mail_and_it_stands_recorded(world: World, reader: str) -> None:
    world.work_off()
    assert world.mails() == {reader: 1}
    found = obligation(world, reader)
    assert (found.status, found.sent_at, found.tries) == (Told.SENT, NOW, 1)
    assert (found.ask, found.version, found.effective_at) == (("newsletter",), SECOND, NOW + AHEAD)
    assert counted(world) == {"concerned": 1, "sent": 1}
    assert complete(world)


def kill_before_recording(world: World, reader: str) -> None:
    """The worker dies when SES has taken the mail."""

    def die() -> None:
        world.steps.kill_before(0)
        raise Killed

    accepted = len(world.ses.accepted)
    world.steps.meanwhile["ses.send"] = [lambda: world.steps.meanwhile.__setitem__("update", [die])]
    while len(world.ses.accepted) == accepted:
        world.deliver()
    world.steps.meanwhile.clear()
    assert obligation(world, reader).status is Told.DUE


def test_killed_between_acceptance_and_record_it_is_sent_once_more_and_counted(
    world: World, reader: str
) -> None:
    kill_before_recording(world, reader)
    assert world.mails() == {reader: 1}
    world.work_off()
    assert world.mails() == {reader: 2}
    found = obligation(world, reader)
    assert (found.status, found.tries) == (Told.SENT, 2)
    assert counted(world) == {"concerned": 1, "sent": 1, "repeated": 1}
    assert complete(world)


def test_killed_twice_it_is_not_sent_a_third_time_and_that_is_told(
    world: World, reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_before_recording(world, reader)
    kill_before_recording(world, reader)
    world.work_off()
    assert world.mails() == {reader: 2}
    found = obligation(world, reader)
    assert (found.status, found.sent_at, found.tries) == (Told.DUE, None, 2)
    assert counted(world) == {"concerned": 1, "uncertain": 1}
    assert '"event":"announcement.uncertain"' in capsys.readouterr().out
    assert complete(world), "nobody else waits for it"


def test_a_try_that_may_be_under_way_is_not_repeated(world: World, reader: str) -> None:
    """Another worker has handed the mail over, and waits for the answer."""
    kill_before_recording(world, reader)
    world.now = NOW + IN_FLIGHT / 2
    work(world.task_of_round())
    assert world.mails() == {reader: 1}
    world.now = NOW + LEASE
    world.work_off()
    assert world.mails() == {reader: 2}
    assert counted(world)["repeated"] == 1


def test_nobody_takes_a_try_for_dead_while_its_worker_may_have_the_lease(world: World) -> None:
    # The longest that a mail may take: the pause for the slowest quota, and SES without an answer.
    assert IN_FLIGHT.total_seconds() > 1 / 0.1 + 2 + 5
    assert IN_FLIGHT < LEASE


def test_who_cannot_be_reached_is_noted_and_the_others_are_told(world: World, reader: str) -> None:
    others = {world.person(number, READER) for number in range(2, 30)}
    world.ses.answers = ["InvalidParameterValue"]
    world.work_off()
    assert world.mails().total() == len(others)
    bounced = [one for one in (*others, reader) if obligation(world, one).status is Told.BOUNCED]
    assert len(bounced) == 1
    found = obligation(world, bounced[0])
    assert (found.bounced_at, found.sent_at) == (NOW, None)
    assert counted(world) == {"concerned": 29, "sent": 28, "bounced": 1}
    assert complete(world)


ACCOUNT = ["Throttling", "AccountSendingPausedException", "AccessDenied", "MessageRejected"]


@pytest.mark.parametrize("answers", [ACCOUNT, ["lost"] * 20, ["unreachable"] * 20])
def test_an_outage_costs_nobody_more_than_time(
    world: World, reader: str, answers: list[str]
) -> None:
    people = {reader, *(world.person(number, READER) for number in range(2, 30))}
    world.ses.answers = list(answers)
    work_off_loudly(world)
    assert set(world.mails()) == people
    assert max(world.mails().values()) == (2 if "lost" in answers else 1)


def work_off_loudly(world: World) -> None:
    """Until nothing is left to do, whatever is raised for an alarm."""
    while True:
        try:
            world.work_off()
        except GivenUp:
            continue
        return


@pytest.mark.parametrize("answer", ACCOUNT)
def test_what_concerns_the_account_takes_the_try_back_and_waits(
    world: World, reader: str, answer: str
) -> None:
    world.ses.answers = [answer] * 3
    world.work_off()
    assert world.mails() == {reader: 1}
    found = obligation(world, reader)
    assert (found.status, found.tries) == (Told.SENT, 1)
    assert found.sent_at is not None
    assert found.sent_at >= NOW + 3 * SOON
    assert counted(world) == {"concerned": 1, "sent": 1}


@pytest.mark.parametrize(
    ("answer", "mails", "figures"),
    [
        ("lost", 2, {"concerned": 1, "sent": 1, "repeated": 1}),
        ("InternalFailure", 1, {"concerned": 1, "sent": 1, "repeated": 1}),
    ],
)
def test_without_an_answer_it_is_sent_again_in_another_pass(
    world: World, reader: str, answer: str, mails: int, figures: dict[str, int]
) -> None:
    world.ses.answers = [answer]
    world.work_off()
    assert world.mails() == {reader: mails}
    found = obligation(world, reader)
    assert (found.status, found.tries) == (Told.SENT, 2)
    assert found.sent_at is not None
    assert found.sent_at >= NOW + AFTER_TROUBLE
    assert counted(world) == figures


def test_without_any_answer_twice_it_is_given_up_loudly(world: World, reader: str) -> None:
    world.ses.answers = ["lost", "lost"]
    world.work_off()
    assert world.mails() == {reader: 2}
    assert obligation(world, reader).status is Told.DUE
    assert counted(world) == {"concerned": 1, "uncertain": 1}


def test_who_has_seen_it_meanwhile_gets_no_mail(world: World, reader: str) -> None:
    def see() -> None:
        if world.obligation(reader) is not None:  # when addresses are being read
            store.mark_seen(reader, SECOND, NOW)

    world.steps.meanwhile["batch"] = [see] * 40
    world.work_off()
    assert world.mails() == {}
    found = obligation(world, reader)
    assert (found.status, found.seen_at, found.tries) == (Told.SEEN, NOW, 0)
    assert counted(world) == {"concerned": 1, "seen": 1}
    assert complete(world)


def test_who_sees_it_while_the_mail_goes_out_has_seen_it_and_was_sent_it(
    world: World, reader: str
) -> None:
    world.steps.meanwhile["ses.send"] = [lambda: store.mark_seen(reader, SECOND, NOW)]
    world.work_off()
    found = obligation(world, reader)
    assert (found.status, found.seen_at, found.sent_at) == (Told.SEEN, NOW, NOW)
    assert world.mails() == {reader: 1}


def test_who_cannot_be_written_to_is_told_loudly_and_the_others_are_told(
    world: World, reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    others = {world.person(number, READER) for number in range(2, 60)}
    for item in world.tables.all(ProfileItem):
        if item.pk == keys.subject(reader):
            item.sealed = b"no longer what was sealed"
            world.tables.put(item)
    world.work_off(most=2000)
    assert set(world.mails()) == others
    assert set(world.mails().values()) == {1}
    assert reader in capsys.readouterr().out
    found = world.round()
    assert found is not None
    assert found.status is not Status.RUNNING


def test_who_is_being_erased_is_passed_over(world: World, reader: str) -> None:
    for item in world.tables.all(DataKeyItem):
        item.delete()
    world.work_off()
    assert world.mails() == {}
    assert complete(world)


@pytest.mark.parametrize(
    ("life", "limits"),
    [
        (Life.ERASING, NO_LIMITS),
        (Life.PENDING, DISOWNED),
        (Life.ACTIVE, DISOWNED),
        (Life.PENDING, NO_LIMITS),
    ],
)
def test_who_cannot_use_an_account_is_not_obliged(world: World, life: Life, limits: Limits) -> None:
    subject = world.person(1, READER, life=life, limits=limits)
    world.publish(later_version(WIDER))
    world.work_off()
    assert world.obligation(subject) is None
    assert world.mails() == {}


def test_it_goes_no_faster_than_the_quota_allows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Time:
        now, slept = 100.0, list[float]()

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.slept.append(seconds)
            self.now += seconds

    time = Time()
    monkeypatch.setattr(delivery, "time", time)
    monkeypatch.setenv("RISERBO_MAIL_RATE", "14")
    world.ses.quota = {**world.ses.quota, "MaxSendRate": 10}
    made = delivery.Telling(None, None, None, mail.quota().a_second, {})  # type: ignore[arg-type]
    for _ in range(5):
        made._keep_pace()
    assert time.slept == pytest.approx([rate.tellers(14) / (10 * rate.SHARE)] * 4)


@settings(max_examples=examples(25))
@given(
    st.lists(
        st.sampled_from(["ok", "lost", "Throttling", "InternalFailure", "MessageRejected"]),
        max_size=8,
    )
)
def test_whatever_ses_answers_nobody_gets_a_third_mail(answers: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        world.publish(association_document())
        people = [world.person(number, READER) for number in range(4)]
        world.publish(later_version(WIDER))
        world.ses.answers = list(answers)
        world.work_off()
        assert complete(world)
        assert max(world.mails().values(), default=0) <= 2
        stand = [obligation(world, one) for one in people]
        for one in stand:
            if one.status is Told.SENT:
                assert 1 <= world.mails()[one.subject] <= one.tries
            else:
                assert one.tries == 2 or one.status is Told.BOUNCED
        figures = counted(world)
        repeated = sum(one.tries == 2 and one.status is Told.SENT for one in stand)
        assert figures.get("sent", 0) == sum(one.status is Told.SENT for one in stand)
        assert figures.get("repeated", 0) == repeated
        assert figures.get("bounced", 0) == sum(one.status is Told.BOUNCED for one in stand)
