"""The pipeline: pinned, without stored keys, with few rights, one stage after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.deploy import RUNTIME
from infra.package import PROJECT

Json = dict[str, Any]
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
_PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_NAMES = [path.stem for path in WORKFLOWS]


def _read(name: str) -> Json:
    text = (PROJECT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8")
    # YAML 1.1 reads the key `on` as a boolean.
    document: Json = yaml.safe_load(text.replace("\non:", "\nevents:", 1))
    return document


def _steps(name: str) -> list[Json]:
    return [step for job in _read(name)["jobs"].values() for step in job.get("steps", [])]


def test_there_are_checks_a_deployment_a_stage_and_what_runs_at_night() -> None:
    assert _NAMES == ["checks", "deploy", "nightly", "stage"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=_NAMES)
def test_actions_are_pinned_by_commit_and_name_their_version(path: Path) -> None:
    used = [line.strip(" -") for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert line.startswith("uses: ./.github/") or _PINNED.fullmatch(line), line


@pytest.mark.parametrize("name", _NAMES)
def test_rights_are_few_and_no_secret_is_stored(name: str) -> None:
    document = _read(name)
    assert document["permissions"] == {"contents": "read"}
    for job in document["jobs"].values():
        assert set(job.get("permissions", {}).items()) <= {
            ("contents", "read"),
            ("id-token", "write"),
        }
    text = (PROJECT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8")
    assert "secrets." not in text
    assert "aws-access-key-id" not in text


def test_only_a_deployment_may_ask_for_an_identity() -> None:
    jobs = _read("checks")["jobs"]
    assert not [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})]


def test_a_pull_request_runs_every_test() -> None:
    document = _read("checks")
    assert "pull_request" in document["events"]
    assert "pull_request_target" not in document["events"]
    (step,) = [step for step in _steps("checks") if step.get("run") == "make test"]
    assert step["env"] == {"TESTS": "${{ matrix.tests }}"}
    shares = document["jobs"]["test"]["strategy"]["matrix"]["tests"]
    folders = {
        path.relative_to(PROJECT).parts[1] for path in (PROJECT / "tests").rglob("test_*.py")
    }
    assert sorted(" ".join(shares).split()) == sorted(f"tests/{folder}" for folder in folders)


def test_what_the_product_is_made_of_is_listed_checked_and_kept() -> None:
    runs = " ".join(step.get("run", "") for step in _steps("checks"))
    assert "cyclonedx-py" in runs
    assert "pip-audit" in runs
    kept = {step["with"]["name"] for step in _steps("checks") if "upload-artifact" in str(step)}
    assert kept == {"package", "sbom"}
    listed = (PROJECT / ".github" / "requirements.txt").read_text("utf-8").splitlines()
    pins = [line for line in listed if line and line[0].isalpha()]
    assert {"cyclonedx-bom", "pip-audit"} <= {pin.partition("==")[0] for pin in pins}


def test_a_stage_follows_the_one_before() -> None:
    jobs = _read("deploy")["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "checks": None,
        "dev": "checks",
        "staging": "dev",
        "production": "staging",
    }
    for name in ("dev", "staging", "production"):
        assert jobs[name]["with"] == {"stage": name}
    assert _read("deploy")["concurrency"] == {"group": "deploy", "cancel-in-progress": False}


def test_a_stage_is_an_environment_whose_role_is_assumed() -> None:
    (job,) = _read("stage")["jobs"].values()
    assert job["environment"] == "${{ inputs.stage }}"
    assert job["concurrency"]["cancel-in-progress"] is False
    assert job["permissions"]["id-token"] == "write"
    (assume,) = [step for step in _steps("stage") if "configure-aws" in step.get("uses", "")]
    assert assume["with"]["role-to-assume"] == "${{ vars.DEPLOY_ROLE }}"
    assert any("make deploy STAGE=" in step.get("run", "") for step in _steps("stage"))


@pytest.mark.parametrize("name", ["checks", "stage"])
def test_python_is_the_functions_own(name: str) -> None:
    versions = [
        step["with"]["python-version"]
        for step in _steps(name)
        if "setup-python" in step.get("uses", "")
    ]
    assert versions
    assert set(versions) == {".".join(map(str, RUNTIME))}


def test_an_account_that_has_an_identity_provider_keeps_it() -> None:
    account = yaml.safe_load((PROJECT / "infra" / "account.yaml").read_text("utf-8"))
    assert account["Parameters"]["Provider"]["Default"] == ""
    pattern = account["Parameters"]["Provider"]["AllowedPattern"]
    known = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert all(re.fullmatch(pattern, one) for one in ("", known))
    assert not re.fullmatch(pattern, known.replace("github", "another"))
    resources = account["Resources"]
    assert resources["Pipeline"]["Condition"] == "MakesProvider"
    assert account["Conditions"]["MakesProvider"] == {"Fn::Equals": [{"Ref": "Provider"}, ""]}
    trusted = resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    chosen = {"Fn::If": ["MakesProvider", {"Ref": "Pipeline"}, {"Ref": "Provider"}]}
    assert trusted["Principal"] == {"Federated": chosen}
