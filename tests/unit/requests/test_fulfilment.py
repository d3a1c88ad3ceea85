"""Copies are made once, whole, and never lie about without their record: whatever breaks off."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.copies import store as copies
from chalicelib.disclosures.store import DisclosureItem
from chalicelib.errors import Conflict, NotFound, Unprocessable
from chalicelib.jobs.consumer import consume
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.service import Ticket, new_job
from chalicelib.jobs.store import JobItem
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor, Status
from chalicelib.requests.model import FULFILMENT_QUEUE, MADE, Asked
from chalicelib.requests.service import exports, fulfilment, intake, view
from chalicelib.requests.service.access import Bearer
from chalicelib.requests.store import ContactItem, ExportItem
from chalicelib.sessions.store import LinkItem
from chalicelib.storage import clients, keys
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from functions.queues import fulfilment as queue
from tests.unit.copies import bucket
from tests.unit.copies.bucket import Bucket
from tests.unit.copies.samples import Copy, unpacked
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.requests.world import ADDRESS, Message, World
from tests.unit.retention import sweeping
from tests.unit.retention.sweeping import sweep
from tests.unit.storage.tables import Killed

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
CONTACT = "c" * 26
IMPORTED = (fulfilment, sweeping)
"""Modules that are imported here before tables take DynamoDB's place."""


class Archive(World):
    """The deployment with its bucket, and the function that makes copies."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.bucket = Bucket(self.steps)
        monkeypatch.setattr(clients, "s3", lambda: self.bucket)
        monkeypatch.setenv("RISERBO_EXPORTS_BUCKET", "exports")
        monkeypatch.setenv("RISERBO_KEY_EVIDENCE", "arn:key")

    def waiting(self) -> list[JobItem]:
        """The copies that are still to be made."""
        return [one for one in self.tables.all(JobItem) if one.queue == FULFILMENT_QUEUE]

    def make(self) -> int:
        """One worker takes each copy; returns how many failed, or died. Later they come again."""
        failed = 0
        for job in self.waiting():
            try:
                body = Ticket(job.subject, job.id).body()
                failed += len(consume([Message(body)], queue._fulfil)["batchItemFailures"])
            except Killed:
                self.steps.revive()
                failed += 1
        self.now += LEASE
        return failed

    def export(self, request: str, subject: str = SUBJECT) -> ExportItem | None:
        """The record of a copy."""
        found = self.tables.one(ExportItem, *store.export_place(subject, request))
        assert found is None or isinstance(found, ExportItem)
        return found

    def copy(self, request: str, subject: str = SUBJECT) -> Copy:
        """A copy, which its record describes."""
        export = self.export(request, subject)
        assert export is not None
        body = self.bucket.objects[export.object]["Body"]
        assert export.size == len(body)
        assert export.sha256 == hashlib.sha256(body).hexdigest()
        return unpacked(body)

    def together(self) -> bool:
        """Whether each record has its body, and each body its record."""
        recorded = {one.object for one in self.tables.all(ExportItem)}
        return recorded == self.bucket.objects.keys()

    def contact(self, right: str = "copy") -> str:
        """A request by an address alone, which is proven; its id."""
        item = intake.new_item(CONTACT, CONTACT, Asked(Right(right), "Hello?"), "en", self.now)
        item.channel, item.contact = "email", b"mac"
        intake.record(item, Action.SUBMIT_BY_ADDRESS, Actor.PERSON, self.notice, self.now)
        intake.record(item, Action.PROVE, Actor.PERSON, self.notice, self.now)
        contact = ContactItem(*store.contact_place(CONTACT), kind="contact")
        vault.seal_item(item, DataKey(CONTACT, "evidence", b"k" * 32), {"details": "Hello?"})
        vault.seal_item(contact, DataKey(CONTACT, "account", b"k" * 32), {"email": ADDRESS})
        data_keys = [
            DataKeyItem(
                pk=keys.subject(CONTACT),
                sk=name,
                kind="data_key",
                material=b"k" * 32,
                created_at=NOW,
            )
            for name in ("account", "evidence")
        ]
        action = MADE[right]
        job = new_job(CONTACT, FULFILMENT_QUEUE, action, CONTACT, self.now, job_id=action)
        self.tables.put(item, contact, job, *data_keys)
        return CONTACT


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Archive:
    return Archive(monkeypatch)


@pytest.mark.parametrize("right", ["copy", "port"])
def test_it_is_made_when_it_is_asked_for(archive: Archive, right: str) -> None:
    request = archive.ask(right)
    assert [job.id for job in archive.waiting()] == [MADE[right]]
    assert archive.make() == 0
    assert archive.request(request).status is Status.COMPLETED
    copied = archive.copy(request)
    assert copied.data["request"]["right"] == right
    assert copied.fields("profile")[0]["email"] == ADDRESS
    assert ("request" in copied.kinds) is (right == "copy")
    archive.work_off()
    assert "The copy of your data is ready" in archive.subjects()
    assert ("take it along" in archive.text()) is (right == "port")
    assert not archive.waiting()


def test_both_rights_are_answered_beside_one_another(archive: Archive) -> None:
    requests = [archive.ask(right) for right in ("copy", "port")]
    assert archive.ask("port") == requests[1]  # it is open, and joined
    archive.make()
    assert [archive.copy(one).data["request"]["right"] for one in requests] == ["copy", "port"]


@pytest.mark.parametrize("right", ["copy", "port"])
def test_one_that_is_cancelled_is_not_made(archive: Archive, right: str) -> None:
    request = archive.ask(right)
    view.cancel(archive.signed_in(), request, archive.notice)
    assert archive.make() == 0
    assert not archive.waiting()
    assert archive.bucket.objects == {}


@contextmanager
def deployed() -> Iterator[Archive]:
    """Another deployment: its tables take the place of those before."""
    with pytest.MonkeyPatch.context() as patch:
        yield Archive(patch)


def calls_of_a_copy(prepare: Callable[[Archive], object]) -> list[str]:
    """The calls of the worker that makes a copy, in order."""
    with deployed() as archive:
        prepare(archive)
        archive.ask("copy")
        archive.steps.names.clear()
        assert archive.make() == 0
        return list(archive.steps.names)


def test_killed_before_any_call_it_is_made_once() -> None:
    calls = calls_of_a_copy(lambda _: None)
    assert "s3.put_object" in calls
    for number, name in enumerate(calls):
        with deployed() as archive:
            request = archive.ask("copy")
            archive.steps.kill_before(number)
            assert archive.make() == 1, name
            assert archive.export(request) is None or archive.together()
            while archive.waiting():
                assert archive.make() == 0
            archive.work_off()
            assert archive.request(request).status is Status.COMPLETED, name
            assert archive.copy(request).items("request")
            assert archive.together()
            assert archive.subjects().count("The copy of your data is ready") == 1


RECORDS = 4
"""As many as a copy of several small parts needs."""


@pytest.fixture
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 64 KiB. With those of S3 a copy of several is tried in tests/unit/copies."""
    monkeypatch.setattr(copies, "PART", 64 * 1024)
    monkeypatch.setattr(bucket, "SMALLEST_PART", 64 * 1024)


