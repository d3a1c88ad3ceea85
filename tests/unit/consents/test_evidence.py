"""Evidence of what was shown is verified, or not kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import settings
from chalicelib.consents.model import NOT_VERIFIED, Choice, Shown
from chalicelib.consents.service import capture as service
from chalicelib.consents.service import evidence
from chalicelib.consents.service.capture import Captured
from chalicelib.errors import Unprocessable
from chalicelib.notices.service import evidence as served
from chalicelib.storage import clients
from tests.unit.consents.world import World
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing

GRANT, DENY = Choice.GRANTED, Choice.DENIED
MAC_AT, HOUR_AT = -64, -78


class Kms:
    """KMS as far as evidence uses it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.broken = False

    def generate_mac(self, **asked: Any) -> dict[str, Any]:
        """A MAC, by a key that is here only."""
        self.calls.append("generate")
        return {"Mac": self._mac(asked["Message"])}

    def verify_mac(self, **asked: Any) -> dict[str, Any]:
        """As AWS does it: a wrong one is an error."""
        self.calls.append("verify")
        if self.broken:
            raise OSError("out of reach")
        if asked["Mac"] != self._mac(asked["Message"]):
            raise ClientError({"Error": {"Code": "KMSInvalidMacException"}}, "VerifyMac")
        return {"MacValid": True}

    def _mac(self, message: bytes) -> bytes:
        return hmac.new(b"key", message, hashlib.sha256).digest()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch, shipped(), standing())


@pytest.fixture(autouse=True)
def kms(monkeypatch: pytest.MonkeyPatch) -> Kms:
    made = Kms()
    monkeypatch.setattr(clients, "kms", lambda: made)
    monkeypatch.setattr(settings, "notice_key", lambda: "notice")
    monkeypatch.setattr(served, "_known", {})
    return made


def decide(
    world: World, proof: str | None, choice: Choice, locale: str = "it", **more: Any
) -> Captured:
    """Somebody decides, with that evidence."""
    notice = world.notice
    shown = Shown(notice.version, notice.digest, locale, "banner", proof)
    event, gpc = more.get("event"), more.get("gpc", False)
    purpose = more.get("purpose", "surveys")
    return service.capture(world.account, {purpose: choice}, shown, event, notice, gpc=gpc)


def kept(world: World) -> Any:
    """What the last entry holds of it."""
    return world.entries()[-1].opened.get("evidence")


Change = Callable[[str, World], str]
FALSE: dict[str, Change] = {
    "MAC": lambda text, _: text[:-1] + ("0" if text[-1] != "0" else "1"),
    "language": lambda text, _: text.replace(".it.", ".en."),
    "unknown language": lambda text, _: text.replace(".it.", ".xx."),
    "hour to come": lambda text, _: f"{text[:HOUR_AT]}2099-01-01T00.{text[MAC_AT:]}",
    "another hour": lambda text, _: f"{text[:HOUR_AT]}2026-11-22T15.{text[MAC_AT:]}",
    "no hour": lambda text, _: f"{text[:HOUR_AT]}2026-13-41T99.{text[MAC_AT:]}",
    "version": lambda text, world: text.replace(world.notice.version, "2020-01-01"),
    "made up": lambda _, __: "1.2020-01-01.xx.1999-01-01T00." + "f" * 64,
}


@pytest.mark.parametrize("forget", [True, False])
@pytest.mark.parametrize("name", FALSE)
def test_false_evidence_is_refused_with_a_yes_and_not_kept_with_a_no(
    world: World, name: str, forget: bool
) -> None:
    text = served.made(world.notice, "it")
    false = FALSE[name](text, world)
    assert false != text
    if forget:
        served._known.clear()
    with pytest.raises(Unprocessable) as refused:
        decide(world, false, GRANT)
    assert refused.value.type == "evidence-not-verified"
    assert [one.pointer for one in refused.value.findings] == ["/evidence"]
    assert world.entries() == []
    decide(world, false, DENY)
    assert kept(world) == NOT_VERIFIED


@pytest.mark.parametrize("choice", [GRANT, DENY])
def test_what_holds_is_kept_as_it_is(world: World, choice: Choice) -> None:
    text = served.made(world.notice, "it")
    served._known.clear()
    decide(world, text, choice)
    assert kept(world) == text
    decide(world, None, choice)
    assert kept(world) is None


@pytest.mark.parametrize(("hours", "holds"), [(0, True), (48, True), (49, False), (500, False)])
def test_it_is_at_most_two_days_old(world: World, hours: int, holds: bool) -> None:
    text = served.made(world.notice, "it")
    world.now += timedelta(hours=hours)
    world.sign_in()
    if holds:
        decide(world, text, GRANT)
        assert kept(world) == text
    else:
        with pytest.raises(Unprocessable):
            decide(world, text, GRANT)


def test_a_warm_process_asks_for_nothing(world: World, kms: Kms) -> None:
    text = served.made(world.notice, "it")
    served._known.clear()
    kms.calls.clear()
    for _ in range(5):
        decide(world, text, GRANT)
    assert kms.calls == ["verify"]
    for _ in range(5):
        decide(world, text[:-1] + ("0" if text[-1] != "0" else "1"), DENY)
    assert kms.calls == ["verify"]


def test_what_cannot_be_true_costs_no_call(world: World, kms: Kms) -> None:
    text = served.made(world.notice, "it")
    kms.calls.clear()
    for name in ("language", "hour to come", "version", "made up", "no hour"):
        decide(world, FALSE[name](text, world), DENY)
    assert kms.calls == []


def test_a_repetition_is_one_however_old_its_evidence(world: World) -> None:
    text = served.made(world.notice, "it")
    first = decide(world, text, GRANT, event="queued")
    world.later(5)
    world.sign_in()
    assert decide(world, text, GRANT, event="queued").entry_id == first.entry_id
    assert len(world.entries()) == 1


def test_a_yes_that_a_signal_turns_into_a_no_is_a_no(world: World) -> None:
    false = "1.2020-01-01.xx.1999-01-01T00." + "f" * 64
    decide(world, false, GRANT, gpc=True, purpose="advertising_cookies")
    assert kept(world) == NOT_VERIFIED


def test_a_no_does_not_wait_for_kms(
    world: World, kms: Kms, capsys: pytest.CaptureFixture[str]
) -> None:
    text = served.made(world.notice, "it")
    served._known.clear()
    kms.broken = True
    decide(world, text, DENY)
    assert kept(world) == NOT_VERIFIED
    assert "consents.evidence_not_checked" in capsys.readouterr().out
    with pytest.raises(OSError, match="out of reach"):
        decide(world, text, GRANT)


def test_who_names_no_language_is_taken_to_have_read_the_one_it_is_about() -> None:
    notice = shipped()
    assert evidence.language(served.made(notice, "en"), notice) == "en"
    assert evidence.language(served.made(notice, "en").replace(".en.", ".xx."), notice) is None
    assert evidence.language("nonsense", notice) is None
    assert evidence.language(None, notice) is None


def test_evidence_is_remembered_for_two_days_and_no_longer(world: World) -> None:
    for _ in range(6):
        served.made(world.notice, "it")
        world.later(1)
    assert len(served._known) <= 5
    assert SUBJECT not in repr(served._known)
    assert world.now > NOW
