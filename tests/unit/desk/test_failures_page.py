"""The page of failures: callbacks that no recipient took, dead letters, and sending both again."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.jobs import dead_letters
from chalicelib.jobs.model import QUEUES
from chalicelib.jobs.service import Ticket, new_job
from chalicelib.jobs.store import JobItem
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words as texts
from chalicelib.webhooks import store
from chalicelib.webhooks.model import QUEUE, Callback, Delivery, Event, Status, callback_id
from tests.unit.core.samples import SUBJECT, association, shipped_in
from tests.unit.desk.member import words
from tests.unit.desk.office import OFFICER, OTHER, READER, Office
from tests.unit.desk.shelf import links, opens, sends
from tests.unit.web.accessible import check_accessible

PAGE = "/desk/failures"
PARTNERS, SPONSORS = "affiliate_partners", "sponsors"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")


def failed(
    office: Office,
    status: Status = Status.FAILED,
    recipient: str = PARTNERS,
    number: int = 1,
    place: str | None = None,
    job: bool = True,
) -> str:
    """A callback in a status, with the job that tries it again; its id."""
    made = callback_id(office.now + timedelta(seconds=number), f"{number:026}")
    event = list(Event)[number % len(Event)]
    callback = Callback(made, event, office.now, SUBJECT, recipient, (), None, "2026-11-22")
    error = None if status in (Status.DELIVERED, Status.NO_ENDPOINT) else "timeout"
    found = Delivery(
        made, recipient, event, SUBJECT, None, status, 5, error, office.now, office.now, None, place
    )
    write = office.tables.transaction(office.notice)
    store.put_delivery(write, found, (), office.now + timedelta(days=300))  # type: ignore[arg-type]
    if job:
        target = callback.target()
        where = place or SUBJECT
        write.put(new_job(where, QUEUE, str(event), target, office.now, job_id=made))
    write.commit()
    return made


def again(sent_text: str) -> list[str]:
    """What a page offers to send again."""
    return re.findall(r'name="what" value="([^"]*)"', sent_text)


def sent_to(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The messages that SQS takes from then on: the end of the URL, and the text."""
    taken: list[tuple[str, str]] = []

    def send_message(QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - SQS
        taken.append((QueueUrl.rpartition("/")[2], MessageBody))

    monkeypatch.setattr(office.sqs, "send_message", send_message)
    return taken


def test_what_was_not_delivered_is_shown_by_ids_alone(office: Office) -> None:
    retried, dead = failed(office, Status.RETRYING), failed(office, Status.FAILED, number=2)
    by_hand = failed(office, Status.NO_ENDPOINT, SPONSORS, number=3)
    delivered = failed(office, Status.DELIVERED, number=4)
    sent = opens(office, PAGE)
    text = words(sent)
    assert sent.status == 200
    for number in (retried, dead, by_hand):
        assert number in text
    assert delivered not in text
    assert "no answer in time · tries: 5" in text
    assert office.notice.text(office.notice.recipients[PARTNERS].name, "en") in text
    assert SUBJECT[:8] in text
    assert SUBJECT not in text
    assert again(sent.text) == [f"{PARTNERS}:{retried}", f"{PARTNERS}:{dead}", "mail"]


def test_each_look_is_an_entry_of_the_audit(office: Office) -> None:
    assert opens(office, PAGE, who=READER).status == 200
    assert [(one.by, one.action) for one in office.audited()] == [(READER, "callbacks_read")]


def test_a_reader_sees_the_same_and_sends_nothing(office: Office) -> None:
    failed(office)
    page, mine = opens(office, PAGE, who=READER), opens(office, PAGE)
    assert again(page.text) == []
    assert "<form" not in page.text.partition("<main")[2]
    rows = r'<th role="rowheader"'
    assert len(re.findall(rows, page.text)) == len(re.findall(rows, mine.text)) == 2
    assert sends(office, PAGE, who=READER, what="mail").status == 403
    assert office.sqs.dead["mail"]


@pytest.mark.parametrize("place", [None, "w" * 26])
def test_a_callback_is_sent_again_at_once_and_once_more_does_no_harm(
    office: Office, monkeypatch: pytest.MonkeyPatch, place: str | None
) -> None:
    made, taken = failed(office, place=place), sent_to(office, monkeypatch)
    for _ in range(2):
        sent = sends(office, PAGE, what=f"{PARTNERS}:{made}")
        assert sent.status == 303
        assert sent.headers["Location"] == f"https://privacy.example{PAGE}?done=callback&lang=en"
    assert taken == [("propagation", Ticket(place or SUBJECT, made).body())] * 2
    acts = [(one.by, one.action, one.subject) for one in office.audited()]
    assert acts == [(OFFICER, "callback_sent", SUBJECT)] * 2
    assert 'role="status"' in opens(office, PAGE, done="callback").text


def test_a_callback_that_is_gone_gives_its_finding_on_the_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = sent_to(office, monkeypatch)
    never = f"msg_20261122T160000000000_{'z' * 26}"
    delivered = failed(office, Status.DELIVERED, number=2)
    by_hand = failed(office, Status.NO_ENDPOINT, number=3)
    given_up = failed(office, number=4, job=False)
    for made in (never, delivered, by_hand, given_up):
        sent = sends(office, PAGE, what=f"{PARTNERS}:{made}")
        assert sent.status == 409
        assert "Nothing waits to be sent again" in words(sent)
        assert 'role="alert"' in sent.text
    assert taken == []
    assert {one.action for one in office.audited()} == {"callbacks_read"}


@pytest.mark.parametrize(
    "what",
    [
        "",
        "feedback",
        "mail ",
        "x:y",
        f"{PARTNERS}:msg_",
        "msg_1",
        f"../{PARTNERS}:msg_1",
        "a" * 900,
    ],
)
def test_what_is_nothing_to_send_is_refused_on_the_page(office: Office, what: str) -> None:
    sent = sends(office, PAGE, what=what)
    assert sent.status == 400
    assert 'role="alert"' in sent.text
    assert len(office.sqs.dead["mail"]) == 1


def test_dead_letters_are_shown_by_ids_and_go_back_to_their_queue(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = sent_to(office, monkeypatch)
    office.sqs.dead["retention"] = ["poison of ada@example.org", Ticket("a" * 26, "b" * 26).body()]
    page = opens(office, PAGE)
    text = words(page)
    assert "Messages, about: 2" in text
    assert "job bbbbbbbb of aaaaaaaa" in text
    assert "ada@example.org" not in page.text
    bodies = list(office.sqs.dead["retention"])
    assert sends(office, PAGE, what="retention").status == 303
    assert office.sqs.dead["retention"] == []
    assert taken == [("retention", body) for body in bodies]
    assert [one.action for one in office.audited()] == ["callbacks_read", "letters_sent"]
    gone = sends(office, PAGE, who=OTHER, what="retention")
    assert gone.status == 409
    assert "Nothing waits to be sent again" in words(gone)


def test_at_most_fifty_letters_go_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = sent_to(office, monkeypatch)
    office.sqs.dead["mail"] = [Ticket("a" * 26, f"{number:026}").body() for number in range(70)]
    assert "Messages, about: 70" in words(opens(office, PAGE))
    assert sends(office, PAGE, what="mail").status == 303
    assert len(taken) == dead_letters.MOST
    assert len(office.sqs.dead["mail"]) == 20


def test_a_queue_that_cannot_be_read_hides_nothing_else(office: Office) -> None:
    made = failed(office)
    office.sqs.away = True
    dead_letters._dead_letters.cache_clear()
    sent = opens(office, PAGE)
    assert sent.status == 200
    assert "This queue cannot be read at the moment" in words(sent)
    assert made in words(sent)


def test_five_hundred_are_read_in_pages_of_fifty_each_once(office: Office) -> None:
    made = {
        failed(office, Status.FAILED if number % 2 else Status.RETRYING, number=number, job=False)
        for number in range(500)
    }
    found, sent = list[str](), opens(office, PAGE, who=READER)
    for _ in range(11):
        found += re.findall(r'<div class="quiet small code">(msg_\w+)<', sent.text)
        following = links(sent, rel="next")
        if not following:
            break
        sent = opens(office, PAGE, who=READER, **dict(parse_qsl(urlsplit(following[0]).query)))
    assert len(found) == 500
    assert set(found) == made


def test_filters_narrow_and_hostile_ones_are_left_out(office: Office) -> None:
    retried = failed(office, Status.RETRYING)
    dead = failed(office, Status.FAILED, SPONSORS, number=2)
    for query, expected in (
        ({"status": "failed"}, {dead}),
        ({"recipient": PARTNERS}, {retried}),
        ({"recipient": PARTNERS, "status": "failed"}, set()),
        ({"status": "delivered"}, {retried, dead}),
        ({"status": "x" * 900, "recipient": "../<script>"}, {retried, dead}),
    ):
        sent = opens(office, PAGE, **query)
        assert sent.status == 200
        assert set(re.findall(r"msg_\w+(?=<)", sent.text)) == expected
    assert opens(office, PAGE, cursor="none").status == 400
    assert opens(office, PAGE, who=SUBJECT, cursor="?").status == 404


def test_another_organisation_has_no_callbacks(office: Office) -> None:
    office.notice = association()
    office.sqs.dead.clear()
    sent = opens(office, PAGE)
    assert sent.status == 200
    assert again(sent.text) == []


@pytest.mark.parametrize("language", languages())
def test_it_stands_in_every_language_with_a_word_for_each_code(
    office: Office, language: str
) -> None:
    office.notice = shipped_in(*languages())
    for number, status in enumerate(Status):
        failed(office, status, number=number)
    check_accessible(opens(office, PAGE, lang=language).text, language)
    said = texts("desk_reports", language)
    assert {f"event.{one}" for one in Event} <= set(said)
    assert {f"queue.{one}" for one in QUEUES} <= set(said)
    shown = set(Status) - {Status.DELIVERED}
    assert {f"{of}.{one}" for of in ("state", "status") for one in shown} <= set(said)


def test_the_job_of_a_callback_has_its_id(office: Office) -> None:
    from chalicelib.webhooks.service import Inquiry, inquire

    write = office.tables.transaction(office.notice)
    inquiry = Inquiry("q" * 26, "copy", (), office.now, "https://privacy.example/answer")
    job = inquire(write, SUBJECT, PARTNERS, inquiry, office.notice, office.now)  # type: ignore[arg-type]
    assert isinstance(job, JobItem)
    assert f'"id":"{job.id}"' in job.target.replace(": ", ":")
