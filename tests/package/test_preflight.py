"""What a deployment refuses before it touches anything, and what it takes for its target."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from infra.preflight import Account, check_notice, findings
from infra.stages import NotDeployable, Target, read_stage, read_target
from tests.product import PRODUCT

FILLED = {
    "PublicUrl": "",
    "MailSender": "privacy@x.example",
    "DomainName": "privacy.x.example",
    "CertificateArn": "arn:aws:acm:eu-south-1:111122223333:certificate/1",
}


def _stages(folder: Path, name: str = "dev", **settings: str) -> Path:
    stage = {
        "region": "eu-south-1",
        "account": "111122223333",
        "settings": {**FILLED, **settings},
    }
    path = folder / "stages.json"
    path.write_text(json.dumps({name: stage}))
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


def test_the_quota_of_mails_is_a_whole_number_and_the_usual_one_unless_given(
    tmp_path: Path,
) -> None:
    for given, rate in (("200", "200"), ("", "14")):
        settings = read_stage("dev", _stages(tmp_path, MailRate=given))["settings"]
        assert settings["MailRate"] == rate
    assert read_stage("dev", _stages(tmp_path))["settings"]["MailRate"] == "14"
    for wrong in ("0", "1.5", "-3", "many", "٣"):
        with pytest.raises(NotDeployable, match="MailRate of dev"):
            read_stage("dev", _stages(tmp_path, MailRate=wrong))


NO_DOMAIN = {"DomainName": "", "CertificateArn": ""}


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_before_production_a_stage_needs_no_domain(tmp_path: Path, name: str) -> None:
    stage = read_stage(name, _stages(tmp_path, name, **NO_DOMAIN))
    assert stage["settings"]["PublicUrl"] == ""


def test_production_without_an_address_of_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotDeployable, match="set DomainName with CertificateArn, or PublicUrl"):
        read_stage("production", _stages(tmp_path, "production", **NO_DOMAIN))
    for given in ({}, {**NO_DOMAIN, "PublicUrl": "https://privacy.x.example"}):
        stage = read_stage("production", _stages(tmp_path, "production", **given))
        assert stage["settings"]["PublicUrl"] == "https://privacy.x.example"


def test_behind_a_cdn_the_address_has_to_be_said(tmp_path: Path) -> None:
    proxied = {**NO_DOMAIN, "ProxySecretHash": "a" * 64}
    with pytest.raises(NotDeployable, match="PublicUrl"):
        read_stage("dev", _stages(tmp_path, **proxied))


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
    for entries in (told[1:whole], told[whole + 1 :]):
        confirmed = replace(target, confirmed=frozenset(entries))
        assert check_notice(PRODUCT, confirmed).unconfirmed == ()
    some = replace(target, confirmed=frozenset(told[2:whole]))
    with pytest.raises(NotDeployable, match=re.escape(told[1])) as still:
        check_notice(PRODUCT, some)
    assert told[2] not in str(still.value).splitlines()


def test_more_confirmations_than_an_item_holds_are_refused() -> None:
    entries = frozenset(f"purposes/{number:060}=AAAAAAAAAAAA" for number in range(4_000))
    target = Target("production", "eu-south-1", "111122223333", {}, confirmed=entries)
    with pytest.raises(NotDeployable, match="whole sections"):
        check_notice(PRODUCT, target)


def test_what_is_no_confirmation_is_refused(tmp_path: Path) -> None:
    entries = ["controller/dpo=AAAAAAAAAAAA", "purposes", "a=b", "x=AAAAAAAAAAAA,y=AAAAAAAAAAAA"]
    path = _stages(tmp_path)
    stages = json.loads(path.read_text())
    stages["dev"]["confirmed"] = entries
    path.write_text(json.dumps(stages))
    with pytest.raises(NotDeployable, match="purposes, a=b, x=AAA") as refused:
        read_stage("dev", path)
    assert "controller" not in str(refused.value)


def test_a_notice_that_does_not_compile_is_refused_with_its_findings(tmp_path: Path) -> None:
    document = json.loads(PRODUCT.read_text("utf-8"))
    del document["controller"]
    broken = tmp_path / "notice.json"
    broken.write_text(json.dumps(document))
    with pytest.raises(NotDeployable, match="does not compile") as refused:
        check_notice(broken, Target("dev", "eu-south-1", "111122223333", {}))
    assert "controller" in str(refused.value)


READY = Account(
    1000, True, "arn:aws:iam::111122223333:role/logs", "ENABLED", "ISSUED", (14, 50_000), 2_500
)


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
        ({"mail_quota": (1, 200)}, "MailRate is 14 mails a second and SES takes 1", False),
        ({"api_rate": 1_000}, "takes 1000 requests a second, and the doors are reckoned", False),
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
    nothing = dict.fromkeys((field.name for field in fields(Account)), None)
    assert sum("unknown" in line for line in _told("production", **nothing)) == 5


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(NotDeployable) as refused:
        _told("production", logs_role="", mails_anybody=False, certificate="FAILED")
    assert len(str(refused.value).splitlines()) == 4
