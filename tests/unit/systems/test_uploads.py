"""What is too long for a body is uploaded, looked at where nobody else can write, and used."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.errors import Conflict, Unprocessable
from chalicelib.requests.service.answers import Given
from chalicelib.subjects.model import Life
from chalicelib.systems import service as systems
from chalicelib.systems.model import Status, Upload
from chalicelib.systems.service.supplements import supplements
from chalicelib.systems.store import object_key, upload_key
from tests.unit.core.samples import SUBJECT
from tests.unit.systems.world import ARCHIVE, PARTNER, RECORD, World, lines, sha256

FILE = lines(*[RECORD] * 50)
UPLOAD = Upload(len(FILE), sha256(FILE))
WRONG = lines(RECORD, {"category": "device", "fields": {"ip_address": "::1"}})
SECOND = Upload(len(WRONG), sha256(WRONG))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def give(world: World, request: str, upload: Upload = UPLOAD) -> Given:
    return world.give(request, PARTNER, "data", upload=upload)


def put(world: World, request: str, body: bytes = FILE) -> None:
    given = give(world, request, Upload(len(body), sha256(body)))
    assert given.place is not None
    world.s3.put(given.place.url, body)


def test_a_file_is_announced_uploaded_looked_at_and_used(world: World) -> None:
    request = world.ask("copy")
    world.give(request, ARCHIVE, "nothing")
    put(world, request)
    assert world.question(request, PARTNER).status is None
    assert give(world, request).checked
    assert [job.action for job in world.of_queue("fulfilment")] == ["check_answer"]
    assert give(world, request).checked
    world.check()
    assert world.question(request, PARTNER).status is Status.DATA
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]
    given = give(world, request)
    assert (given.status, given.checked, given.place) == (Status.DATA, False, None)
    (found,) = [one for one in supplements(SUBJECT, request) if one.system == PARTNER]
    assert list(found.records) == [RECORD] * 50
    with pytest.raises(Conflict):
        give(world, request, SECOND)


def test_an_announced_file_that_is_not_there_gets_its_place_again(world: World) -> None:
    request = world.ask("copy")
    first, second = give(world, request), give(world, request)
    assert first.place is not None
    assert second.place is not None
    assert first.place.url == second.place.url
    assert world.of_queue("fulfilment") == []


def test_another_file_may_be_announced_until_one_is_looked_at(world: World) -> None:
    request = world.ask("copy")
    give(world, request)
    put(world, request, WRONG)
    assert give(world, request, SECOND).checked
    with pytest.raises(Conflict):
        give(world, request)


def test_a_file_of_the_wrong_form_is_refused_and_gone(world: World) -> None:
    request = world.ask("copy")
    put(world, request, WRONG)
    give(world, request, SECOND)
    world.check()
    assert world.s3.objects == {}
    assert world.question(request, PARTNER).status is None
    with pytest.raises(Unprocessable) as refused:
        give(world, request, SECOND)
    assert refused.value.type == "upload-unfit"
    assert [one.pointer for one in refused.value.findings] == ["/2/category"]
    put(world, request)
    give(world, request)
    world.check()
    assert world.question(request, PARTNER).status is Status.DATA


def test_a_file_that_is_replaced_after_it_was_looked_at_is_not_used(world: World) -> None:
    request = world.ask("copy")
    place = give(world, request).place
    assert place is not None
    world.s3.put(place.url, FILE)
    give(world, request)
    world.check()
    world.s3.put(place.url, b"x" * len(FILE))
    (found,) = [one for one in supplements(SUBJECT, request) if one.system == PARTNER]
    assert list(found.records) == [RECORD] * 50


def test_a_file_that_vanished_is_asked_for_again(world: World) -> None:
    request = world.ask("copy")
    put(world, request)
    give(world, request)
    world.s3.objects.clear()
    world.check()
    with pytest.raises(Unprocessable):
        give(world, request)


def test_an_upload_goes_with_its_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = world.ask("copy")
    put(world, request)
    give(world, request)
    world.check()
    assert set(world.s3.objects) == {object_key(SUBJECT, request, PARTNER)}
    world.s3.objects[upload_key(SUBJECT, request, PARTNER)] = b"a second upload"
    gone: list[str] = []
    monkeypatch.setattr(
        "chalicelib.storage.partition.remove", lambda _pk, found, **_: gone.extend(found)
    )
    systems.delete(SUBJECT, request)
    assert world.s3.objects == {}
    questions, answers = world.stored()
    assert set(gone) == {item.sk for item in (*questions, *answers)}


def test_no_file_comes_to_somebody_who_is_being_erased(world: World) -> None:
    request = world.ask("copy")
    put(world, request)
    give(world, request)
    world.stop(Life.ERASING)
    world.check()
    assert world.question(request, PARTNER).status is None


def test_nothing_of_a_file_is_logged(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    request = world.ask("copy")
    put(world, request, WRONG)
    give(world, request, SECOND)
    world.check()
    said = "".join(capfd.readouterr())
    assert "Ada" not in said
    assert "::1" not in said


@pytest.mark.parametrize("call", ["s3.copy", "s3.get", "s3.delete"])
def test_a_bucket_that_is_away_for_a_moment_loses_nothing(world: World, call: str) -> None:
    request = world.ask("copy")
    put(world, request)
    give(world, request)

    def away() -> None:
        raise EndpointConnectionError(endpoint_url="s3")

    world.steps.meanwhile = {call: [away]}
    with pytest.raises(EndpointConnectionError):
        world.check()
    world.check()
    assert world.question(request, PARTNER).status is Status.DATA
    (found,) = [one for one in supplements(SUBJECT, request) if one.system == PARTNER]
    assert list(found.records) == [RECORD] * 50
    assert set(world.s3.objects) == {object_key(SUBJECT, request, PARTNER)}
