"""What a deployment refuses before it touches anything, and what it takes for its target."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.preflight import Account, check_notice, findings
from infra.stages import NotDeployable, Target, read_stage, read_target
from tests.product import PRODUCT

FILLED = {
    "PublicUrl": "",
    "MailSender": "privacy@x.example",
    "MailIdentity": "x.example",
    "DomainName": "privacy.x.example",
    "CertificateArn": "arn:aws:acm:eu-south-1:111122223333:certificate/1",
}


def _stages(folder: Path, **settings: str) -> Path:
    stage = {
        "region": "eu-south-1",
        "account": "111122223333",
        "settings": {**FILLED, **settings},
    }
    path = folder / "stages.json"
    path.write_text(json.dumps({"dev": stage}))
    return path


def test_the_base_of_links_follows_from_the_domain(tmp_path: Path) -> None:
    stage = read_stage("dev", _stages(tmp_path))
    assert stage["settings"]["PublicUrl"] == "https://privacy.x.example"


def test_a_domain_without_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotDeployable, match="CertificateArn"):
        read_stage("dev", _stages(tmp_path, CertificateArn=""))


@pytest.mark.parametrize("header", ["CountryHeader", "AddressHeader"])
def test_a_header_that_anybody_could_send_is_refused(tmp_path: Path, header: str) -> None:
    told = {header: "CloudFront-Viewer-Thing"}
    with pytest.raises(NotDeployable, match="ProxySecretHash"):
        read_stage("dev", _stages(tmp_path, **told, ProxySecretHash=""))
    with pytest.raises(NotDeployable, match="ProxySecretHash"):
        read_stage("dev", _stages(tmp_path, **told))
    read_stage("dev", _stages(tmp_path, **told, ProxySecretHash="a" * 64))


def test_links_without_a_base_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotDeployable, match="PublicUrl"):
        read_stage("dev", _stages(tmp_path, DomainName="", CertificateArn=""))


def test_the_local_stage_is_only_for_a_local_engine() -> None:
    with pytest.raises(NotDeployable, match="needs the ENDPOINT"):
        read_target("local", None)
    with pytest.raises(NotDeployable, match="only for the stage local"):
        read_target("dev", "http://127.0.0.1:4566")


def test_the_local_engine_gets_no_credentials_for_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    credentials = read_target("local", "http://127.0.0.1:4566").session().get_credentials()
    assert credentials is not None
    assert credentials.access_key == "test"


def test_production_waits_for_the_controller() -> None:
    target = Target("production", "eu-south-1", "111122223333", {})
    with pytest.raises(NotDeployable, match="The controller has still to confirm") as refused:
        check_notice(PRODUCT, target)
    told = str(refused.value).splitlines()
    whole = told.index("Whole sections, each at once:")
    assert "controller/dpo" in {line.partition("=")[0] for line in told[1:whole]}
    settings = {"Confirmed": ", ".join(told[whole + 1 :])}
    confirmed = Target("production", "eu-south-1", "111122223333", settings)
    assert check_notice(PRODUCT, confirmed).unconfirmed == ()
    too_long = Target("production", "", "", {"Confirmed": ",".join(told[1:whole])})
    with pytest.raises(NotDeployable, match="whole sections"):
        check_notice(PRODUCT, too_long)


def test_a_notice_that_does_not_compile_is_refused_with_its_findings(tmp_path: Path) -> None:
    document = json.loads(PRODUCT.read_text("utf-8"))
    del document["controller"]
    broken = tmp_path / "notice.json"
    broken.write_text(json.dumps(document))
    with pytest.raises(NotDeployable, match="does not compile") as refused:
        check_notice(broken, Target("dev", "eu-south-1", "111122223333", {}))
    assert "controller" in str(refused.value)


READY = Account(1000, True, "arn:aws:iam::111122223333:role/logs", "ENABLED", "ISSUED")


def _told(name: str, **answers: object) -> list[str]:
    target = Target(name, "eu-south-1", "111122223333", {})
    return list(findings(target, replace(READY, **answers)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_an_account_that_is_ready_is_deployed_to(name: str) -> None:
    assert not [line for line in _told(name) if "warning" in line]


@pytest.mark.parametrize(
    ("answers", "refused", "everywhere"),
    [
        ({"logs_role": ""}, "no role for access logs", True),
        ({"region": "DISABLED"}, "region eu-south-1 is DISABLED", True),
        ({"region": "ENABLING"}, "region eu-south-1 is ENABLING", True),
        ({"certificate": "PENDING_VALIDATION"}, "certificate is PENDING_VALIDATION", True),
        ({"concurrency": 10}, "10 functions may run at once", False),
        ({"mails_anybody": False}, "sandbox", False),
    ],
)
def test_an_account_on_which_the_stage_would_fail_is_refused(
    answers: dict[str, object], refused: str, *, everywhere: bool
) -> None:
    with pytest.raises(NotDeployable, match=refused):
        _told("production", **answers)
    if everywhere:
        with pytest.raises(NotDeployable, match=refused):
            _told("dev", **answers)
    else:
        assert any(line.startswith("warning") for line in _told("dev", **answers))
    assert _told("local", **answers)


def test_an_account_that_answers_nothing_is_deployed_to() -> None:
    nothing = dict.fromkeys(
        ("concurrency", "mails_anybody", "logs_role", "region", "certificate"), None
    )
    assert sum("unknown" in line for line in _told("production", **nothing)) == 3


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(NotDeployable) as refused:
        _told("production", logs_role="", mails_anybody=False, certificate="FAILED")
    assert len(str(refused.value).splitlines()) == 4
