"""A stage `dev` on a local engine: without a domain, all confirmed, restored, and taken away.

The engine knows no composite alarms and has no role for access logs, so the operations stack and
the checks of the account are left out.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from chalicelib.notices.compiler import marks
from infra.deploy import Deployment
from infra.local.engine import Engine
from infra.local.place import Place
from infra.notice_document import notice_of
from infra.package import build_package
from infra.rehearsal.journey import Rehearsal
from infra.removal import Removal
from infra.restore import NotRestorable, Restore
from infra.restored import TableSettings, put_settings, settings_of
from infra.stacks import Stacks
from infra.stages import Target
from tests.product import PRODUCT

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

Raw = Mapping[str, Any]
SENDER = "privacy@riserbo.example"
UNCONFIRMED = "◇"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = Engine(Place(tmp_path_factory.mktemp("dev")))
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def target(engine: Engine) -> Target:
    """The stage as `infra/stages.json` would describe it, with everything confirmed."""
    entries = marks.confirmations(notice_of(PRODUCT).document)
    settings = {"PublicUrl": "", "MailSender": SENDER}
    return Target(
        "dev", "eu-south-1", "000000000000", settings, engine.url, confirmed=frozenset(entries)
    )


@pytest.fixture(scope="module", autouse=True)
def _browser_alone() -> Iterator[None]:
    """A rehearsal is of a browser alone: `test_deploy_stage` has the whole of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rehearsal, "_person", lambda _self, _notice: None)
        patch.setattr(Rehearsal, "_workers", lambda _self: None)
        yield


@pytest.fixture(scope="module", autouse=True)
def _in_clear(target: Target) -> Iterator[None]:
    """The engine speaks plain HTTP, which the bucket policies of every stage on AWS refuse."""
    deploy_data = Stacks.deploy_data
    s3 = target.session().client("s3", endpoint_url=target.endpoint)

    def deploy(stacks: Stacks) -> dict[str, str]:
        found = deploy_data(stacks)
        for name in ("ExportsBucket", "ErasuresBucket"):
            s3.delete_bucket_policy(Bucket=found[name])
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stacks, "deploy_data", deploy)
        yield


