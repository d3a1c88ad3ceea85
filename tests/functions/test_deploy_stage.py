"""`make deploy` on a local engine of its own: from nothing, again, and with a broken version."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from botocore.exceptions import ClientError

from chalicelib.notices.service import confirmations
from infra import deploy
from infra.alarm_test import NotRung, bell_of, rung
from infra.artefact import compiled_name
from infra.deploy import Deployment, Returned
from infra.local.engine import Engine
from infra.local.place import Place
from infra.package import Package, build_package
from infra.rehearsal.deployed import Deployed, Unhealthy
from infra.rehearsal.journey import Rehearsal
from infra.stacks import DATA, OPERATIONS, DeploymentFailed, Stacks
from infra.stages import NotDeployable, Target, read_target
from tests.functions.pipeline import PLACE, Call, heard
from tests.functions.versions import changed, following
from tests.iam import Answer, answer
from tests.package.test_roles import statements
from tests.product import PRODUCT

Json = dict[str, Any]
ACCOUNT = OPERATIONS.with_name("account.yaml")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with nothing deployed but a sender of mail."""
    place = Place(tmp_path_factory.mktemp("deploy"))
    running = Engine(place)
    running.start()
    try:
        target = read_target("local", running.url)
        client = target.session().client("ses", endpoint_url=running.url)
        client.verify_email_identity(EmailAddress=target.settings["MailSender"])
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def target(engine: Engine) -> Target:
    return read_target("local", engine.url)


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    """What IAM would have been asked during the first deployment, once it is over."""
    return []


@pytest.fixture(scope="module")
def first(engine: Engine, calls: list[Call]) -> str:
    """What the command says that deploys from nothing."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch, heard(engine.url) as found:
        patch.setattr(deploy, "_say", said.append)
        patch.setenv("RISERBO_NOTICE", str(PRODUCT))
        assert deploy.main(["local", "--endpoint", engine.url]) == 0, said
        calls += found
    return "\n".join(said)


@pytest.fixture
def _browser_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal is of a browser alone: the first deployment has shown the whole of it."""
    monkeypatch.setattr(Rehearsal, "_person", lambda _rehearsal, _notice: None)
    monkeypatch.setattr(Rehearsal, "_workers", lambda _rehearsal: None)


def _stacks(target: Target) -> Stacks:
    return Stacks(target.session(), target.name, target.endpoint)


def _outputs(target: Target) -> dict[str, str]:
    stacks = _stacks(target)
    return stacks.outputs(stacks.app_name) | stacks.outputs(stacks.data_name)


def _health(target: Target) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    url = target.api_url(_outputs(target)["ApiId"])
    return session.get(f"{url}/v1/health", timeout=30)


def _digests(target: Target) -> dict[str, str]:
    """Digest of each function's code, as it is deployed."""
    client = target.session().client("lambda", endpoint_url=target.endpoint)
    names = {key: name for key, name in _outputs(target).items() if key.endswith("Function")}
    return {
        key: client.get_function_configuration(FunctionName=name)["CodeSha256"]
        for key, name in names.items()
    }


def _changed(package: Package, folder: Path, name: str, code: str) -> Package:
    """The package with other code in one module, whose compiled file would hide the change."""
    changed = folder / "app.zip"
    with zipfile.ZipFile(package.code) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            if entry.filename == compiled_name(name):
                continue
            content = code if entry.filename == name else old.read(entry)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return dataclasses.replace(package, code=changed)


def test_the_first_deployment_shows_its_changes_tries_itself_and_says_how_long(
    first: str, target: Target
) -> None:
    assert "account: 000000000000 in eu-south-1" in first
    assert "mail: to any address" in first
    assert "warning: access logs: this account has no role for them" in first
    assert "Add     Consents AWS::Lambda::Function" in first
    assert "it works: every step of the rehearsal did" in first
    # Log groups before the functions that write into them; alarms after what they look at.
    steps = re.findall(r"^(riserbo-local[a-z-]*|it works): ", first, re.M)
    order = ["riserbo-local-data", "riserbo-local-logs", "riserbo-local", "riserbo-local-alarms"]
    assert sorted(order, key=steps.index) == order
    assert "deployed local in " in first.splitlines()[-1]
    assert _health(target).status_code == 200