def large(archive: Archive) -> None:
    """So much about the person that the copy goes in parts, where these are small."""
    for number in range(RECORDS):
        noise = hashlib.shake_256(str(number).encode()).digest(40_000).hex()
        sk = f"evidence#disclosure#{number:05d}"
        archive.tables.put(disclosure(SUBJECT, sk, recipient=noise))


@pytest.mark.usefixtures("_small_parts")
def test_killed_before_any_call_a_large_one_leaves_no_part() -> None:
    calls = calls_of_a_copy(large)
    numbers = [number for number, name in enumerate(calls) if name.startswith("s3.")]
    assert calls[numbers[0]] == "s3.create_multipart_upload"
    assert [calls[one] for one in numbers].count("s3.upload_part") > 2
    assert [calls[one] for one in numbers[-2:]] == [
        "s3.complete_multipart_upload",
        "s3.list_objects_v2",
    ]
    for number in (numbers[0], numbers[1], numbers[-2]):
        with deployed() as archive:
            large(archive)
            request = archive.ask("copy")
            archive.steps.kill_before(number)
            assert archive.make() == 1
            assert archive.bucket.objects == {}
            archive.bucket.a_day_later()  # the bucket's rule
            assert archive.make() == 0
            assert archive.bucket.uploads == {}
            assert len(archive.copy(request).items("disclosure")) == RECORDS
            assert archive.together()


