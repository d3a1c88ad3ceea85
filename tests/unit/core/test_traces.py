"""What an attack leaves in the logs: enough to follow it, and nothing about anybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import clock, traces
from chalicelib.accounts.service import credentials, enrolment, mails, signin, signout
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Problem, TooManyRequests
from chalicelib.vault import service as vault
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, SECRET, World, mac
from tests.unit.core.samples import NOW, SUBJECT, shipped

NOTICE = shipped()
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A process that asked for no key yet; the purposes for which it asks."""
    asked = list[str]()

    def derived(purpose: str) -> bytes:
        asked.append(purpose)
        return hashlib.sha256(purpose.encode()).digest()

    monkeypatch.setattr(traces, "_key", traces._Key())
    monkeypatch.setattr(vault, "derived_key", derived)
    monkeypatch.setenv("RISERBO_STAGE", "dev")
    return asked


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Read:
    def read() -> list[dict[str, Any]]:
        out = capsys.readouterr().out
        for word in (ADDRESS, PASSWORD, SECRET, NETWORK, NETWORK.split("/")[0], mac(ADDRESS)):
            assert word not in out
        return [json.loads(line) for line in out.splitlines()]

    return read


def sign_in(
    password: str = PASSWORD, code: str | None = None, email: str = ADDRESS, network: str = NETWORK
) -> None:
    signin.sign_in(email, password, code, Origin(network), NOTICE)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(Problem):
        act()


def metric(line: dict[str, Any]) -> str | None:
    """The metric that a line carries, after its form was looked at."""
    if "_aws" not in line:
        return None
    (counted,) = line["_aws"]["CloudWatchMetrics"]
    (one,) = counted["Metrics"]
    assert counted["Namespace"] == "Riserbo"
    assert counted["Dimensions"] == [["Stage"]]
    assert (line["Stage"], line[one["Name"]], one["Unit"]) == ("dev", 1, "Count")
    assert line["_aws"]["Timestamp"] == int(clock.now().timestamp() * 1000)
    name: str = one["Name"]
    return name


def test_a_sign_in_says_whose_how_and_from_where(world: World, lines: Read) -> None:
    sign_in()
    (line,) = lines()
    assert metric(line) == "SignIns"
    assert (line["event"], line["subject"]) == ("auth.signed_in", SUBJECT)
    assert (line["factor"], line["network"]) == ("password", traces.keyed(NETWORK))


def test_a_refused_one_says_why(world: World, lines: Read) -> None:
    refused(lambda: sign_in("a wrong password"))
    refused(lambda: sign_in(email="nobody@example.org"))
    wrong, unknown = lines()
    assert metric(wrong) == metric(unknown) == "SignInsRefused"
    assert wrong["event"] == unknown["event"] == "auth.refused"
    assert (wrong["subject"], wrong["reason"]) == (SUBJECT, "wrong_password")
    assert unknown["reason"] == "unknown_address"
    assert "subject" not in unknown
    assert wrong["network"] == unknown["network"]


def test_a_second_factor_leaves_its_own_trace(world: World, lines: Read) -> None:
    world.offer()
    refused(lambda: enrolment.confirm(world.signed_in(), "000000", NETWORK, NOTICE))
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)
    refused(sign_in)
    refused(lambda: sign_in(code="000000"))
    sign_in(code=world.code())
    code = world.code()
    enrolment.remove(world.signed_in(), PASSWORD, code, NETWORK, NOTICE)
    found = lines()
    assert [line["event"] for line in found] == [
        "auth.refused",
        "auth.second_factor_on",
        "auth.code_asked",
        "auth.refused",
        "auth.signed_in",
        "auth.second_factor_off",
    ]
    assert {line["subject"] for line in found} == {SUBJECT}
    assert [line.get("factor") for line in found if "factor" in line] == ["second_factor"] * 3
    assert found[0]["reason"] == found[3]["reason"] == "wrong_code"
    assert metric(found[2]) is None, "asking for a code is no refusal"


def test_a_limit_says_which_and_at_whom(world: World, lines: Read) -> None:
    for _ in range(10):
        refused(lambda: sign_in("a wrong password"))
    lines()
    with pytest.raises(TooManyRequests):
        sign_in()
    (line,) = lines()
    assert metric(line) == "LimitsReached"
    assert (line["event"], line["limit"], line["subject"]) == (
        "limit.reached",
        "guess.pair",
        SUBJECT,
    )
    assert line["network"] == traces.keyed(NETWORK)


def test_the_strict_count_is_a_limit_too(world: World, lines: Read) -> None:
    world.offer()
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)
    for number in range(10):
        refused(lambda number=number: sign_in(code="000000", network=f"2001:db8:{number:x}:1::/64"))  # type: ignore[misc]
    lines()
    refused(lambda: sign_in(code="000000"))
    (line,) = lines()
    assert (line["event"], line["limit"]) == ("limit.reached", "factor.account")
    assert line["subject"] == SUBJECT


def test_what_opens_an_account_is_told_when_it_changes(world: World, lines: Read) -> None:
    credentials.change(world.signed_in(), PASSWORD, "marmalade window seventeen", NETWORK, NOTICE)
    signout.sign_out_everywhere(world.signed_in(), NOTICE)
    found = [(line["event"], line["subject"]) for line in lines()]
    assert found == [("auth.password_changed", SUBJECT), ("auth.signed_out_everywhere", SUBJECT)]
    assert mails.PASSWORD_CHANGED in [job.action for job in world.sent]


def test_a_network_is_one_hash_all_week_and_another_after_it(
    monkeypatch: pytest.MonkeyPatch, fresh: list[str]
) -> None:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    first = traces.keyed(NETWORK)
    assert first == traces.keyed(NETWORK) != traces.keyed("203.0.114.0/24")
    assert len(fresh) == 1, "one call of KMS"
    moment[0] = NOW + timedelta(weeks=1)
    assert traces.keyed(NETWORK) != first
    assert len(fresh) == 2
    assert len(first) == 20


def test_nobody_without_the_key_works_a_network_out() -> None:
    """There are 16 million networks of 24 bits: a hash without a key would be read in a minute."""
    found = traces.keyed(NETWORK)
    guesses = (hashlib.sha256(NETWORK.encode()), hashlib.sha256(f"network\n{NETWORK}".encode()))
    assert found not in [one.hexdigest()[:20] for one in guesses]


def test_where_the_key_cannot_be_had_the_answer_is_the_same(
    world: World, lines: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[datetime]()

    def denied(_: str) -> bytes:
        asked.append(clock.now())
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GenerateMac")

    monkeypatch.setattr(vault, "derived_key", denied)
    sign_in()
    sign_in()
    assert {line["network"] for line in lines()} == {"unkeyed"}
    assert len(asked) == 1, "and it is not asked for again and again"