def test_links_lead_to_the_address_that_the_api_has_got(first: str, target: Target) -> None:
    client = target.session().client("lambda", endpoint_url=target.endpoint)
    outputs = _outputs(target)
    found = client.get_function_configuration(FunctionName=outputs["NoticesFunction"])
    address = found["Environment"]["Variables"]["RISERBO_PUBLIC_URL"]
    assert address == target.api_url(outputs["ApiId"])


@pytest.mark.usefixtures("_browser_alone")
def test_a_second_deployment_changes_only_what_differs(
    first: str, target: Target, tmp_path: Path
) -> None:
    said: list[str] = []
    settings = {**target.settings, "CorsOrigins": "https://shop.example"}
    deployment = Deployment(dataclasses.replace(target, settings=settings), PRODUCT, said.append)
    before = _stacks(target).last_release(_outputs(target)["ArtefactsBucket"])
    deployment.check()
    deployment.run(build_package())
    assert any(line.startswith("  Modify  Consents AWS::Lambda::Function") for line in said), said
    assert not [line for line in said if line.startswith("  Add") or "REPLACED" in line]
    after = _stacks(target).last_release(_outputs(target)["ArtefactsBucket"])
    assert before is not None
    assert after is not None
    assert before.template == after.template
    assert after.parameters["CorsOrigins"] == "https://shop.example"


@pytest.mark.usefixtures("_browser_alone")
def test_a_version_that_fails_gives_way_to_the_last_one(
    first: str, target: Target, tmp_path: Path
) -> None:
    said: list[str] = []
    deployment = Deployment(target, PRODUCT, said.append)
    deployment.check()
    before = _digests(target)
    bucket = _outputs(target)["ArtefactsBucket"]
    release = _stacks(target).last_release(bucket)
    module = "functions/http/consents.py"
    broken = _changed(build_package(), tmp_path, module, "raise RuntimeError('broken')")
    with pytest.raises(Returned, match="The last one serves people again"):
        deployment.run(broken)
    assert any(
        "THE NEW VERSION DOES NOT WORK: step browser: POST /v1/consents" in line for line in said
    )
    assert any("RETURNING TO THE LAST VERSION" in line for line in said)
    assert _digests(target) == before
    assert _stacks(target).last_release(bucket) == release
    assert _health(target).status_code == 200