@pytest.mark.parametrize("call", ["put_object"])
def test_while_s3_is_away_nothing_is_recorded(archive: Archive, call: str) -> None:
    request = archive.ask("copy")
    archive.bucket.away = {call}
    assert archive.make() == 1
    assert archive.export(request) is None
    assert archive.request(request).status is Status.RECEIVED
    archive.bucket.away = set()
    assert archive.make() == 0
    assert archive.copy(request).items("request")


def test_while_kms_is_away_nothing_is_recorded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = archive.ask("copy")

    def away(_: DataKeyItem) -> DataKey:
        raise ConnectionError("KMS is away")

    with monkeypatch.context() as patch:
        patch.setattr(vault, "open_key", away)
        assert archive.make() == 1
    assert archive.bucket.objects == {}
    assert archive.export(request) is None
    assert archive.make() == 0
    assert archive.together()


def refused(archive: Archive, request: str) -> None:
    archive.act(request, Action.REFUSE, Actor.DESK, "others_data")


def gone(archive: Archive, request: str) -> None:
    place = store.request_place(SUBJECT, request)
    archive.tables.items.pop((False, *place))


MEANWHILE: Mapping[str, Callable[[Archive, str], object]] = {
    "cancelled": lambda archive, request: view.cancel(archive.signed_in(), request, archive.notice),
    "erasing": lambda archive, _: archive.stop(Life.ERASING),
    "disowned": lambda archive, _: archive.stop(disowned=True),
    "refused": refused,
    "paused": lambda archive, request: archive.act(
        request, Action.PAUSE, Actor.DESK, "clarification"
    ),
    "gone": gone,
}


@pytest.mark.parametrize("moment", ["page of records", "s3.put_object", "commit"])
@pytest.mark.parametrize("what", MEANWHILE)
def test_what_happens_meanwhile_leaves_no_body(archive: Archive, what: str, moment: str) -> None:
    request = archive.ask("copy")
    archive.steps.meanwhile[moment] = [lambda: MEANWHILE[what](archive, request)]
    archive.make()
    assert archive.steps.meanwhile[moment] == []
    while archive.waiting():
        archive.make()
    assert archive.bucket.objects == {}
    assert archive.export(request) is None
    assert not [one for one in archive.subjects() if "ready" in one]