@pytest.fixture(scope="module")
def outputs(target: Target) -> dict[str, str]:
    """The outputs of the stage's stacks, after its first deployment."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Deployment, "_watch", lambda _self, _outputs: None)
        Deployment(target, PRODUCT, said.append).run(build_package())
    stacks = Stacks(target.session(), target.name, target.endpoint)
    return stacks.outputs(stacks.app_name) | stacks.outputs(stacks.data_name)


def _lambda(target: Target) -> LambdaClient:
    return target.session().client("lambda", endpoint_url=target.endpoint)


def test_links_begin_with_the_address_that_the_api_has_got(
    outputs: dict[str, str], target: Target
) -> None:
    functions = [name for key, name in outputs.items() if key.endswith("Function")]
    client = _lambda(target)
    for name in functions:
        found = client.get_function_configuration(FunctionName=name)
        variables = found["Environment"]["Variables"]
        assert variables["RISERBO_PUBLIC_URL"] == target.api_url(outputs["ApiId"])


def test_every_statement_that_was_confirmed_is_shown_as_confirmed(
    outputs: dict[str, str], target: Target
) -> None:
    assert UNCONFIRMED not in _notice(target, outputs)


def _subjects(target: Target, table: str) -> set[str]:
    """The partitions of people in a table."""
    found = _items(target, table)
    return {item["pk"]["S"] for item in found if item["pk"]["S"].startswith("S#")}


def _items(target: Target, table: str) -> list[Raw]:
    pages = _tables(target).get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def _tables(target: Target) -> Any:
    return target.session().client("dynamodb", endpoint_url=target.endpoint)


def _consent(target: Target, outputs: dict[str, str], visitor: str) -> str:
    """A browser consents to something; returns its partition."""
    before = _subjects(target, outputs["RecordsTable"])
    notice = notice_of(PRODUCT)
    body = {
        "notice_version": notice.version,
        "decisions": {min(notice.choices): "granted"},
        "source": "api",
    }
    answer = _call(target, outputs, "POST", "/v1/consents", visitor, json=body)
    assert answer.status_code == 201, answer.text
    (made,) = _subjects(target, outputs["RecordsTable"]) - before
    return made


def _call(
    target: Target, outputs: dict[str, str], method: str, path: str, visitor: str, **more: Any
) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    url = f"{target.api_url(outputs['ApiId'])}{path}"
    return session.request(method, url, headers={"Riserbo-Visitor": visitor}, timeout=60, **more)


def _erase(target: Target, outputs: dict[str, str], pk: str) -> None:
    """Erases a subject from the table in force, with its entry in the log of erasures."""
    for item in _items(target, outputs["RecordsTable"]):
        if item["pk"]["S"] == pk:
            key = {name: item[name] for name in ("pk", "sk")}
            _tables(target).delete_item(TableName=outputs["RecordsTable"], Key=key)
    now = datetime.now(UTC)
    target.session().client("s3", endpoint_url=target.endpoint).put_object(
        Bucket=outputs["ErasuresBucket"],
        Key=f"erasures/{now:%Y/%m/%d}/drill.json",
        Body=json.dumps({"subject": pk.removeprefix("S#")}).encode(),
    )


def _put(target: Target, table: str, pk: str, sk: str, kind: str) -> None:
    item = {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": kind}}
    _tables(target).put_item(TableName=table, Item=item)


def _looker(target: Target, outputs: dict[str, str], folder: Path) -> Callable[[], str]:
    """Deploys what stands for the operations stack; returns what tells which table it looks at.

    The engine takes none of that stack's resources that name tables: trail and metric math.
    """
    dimensions = [{"Name": "TableName", "Value": {"Ref": "RecordsTable"}}]
    alarm = {
        "AlarmName": "riserbo-dev-looks",
        "Namespace": "AWS/DynamoDB",
        "MetricName": "ReadThrottleEvents",
        "Dimensions": dimensions,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    path = folder / "operations.json"
    parameters = {name: {"Type": "String"} for name in ("Stage", "RecordsTable")}
    resources = {"Looks": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}}
    path.write_text(json.dumps({"Parameters": parameters, "Resources": resources}), "utf-8")
    stacks = Stacks(target.session(), target.name, target.endpoint)
    stacks.deploy_template("riserbo-dev-operations", path, outputs)
    client = target.session().client("cloudwatch", endpoint_url=target.endpoint)

    def looked_at() -> str:
        (found,) = client.describe_alarms(AlarmNames=["riserbo-dev-looks"])["MetricAlarms"]
        return str(found["Dimensions"][0]["Value"])

    return looked_at


def test_a_restore_brings_people_back_except_those_who_were_erased(
    outputs: dict[str, str], target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_NOTICE", str(PRODUCT))
    looked_at = _looker(target, outputs, tmp_path)
    assert looked_at() == outputs["RecordsTable"]
    kept, gone = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    stays, goes = _consent(target, outputs, kept), _consent(target, outputs, gone)
    said: list[str] = []
    whole = Restore(target, said.append)
    plan = whole.plan(f"{datetime.now(UTC):%FT%TZ}")
    # The engine keeps no history: what is done from here on is what came after the moment.
    whole.tables(plan)
    _erase(target, outputs, goes)
    _put(target, plan.before.access, "K", "key#new", "api_key")
    _put(target, plan.before.access, "K#new", "core#api_key#", "api_key")
    _put(target, plan.before.records, "T", "evidence#audit#later", "audit")
    _put(target, plan.after.access, "S#somebody", "core#session#old", "session")
    _put(target, plan.after.access, "S#somebody", "core#role#", "role")
    _put(target, plan.after.records, "D", "member#somebody", "member")
    # The engine leaves these settings of a template out.
    wanted = TableSettings(recovery_days=35, protected=True)
    for table in (plan.before.records, plan.before.access):
        put_settings(_tables(target), table, wanted)

    whole.run(plan)

    for table in (plan.after.records, plan.after.access):
        assert replace(settings_of(_tables(target), table), tags=()) == wanted
    standing = _call(target, outputs, "GET", "/v1/consents", kept).json()["standing"]
    assert [one["decision"] for one in standing.values() if one["decision"] == "granted"]
    found = _subjects(target, plan.after.records)
    assert stays in found
    assert goes not in found
    assert "erased again: 1" in said
    opened = {(item["pk"]["S"], item["sk"]["S"]) for item in _items(target, plan.after.access)}
    assert {("K", "key#new"), ("K#new", "core#api_key#")} <= opened
    assert not [place for place in opened if place[0] == "S#somebody"]
    kinds = {(item["pk"]["S"], item["sk"]["S"]) for item in _items(target, plan.after.records)}
    assert ("T", "evidence#audit#later") in kinds
    assert ("D", "member#somebody") not in kinds
    # Whoever looks at the restored table is seen, and copies that leave are of it.
    assert looked_at() == plan.after.records
    assert "riserbo-dev-operations looks at them" in said


def test_a_deployment_goes_on_with_the_restored_tables_until_the_former_ones_are_back(
    outputs: dict[str, str], target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_NOTICE", str(PRODUCT))
    stacks = Stacks(target.session(), target.name, target.endpoint)
    assert "-restored-" in stacks.deploy_data()["RecordsTable"]
    release = stacks.last_release(outputs["ArtefactsBucket"])
    assert release is not None
    assert "-restored-" in release.parameters["AccessTable"]
    whole = Restore(target, lambda _line: None)
    whole.run(whole.plan("former"))
    assert stacks.deploy_data()["RecordsTable"] == outputs["RecordsTable"]
    name = outputs["ConsentsFunction"]
    found = _lambda(target).get_function_configuration(FunctionName=name)
    assert found["Environment"]["Variables"]["RISERBO_ACCESS_TABLE"] == outputs["AccessTable"]
    again = Restore(target, lambda _line: None)
    with pytest.raises(NotRestorable, match="there are no former ones"):
        again.plan("former")


@pytest.mark.parametrize(
    ("at", "records", "reason"),
    [
        ("yesterday", "", "AT is an instant"),
        ("2026-11-30T09:15:00+01:00", "", "AT is an instant"),
        ("2999-01-01T00:00:00Z", "", "lies in the future"),
        ("2026-11-30T09:15:00Z", "one", "Name both tables"),
    ],
)
def test_a_moment_that_is_none_is_refused(
    outputs: dict[str, str], target: Target, at: str, records: str, reason: str
) -> None:
    with pytest.raises(NotRestorable, match=reason):
        Restore(target, lambda _line: None).plan(at, records)


def _notice(target: Target, outputs: dict[str, str]) -> str:
    session = requests.Session()
    session.trust_env = False
    url = f"{target.api_url(outputs['ApiId'])}/v1/notice"
    answer = session.get(url, headers={"Accept": "text/markdown"}, timeout=60)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stage_is_taken_away_with_all_that_it_has(
    outputs: dict[str, str], target: Target
) -> None:
    def client(service: str) -> Any:
        return target.session().client(service, endpoint_url=target.endpoint)  # type: ignore[call-overload]

    keys = [value for name, value in outputs.items() if name.startswith("Key") and ":key/" in value]
    assert len(keys) == 6
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix="riserbo-dev-")["MetricAlarms"]
    assert len(alarms) > 30
    client("s3").put_object(Bucket=outputs["ErasuresBucket"], Key="erasures/one", Body=b"1")
    said: list[str] = []
    Removal(target, said.append).run()
    assert f"bucket {outputs['ErasuresBucket']}" in said
    names = client("dynamodb").list_tables()["TableNames"]
    assert [name for name in names if name.startswith("riserbo-dev")] == []
    assert client("s3").list_buckets()["Buckets"] == []
    states = [client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in keys]
    assert states == ["PendingDeletion"] * 6
    stacks = Stacks(target.session(), target.name, target.endpoint)
    assert stacks.outputs(stacks.app_name) == stacks.outputs(stacks.data_name) == {}
    assert not client("logs").describe_log_groups(logGroupNamePrefix="/riserbo/dev")["logGroups"]
    left = client("cloudwatch").describe_alarms(AlarmNamePrefix="riserbo-dev-")["MetricAlarms"]
    assert left == []
    order = [line.rpartition(" ")[2] for line in said if line.startswith("deleting the stack")]
    name = stacks.app_name
    assert order == [f"{name}-operations", f"{name}-alarms", name, f"{name}-logs", f"{name}-data"]
    again: list[str] = []
    Removal(target, again.append).run()
    assert [line for line in again if not line.startswith("left:")] == []