def test_a_worker_that_does_not_load_is_noticed_too(first: str, target: Target) -> None:
    client = target.session().client("lambda", endpoint_url=target.endpoint)
    worker = _outputs(target)["FulfilmentFunction"]
    role = client.get_function_configuration(FunctionName=worker)["Role"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("broken.py", "raise RuntimeError('broken')")
    client.create_function(
        FunctionName="broken",
        Runtime="python3.13",
        Role=role,
        Handler="broken.handler",
        Code={"ZipFile": code.getvalue()},
    )
    outputs = {"FulfilmentFunction": worker, "BrokenFunction": "broken"}
    stage = Deployed(target.session(), outputs, "", target.endpoint)
    stage.invoked("FulfilmentFunction", {"Records": []})
    with pytest.raises(Unhealthy, match=r"^BrokenFunction: "):
        stage.invoked("BrokenFunction", {"Records": []})


def test_a_deployment_leaves_no_account(first: str, target: Target) -> None:
    client = target.session().client("dynamodb", endpoint_url=target.endpoint)
    items = client.scan(TableName=_outputs(target)["RecordsTable"])["Items"]
    # The registration whose mail came back waits for the next run of retention.
    disowned = {item["pk"]["S"] for item in items if item.get("disowned", {}).get("BOOL")}
    assert len(disowned) == 1
    kinds = {item["kind"]["S"] for item in items if item["pk"]["S"] not in disowned}
    assert kinds & {"profile", "standing"} == set()
    assert {"tombstone", "entry"} <= kinds


def test_a_place_that_the_notice_does_not_name_is_refused_before_anything(
    engine: Engine, target: Target
) -> None:
    elsewhere = dataclasses.replace(target, region="eu-west-1")
    with pytest.raises(NotDeployable, match=r"lies in aws:eu-south-1, not in aws:eu-west-1"):
        Deployment(elsewhere, PRODUCT, lambda _line: None).check()
    assert _outputs(elsewhere) == {}


def test_another_account_s_credentials_are_refused(engine: Engine, target: Target) -> None:
    other = dataclasses.replace(target, account="111122223333")
    with pytest.raises(NotDeployable, match="These credentials belong to account 000000000000"):
        Deployment(other, PRODUCT, lambda _line: None).check()


def test_the_operations_stack_deploys_as_far_as_the_engine_goes(
    first: str, target: Target, tmp_path: Path
) -> None:
    stacks, name = _stacks(target), "riserbo-local-operations"
    outputs = _outputs(target)
    settings = {**outputs, "AlarmAddress": "on-call@riserbo.example", "LogGroups": "/riserbo/local"}
    document: Json = yaml.safe_load(OPERATIONS.read_text("utf-8"))
    with pytest.raises(ClientError, match="CompositeAlarm"):
        stacks.deploy_template(f"{name}-whole", OPERATIONS, settings)
    # The engine takes no composite alarm, no metric math, no saved query and no trail.
    document["Resources"] = {
        logical_id: one
        for logical_id, one in document["Resources"].items()
        if one["Type"] == "AWS::SNS::Subscription"
    }
    rest = tmp_path / "operations.yaml"
    rest.write_text(yaml.safe_dump(document), "utf-8")
    stacks.deploy_template(name, rest, settings)
    client = target.session().client("sns", endpoint_url=target.endpoint)
    found = client.list_subscriptions_by_topic(TopicArn=settings["AlarmsTopic"])["Subscriptions"]
    assert [one["Endpoint"] for one in found] == ["on-call@riserbo.example"]


def test_the_account_s_stack_deploys_as_far_as_the_engine_goes(
    engine: Engine, target: Target, tmp_path: Path
) -> None:
    document: Json = yaml.safe_load(ACCOUNT.read_text("utf-8"))
    for logical_id in ("Pipeline", "DeployRole"):  # the engine knows no identity providers
        del document["Resources"][logical_id]
    del document["Outputs"]
    rest = tmp_path / "account.yaml"
    rest.write_text(yaml.safe_dump(document), "utf-8")
    settings = {"Repository": "someone/riserbo", "Stage": "dev"}
    dev = Stacks(target.session(), "dev", target.endpoint)
    dev.deploy_template("riserbo-account", rest, settings)
    client = target.session().client("iam", endpoint_url=target.endpoint)
    roles = [role["RoleName"] for role in client.list_roles()["Roles"]]
    assert [name for name in roles if "ApiLogsRole" in name]


def test_all_alarms_are_there(first: str, target: Target) -> None:
    client = target.session().client("cloudwatch", endpoint_url=target.endpoint)
    pages = client.get_paginator("describe_alarms").paginate()
    found = {one["AlarmName"] for page in pages for one in page["MetricAlarms"]}
    assert {
        "riserbo-local-RetentionNotRun",
        "riserbo-local-MailDeadLettersFound",
        "riserbo-local-FunctionsFail",
        "riserbo-local-ApiFailures",
    } <= found
    assert client.get_dashboard(DashboardName="riserbo-local")["DashboardBody"]


def test_an_alarm_that_is_tried_arrives_and_is_put_back(first: str, target: Target) -> None:
    sqs = target.session().client("sqs", endpoint_url=target.endpoint)
    sns = target.session().client("sns", endpoint_url=target.endpoint)
    bell, said = bell_of("local", target.endpoint), list[str]()
    topic = _outputs(target)["AlarmsTopic"]
    for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    with pytest.raises(NotRung, match="Nobody has confirmed"):
        rung(bell, said.append, lambda: True)
    mailbox = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=mailbox, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    topics = {"Service": "sns.amazonaws.com"}
    takes = {"Effect": "Allow", "Principal": topics, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [takes]})
    sqs.set_queue_attributes(QueueUrl=mailbox, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    got: list[str] = []

    def arrived() -> bool:
        found = sqs.receive_message(QueueUrl=mailbox, MaxNumberOfMessages=10, WaitTimeSeconds=5)
        got.extend(one["Body"] for one in found.get("Messages", []))
        return bool(got)

    rung(bell, said.append, arrived)
    assert "riserbo-local-LimitsReached" in got[0]
    assert "nothing is wrong" in got[0]
    with pytest.raises(NotRung, match="did not arrive"):
        rung(bell, said.append, lambda: False)
    client = target.session().client("cloudwatch", endpoint_url=target.endpoint)
    (alarm,) = client.describe_alarms(AlarmNames=[bell.name])["MetricAlarms"]
    assert alarm["StateValue"] == "OK"


def test_a_first_creation_that_fails_leaves_nothing_behind(
    engine: Engine, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = yaml.safe_load(DATA.read_text("utf-8"))
    # The last of the resources: a policy of a role that is not there.
    broken["Resources"]["Refused"] = {
        "Type": "AWS::IAM::Policy",
        "DependsOn": sorted(broken["Resources"]),
        "Properties": {
            "PolicyName": "refused",
            "Roles": ["nobody-has-this-role"],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
        },
    }
    path = tmp_path / "data.yaml"
    path.write_text(yaml.safe_dump(broken), "utf-8")
    session = target.session()
    stacks = Stacks(session, "dev", engine.url)
    tables = session.client("dynamodb", endpoint_url=engine.url)
    before = tables.list_tables()["TableNames"]
    with monkeypatch.context() as patched:
        patched.setattr("infra.stacks.DATA", path)
        with pytest.raises(DeploymentFailed):
            stacks.deploy_data()
    assert tables.list_tables()["TableNames"] == before
    # A stack that stayed, in ROLLBACK_COMPLETE, could not be deployed to again.
    assert stacks._status(stacks.data_name) is None
    outputs = stacks.deploy_data()
    table = tables.describe_table(TableName=outputs["RecordsTable"])["Table"]
    assert table["DeletionProtectionEnabled"] is True


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack --stack-name riserbo-dev"),
        ("ROLLBACK_FAILED", "delete-stack --stack-name riserbo-dev"),
        ("DELETE_FAILED", "delete-stack --stack-name riserbo-dev"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name riserbo-dev"),
    ],
)
def test_a_stack_that_is_stuck_is_told_with_the_way_out(
    target: Target, engine: Engine, monkeypatch: pytest.MonkeyPatch, status: str, command: str
) -> None:
    stacks = Stacks(target.session(), "dev", engine.url)
    monkeypatch.setattr(stacks, "_status", lambda _name: status)
    with pytest.raises(DeploymentFailed, match=command) as refused:
        stacks.deploy_template("riserbo-dev", DATA, {})
    assert status in str(refused.value)


def test_the_pipeline_s_role_may_do_all_that_a_deployment_does(
    first: str, calls: list[Call], target: Target, tmp_path: Path
) -> None:
    """What the first deployment called, a version that concerns people, and what fails or differs.

    The engine does not judge these policies: `tests.iam` does, by the rules of AWS.
    """
    later = tmp_path / "later.json"
    later.write_text(json.dumps(changed(following(timedelta(days=40)))), "utf-8")
    with heard(target.endpoint or "") as more:
        deployment = Deployment(target, later, lambda _line: None)
        deployment._publish(_outputs(target))
    entries = {"controller/dpo=AAAAAAAAAAAA"}
    item = confirmations.item_of(entries)["pk"]["S"]
    app = f"arn:aws:cloudformation:{PLACE}:stack/riserbo-stage/1"
    records = f"arn:aws:dynamodb:{PLACE}:table/riserbo-stage-data-Records-1ABC"
    elsewhere: list[Call] = [
        ("cloudformation:DescribeStackEvents", app, {}),
        ("cloudformation:DeleteChangeSet", app, {}),
        ("acm:DescribeCertificate", f"arn:aws:acm:{PLACE}:certificate/1", {}),
        ("dynamodb:PutItem", records, {"dynamodb:LeadingKeys": [item]}),
    ]
    of_the_role = statements("account", "DeployRole")
    refused = {
        (action, resource, str(context))
        for action, resource, context in [*calls, *more, *elsewhere]
        if answer(of_the_role, action, resource, context) is not Answer.ALLOWED
    }
    assert refused == set()
    assert {action.partition(":")[0] for action, *_ in calls} >= {"cloudformation", "lambda", "s3"}
    assert {action for action, *_ in more} >= {"dynamodb:PutItem", "dynamodb:Query"}