def test_an_answer_that_is_lost_after_the_record_leaves_its_body(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = archive.ask("copy")

    def lost(record: Callable[[], object]) -> None:
        record()
        raise ConnectionError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(fulfilment, "patiently", lost)
        assert archive.make() == 1
    archive.make()
    assert archive.copy(request)
    assert archive.together()


def test_a_second_worker_changes_nothing(archive: Archive) -> None:
    archive.ask("copy")
    (job,) = archive.waiting()
    archive.make()
    before = dict(archive.tables.items)
    archive.tables.put(job)
    archive.make()
    assert archive.tables.items == before
    assert archive.together()


def test_a_worker_that_comes_late_leaves_the_record_true(archive: Archive) -> None:
    """Its body lies in the place of that of the worker who answered."""
    request = archive.ask("copy")

    def another() -> None:
        archive.now += SECOND
        (job,) = archive.waiting()
        archive.tables.put(new_job(SUBJECT, job.queue, job.action, request, archive.now))
        archive.make()

    archive.steps.meanwhile["s3.put_object"] = [another]
    archive.make()
    assert archive.request(request).status is Status.COMPLETED
    assert archive.copy(request).items("request")
    assert archive.together()


def test_one_that_is_disputed_is_made_anew(archive: Archive) -> None:
    request = archive.ask("copy")
    archive.make()
    exports.issue_export(archive.signed_in(), request, archive.notice)
    archive.act(request, Action.DISPUTE, Actor.PERSON)
    with pytest.raises(Conflict):
        exports.issue_export(archive.signed_in(), request, archive.notice)
    archive.act(request, Action.APPROVE, Actor.DESK)
    job = new_job(SUBJECT, FULFILMENT_QUEUE, "copy", request, archive.now, job_id="copy")
    archive.tables.put(job)
    assert archive.make() == 0
    assert archive.request(request).status is Status.COMPLETED
    assert archive.copy(request).items("request")
    export = archive.export(request)
    assert export is not None
    assert len(export.issued) == 1
    assert archive.together()
    archive.now += DAY
    exports.issue_export(archive.signed_in(), request, archive.notice)
    again = archive.export(request)
    assert again is not None
    assert len(again.issued) == 2
    assert again.ends_at == archive.now + DAY  # from the first issue of this one


class TestIssue:
    @pytest.fixture
    def request_id(self, archive: Archive) -> str:
        request = archive.ask("copy")
        archive.make()
        archive.work_off()
        return request

    def issue(self, archive: Archive, request: str) -> exports.Issued:
        return exports.issue_export(Bearer(SUBJECT), request, archive.notice)

    def test_it_is_recorded_and_described(self, archive: Archive, request_id: str) -> None:
        issued, export = self.issue(archive, request_id), archive.export(request_id)
        assert export is not None
        assert len(export.issued) == 1
        assert (issued.size, issued.sha256) == (export.size, export.sha256)
        assert issued.expires_at == archive.now + timedelta(seconds=60)
        assert issued.url.startswith("https://s3.example/exports/")

    def test_from_the_first_on_it_is_kept_for_a_day(
        self, archive: Archive, request_id: str
    ) -> None:
        made = archive.export(request_id)
        assert made is not None
        assert made.ends_at == made.created_at + 7 * DAY
        archive.now += DAY
        self.issue(archive, request_id)
        first, ends = archive.now, archive.now + DAY
        archive.now += timedelta(hours=20)
        self.issue(archive, request_id)
        found = archive.export(request_id)
        assert found is not None
        assert (found.ends_at, found.due_event, found.due_since) == (ends, "issued", first)
        assert len(found.issued) == 2
        archive.now = ends
        with pytest.raises(NotFound):
            self.issue(archive, request_id)
        swept = sweep(archive.notice)
        assert swept.erased == 1
        assert archive.export(request_id) is None
        assert archive.bucket.objects == {}

    def test_the_notices_end_stays_where_it_is_sooner(
        self, archive: Archive, request_id: str
    ) -> None:
        made = archive.export(request_id)
        assert made is not None
        assert made.ends_at is not None
        archive.now = made.ends_at - timedelta(hours=3)
        self.issue(archive, request_id)
        found = archive.export(request_id)
        assert found is not None
        assert (found.ends_at, found.due_event) == (made.ends_at, "created")

    def test_two_first_issues_at_once_are_both_recorded(
        self, archive: Archive, request_id: str
    ) -> None:
        archive.steps.meanwhile["update"] = [lambda: self.issue(archive, request_id)]
        self.issue(archive, request_id)
        export = archive.export(request_id)
        assert export is not None
        assert len(export.issued) == 2
        assert export.ends_at == archive.now + DAY

    def test_killed_before_any_call_no_address_is_given_unrecorded(
        self, archive: Archive, request_id: str
    ) -> None:
        archive.steps.names.clear()
        self.issue(archive, request_id)
        for number in range(len(archive.steps.names)):
            archive.steps.kill_before(number)
            with pytest.raises(Killed):
                self.issue(archive, request_id)
            archive.steps.revive()
        export = archive.export(request_id)
        assert export is not None
        assert len(export.issued) == 1

    def test_a_copy_of_an_earlier_release_has_no_digest(
        self, archive: Archive, request_id: str
    ) -> None:
        export = archive.export(request_id)
        assert export is not None
        export.sha256 = None
        archive.tables.put(export)
        assert self.issue(archive, request_id).sha256 is None


class TestContact:
    def test_nothing_but_the_request_is_held(self, archive: Archive) -> None:
        archive.contact()
        assert archive.make() == 0
        copied = archive.copy(CONTACT, CONTACT)
        assert copied.kinds == ["contact", "request"]
        assert copied.fields("contact") == [{"email": ADDRESS}]
        assert copied.fields("request")[0]["details"] == "Hello?"
        assert copied.data["held"]["text"].startswith("Nothing is held about you but")
        assert b"mac".hex() not in str(copied.data)

    def test_nothing_is_taken_along_but_what_they_gave(self, archive: Archive) -> None:
        archive.contact("port")
        assert archive.make() == 0
        assert archive.copy(CONTACT, CONTACT).data["request"]["right"] == "port"

    def test_the_mail_leads_to_a_button_and_the_button_to_the_copy(self, archive: Archive) -> None:
        archive.contact()
        archive.make()
        archive.work_off()
        assert archive.subjects() == ["The copy of your data is ready"]
        found = re.search(r"/requests/(\w+)/download\?token=([\w.-]+)", archive.text())
        assert found is not None
        request, token = found.groups()
        assert request == CONTACT
        issued = exports.issue_by_link(request, token, archive.notice)
        again = exports.issue_by_link(request, token, archive.notice)
        assert issued.sha256 == again.sha256
        export = archive.export(CONTACT, CONTACT)
        assert export is not None
        assert len(export.issued) == 2
        other = archive.ask("copy")
        with pytest.raises(Unprocessable):
            exports.issue_by_link(other, token, archive.notice)
        archive.now += DAY
        with pytest.raises(Unprocessable):
            exports.issue_by_link(request, token, archive.notice)

    def test_the_link_ends_with_the_copy(self, archive: Archive) -> None:
        archive.contact()
        archive.make()
        archive.work_off()
        (link,) = archive.tables.all(LinkItem)
        export = archive.export(CONTACT, CONTACT)
        assert export is not None
        assert link.expires_at <= export.ends_at

    def test_killed_before_any_call_it_is_made_once(self) -> None:
        number, died = 0, True
        while died:
            with deployed() as archive:
                archive.contact()
                archive.steps.kill_before(number)
                died = archive.make() == 1
                archive.steps.revive()
                while archive.waiting():
                    archive.make()
                archive.work_off()
                assert archive.copy(CONTACT, CONTACT).kinds == ["contact", "request"]
                assert archive.together()
                assert archive.subjects() == ["The copy of your data is ready"]
            number += 1
        assert number > 8


OTHER = "o" * 26


def disclosure(subject: str, sk: str, **fields: Any) -> DisclosureItem:
    """A record that lies unsealed."""
    known = {
        "recipient": "sponsors",
        "category": "identity",
        "purpose": "surveys",
        "disclosed_at": NOW,
        "entry": f"{subject}.1",
    }
    return DisclosureItem(pk=keys.subject(subject), sk=sk, kind="disclosure", **{**known, **fields})


def belongings(subject: str) -> Iterator[Any]:
    """An account with ids of its own."""
    yield standing_item(standing(subject))
    for number in range(5):
        yield disclosure(subject, f"evidence#disclosure#{subject[0]}{number}")


def test_a_copy_holds_nothing_of_another_person(archive: Archive) -> None:
    archive.tables.put(*belongings(SUBJECT), *belongings(OTHER))
    one = archive.ask("copy")
    item = intake.new_item(OTHER, "p" * 26, Asked(Right.COPY), "en", archive.now)
    item.channel = "website"
    intake.record(item, Action.SUBMIT, Actor.PERSON, archive.notice, archive.now)
    job = new_job(OTHER, FULFILMENT_QUEUE, "copy", "p" * 26, archive.now, job_id="copy")
    archive.tables.put(item, job)
    assert archive.make() == 0
    mine, theirs = archive.copy(one), archive.copy("p" * 26, OTHER)
    assert len(mine.items("disclosure")) == len(theirs.items("disclosure")) == 5
    for copied, strangers in ((mine, (OTHER, "p" * 26, "o0")), (theirs, (SUBJECT, one, "a0"))):
        told = {str(value) for value in _values(copied.data)}
        for stranger in strangers:
            assert not [value for value in told if value.startswith(stranger)]
            assert stranger == strangers[2] or stranger not in copied.page


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _values(part)
    elif isinstance(value, list):
        for part in value:
            yield from _values(part)
    else:
        yield value


def test_records_of_several_pages_are_all_there(archive: Archive) -> None:
    archive.tables.page = 1_250
    template = disclosure(SUBJECT, "").serialize()
    for number in range(5_000):
        sk = f"evidence#disclosure#{number:06d}"
        archive.tables.items[False, keys.subject(SUBJECT), sk] = {**template, "sk": {"S": sk}}
    request = archive.ask("copy")
    archive.steps.names.clear()
    assert archive.make() == 0
    assert archive.steps.names.count("page of records") == 5
    copied = archive.copy(request)
    assert len({one["id"] for one in copied.items("disclosure")}) == 5_000
    assert copied.page.count('<dl class="record">') == copied.data["held"]["records"] > 5_000
    (received,) = copied.about("identity")["received"]
    assert received["times"] == 5_000


def test_a_request_that_waits_for_an_answer_is_left_alone(archive: Archive) -> None:
    request = archive.ask("copy")
    archive.act(request, Action.PAUSE, Actor.DESK, "clarification")
    archive.make()
    assert archive.bucket.objects == {}
    assert archive.request(request).status is Status.PAUSED
