"""What a deployment refuses before it touches anything, and what it takes for its target."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.preflight import check_notice
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
