"""The judges of `make check` find what AWS would refuse; only known files are installed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.package import PROJECT, PackagingFailed, build_package

Json = dict[str, Any]
PYTHON = PROJECT / ".venv-engine" / "bin" / "python"
REQUIREMENTS = (
    "requirements.txt",
    "requirements-dev.txt",
    "infra/local/requirements.txt",
    ".github/requirements.txt",
)
_APP = """
from chalice import Chalice
app = Chalice("a")
@app.route("/")
def index():
    return {}
"""
_ARN = "arn:aws:dynamodb:eu-south-1:123456789012:table/records"


def judged(judge: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [str(PYTHON), "-m", f"infra.judges.{judge}", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def allowing(action: str, resource: Any) -> Json:
    """A template of one role, which may do `action` to `resource`."""
    statement = {"Sid": "Only", "Effect": "Allow", "Action": [action], "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}],
    }
    policies = [{"PolicyName": "only", "PolicyDocument": document}]
    properties = {"AssumeRolePolicyDocument": trust, "Policies": policies}
    return {"Resources": {"ARole": {"Type": "AWS::IAM::Role", "Properties": properties}}}


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("dynamodb:GetItems", {"Ref": "RecordsTableArn"}, "ARole/UNKNOWN_ACTION"),
        ("dynamodb:GetItem", {"Ref": "KeyCore"}, "ARole/RESOURCE_MISMATCH"),
        ("dynamodb:GetItem", "*", "ARole/RESOURCE_STAR/dynamodb:GetItem"),
        ("dynamodb:GetItem", {"Fn::If": ["IsLocal", _ARN, "*"]}, "ARole/RESOURCE_STAR"),
    ],
)
def test_a_bad_policy_is_found(tmp_path: Path, action: str, resource: Any, said: str) -> None:
    template = tmp_path / "template.json"
    template.write_text(json.dumps(allowing(action, resource)))
    found = judged("policies", template)
    assert found.returncode == 1
    assert said in found.stderr


def test_a_good_policy_is_not(tmp_path: Path) -> None:
    template = tmp_path / "template.json"
    template.write_text(json.dumps(allowing("dynamodb:GetItem", {"Ref": "RecordsTableArn"})))
    found = judged("policies", template)
    assert (found.returncode, found.stderr) == (0, "")


def test_a_waiver_that_nothing_needs_is_found(tmp_path: Path) -> None:
    template = allowing("dynamodb:GetItem", _ARN)
    template["Resources"]["MailRole"] = template["Resources"].pop("ARole")
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    found = judged("policies", path)
    assert found.returncode == 1
    assert "MailRole/RESOURCE_STAR/ses:SendRawEmail: waived, and not found" in found.stderr


def test_every_waiver_has_a_reason() -> None:
    waived = json.loads((PROJECT / "infra" / "judges" / "waived.json").read_text("utf-8"))
    assert all(len(reason) > 40 for reason in waived.values())


def test_what_the_transform_refuses_is_found(tmp_path: Path, template: Json) -> None:
    broken = json.loads(json.dumps(template))
    del broken["Resources"]["Mail"]["Properties"]["Handler"]
    source, target = tmp_path / "template.json", tmp_path / "transformed.json"
    source.write_text(json.dumps(broken))
    found = judged("transform", source, target)
    assert found.returncode == 1
    assert "Handler" in found.stderr
    assert not target.exists()


def test_the_dashboard_names_queues_that_exist(template: Json, watching: Json) -> None:
    body = watching["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    named = set(re.findall(r"\$\{(\w+)Name\}", body))
    queues = {
        name for name, one in template["Resources"].items() if one["Type"] == "AWS::SQS::Queue"
    }
    assert named == queues
    for name in named:
        output = template["Outputs"][f"{name}Name"]
        assert output == {"Value": {"Fn::GetAtt": [name, "QueueName"]}}


def test_every_template_is_judged_by_make_check() -> None:
    """By the SAM transform, by cfn-lint and by the judge of policies."""
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    derived = {"app": "template.json", "logs": "logs.json", "alarms": "alarms.json"}
    elsewhere = {"budget"}  # judged for the one region that knows budgets
    lists = makefile.split("PACKAGED =", 1)[1].split("JUDGE =", 1)[0]
    for path in sorted((PROJECT / "infra").glob("*.yaml")):
        name = derived.get(path.stem)
        judged_as = f".build/package/{name}" if name else f"infra/{path.name}"
        if path.stem in elsewhere:
            assert f"--regions us-east-1 -- {judged_as}" in makefile
        else:
            assert judged_as in lists, path.name
    for variable in ("$(PACKAGED)", "$(TRANSFORMED)", "$(BESIDE)"):
        assert variable in lists
    recipe = makefile.split("\ntemplates:", 1)[1].split("\n\n", 1)[0]
    for judge in (".transform $(PACKAGED)", "cfn-lint --regions", ".policies $(TEMPLATES)"):
        assert judge in recipe
    assert "templates" in makefile.split("CHECKS =", 1)[1].splitlines()[0]


@pytest.mark.parametrize("path", REQUIREMENTS)
def test_every_package_has_its_hashes(path: str) -> None:
    text = (PROJECT / path).read_text("utf-8").replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line[:60]


def test_whatever_installs_packages_asks_for_their_hashes() -> None:
    places = [PROJECT / "infra" / "setup.sh", *(PROJECT / ".github" / "workflows").glob("*.yml")]
    for place in places:
        text = place.read_text("utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            if "pip install" in line:
                assert "--require-hashes" in line, (place.name, line)


def test_a_package_of_another_file_than_was_pinned_is_not_made(tmp_path: Path) -> None:
    """Chalice downloads by itself; that it passes the hashes on is what this proves."""
    project = tmp_path / "project"
    (project / ".chalice").mkdir(parents=True)
    (project / ".chalice" / "config.json").write_text(
        json.dumps({"version": "2.0", "app_name": "a", "stages": {"production": {}}})
    )
    (project / "app.py").write_text(_APP)
    wrong = "0" * 64
    (project / "requirements.txt").write_text(f"rfc8785==0.1.4 --hash=sha256:{wrong}\n")
    for folder in ("chalicelib", "functions", "infra"):
        (project / folder).mkdir()
    (project / "infra" / "templates.py").write_text('"""Compiles no template."""')
    with pytest.raises(PackagingFailed, match="Expected sha256"):
        build_package(project, tmp_path / "out")
