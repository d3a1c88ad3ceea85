"""The receipt of an erasure: signed, without any data, and no consent receipt passes for it."""

from __future__ import annotations

import json
from datetime import timedelta

import jwt
import pytest
from jwt import PyJWK

from chalicelib.errors import Conflict, NotFound
from chalicelib.receipts import signature
from chalicelib.receipts.model import Reason
from chalicelib.receipts.service import closing, verification
from chalicelib.requests.service import view
from chalicelib.requests.service.access import Bearer
from chalicelib.subjects import burial
from tests.unit.core.samples import SUBJECT
from tests.unit.erasure.erased import ErasedWorld

DAY = timedelta(days=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    return found


def receipt_of(world: ErasedWorld) -> tuple[str, str]:
    """The request of somebody who was erased, and its receipt."""
    request = world.approved(details="Ada wants to go.")
    world.finish()
    receipt = world.item(request).receipt
    assert receipt is not None
    return request, receipt


def test_it_says_what_went_and_what_stays(world: ErasedWorld) -> None:
    request, receipt = receipt_of(world)
    verdict = verification.verify_closing(receipt)
    assert verdict.valid
    said = verdict.content
    assert said is not None
    assert (said["request"], said["subject"]) == (request, SUBJECT)
    assert said["erased"]["categories"]["identity"] == 1
    assert said["erased"]["records"]["profile"] == 1
    assert {one["kind"] for one in said["kept"]} == {"entry", "obligation", "request"}
    assert all(one["ground"] and one["article"] and one["ends_at"] for one in said["kept"])
    assert said["recipients_told"] == ["credit_reference_agencies"]
    assert (said["systems"], said["holds"]) == ({}, [])
    assert said["unreadable_from"] > said["closed_at"]
    shown = world.request(request).kept
    assert [(one.kind, one.ends_at) for one in shown] == [
        (one["kind"], one["ends_at"]) for one in said["kept"]
    ]
    written = json.dumps(said)
    assert not any(word in written for word in ("Ada", "ada@", "wants to go"))


def test_the_published_key_alone_verifies_it(world: ErasedWorld) -> None:
    _, receipt = receipt_of(world)
    key = PyJWK(signature.public_jwk())
    said = jwt.decode(receipt, key, algorithms=["ES256"], options={"verify_iat": False})
    assert said["subject"] == SUBJECT
    assert jwt.get_unverified_header(receipt)["typ"] == "closing-receipt+jwt"


def test_neither_receipt_passes_for_the_other(world: ErasedWorld) -> None:
    _, receipt = receipt_of(world)
    assert verification.verify(receipt).reason is Reason.TYPE
    consent = signature.signed({"iss": "https://privacy.example"})
    assert verification.verify(consent).valid
    assert verification.verify_closing(consent).reason is Reason.TYPE


def test_a_changed_one_is_refused(world: ErasedWorld) -> None:
    _, receipt = receipt_of(world)
    head, body, signed = receipt.split(".")
    assert verification.verify_closing(f"{head}.{body[:-2]}AA.{signed}").reason is Reason.SIGNATURE


def test_the_request_shows_it_to_its_person_alone(world: ErasedWorld) -> None:
    waiting = world.ask("port")
    with pytest.raises(Conflict):
        view.receipt_of(Bearer(SUBJECT), waiting, world.notice)
    request, receipt = receipt_of(world)
    assert view.receipt_of(Bearer(SUBJECT), request, world.notice) == receipt
    assert closing.content_of(receipt) == verification.verify_closing(receipt).content
    with pytest.raises(NotFound):
        view.receipt_of(Bearer("z" * 26), request, world.notice)


def test_the_mail_has_it(world: ErasedWorld) -> None:
    _, receipt = receipt_of(world)
    assert receipt in "".join(world.ses.taken[-1].get_content().split())


def test_it_says_what_is_still_kept_until_all_is_gone(world: ErasedWorld) -> None:
    _, receipt = receipt_of(world)
    said = verification.verify_closing(receipt).content
    assert said is not None
    world.steps.names.clear()
    assert [one.gone for one in closing.kept(said)] == [False, False, False]
    assert world.steps.names == ["get"]
    stone = burial.tombstone_of(SUBJECT)
    assert stone is not None
    world.now = stone.due_at + DAY
    for _ in range(3):
        world.sweep()
        world.now += DAY
    assert verification.verify_closing(receipt).valid
    assert [one.gone for one in closing.kept(said)] == [True, True, True]
