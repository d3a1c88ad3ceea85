"""What is refused before anything is deployed, and how the commands read what they are told."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest

from infra.deploy import NotDeployable, read_stage, refuse_other_python
from infra.functions import read_functions
from infra.local.clock import seconds_of
from infra.local.engine import HOST, choose_port
from infra.package import PROJECT, digest_of

SETTINGS = {
    "PublicUrl": "https://x.example",
    "CorsOrigins": "",
    "MailSender": "",
}


def test_a_stage_without_settings_is_refused_with_all_that_is_missing(tmp_path: Path) -> None:
    stages = tmp_path / "stages.json"
    stages.write_text(
        json.dumps({"dev": {"region": "eu-south-1", "account": "", "settings": SETTINGS}})
    )
    with pytest.raises(NotDeployable) as refused:
        read_stage("dev", stages)
    assert str(refused.value) == ("stages.json says nothing yet about dev: account, MailSender.")


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(NotDeployable, match="STAGE is one of: dev, staging, production"):
        read_stage("local")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 14)])
def test_only_the_runtime_s_python_may_deploy(version: tuple[int, int]) -> None:
    with pytest.raises(NotDeployable, match=r"3\.13"):
        refuse_other_python(version)
    refuse_other_python((3, 13))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("8d", 691_200), ("36h", 129_600), ("90m", 5_400), ("45", 45), ("-1d", -86_400), ("0", 0)],
)
def test_durations_are_read(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "8 days", "1.5h", "9" * 10 + "d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="PLUS=8d"):
        seconds_of(text)


def test_the_port_stays_until_it_is_taken(tmp_path: Path) -> None:
    kept = tmp_path / "port"
    port = choose_port(kept)
    assert choose_port(kept) == port
    with socket.socket() as other:
        other.bind((HOST, port))
        other.listen()
        assert choose_port(kept) != port


def test_a_function_without_a_module_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".chalice").mkdir()
    settings = {"ghost": {"lambda_memory_size": 128, "lambda_timeout": 3}}
    config = {"stages": {"production": {"lambda_functions": settings}}}
    (tmp_path / ".chalice" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="ghost"):
        read_functions(tmp_path)


def test_any_changed_source_makes_another_package(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for folder in ("chalicelib", "functions", "infra", ".chalice"):
        (project / folder).mkdir(parents=True)
    for name in ("app.py", "requirements.txt", ".chalice/config.json", "chalicelib/a.py"):
        (project / name).write_text("")
    before = digest_of(project)
    assert digest_of(project) == before
    (project / "chalicelib" / "a.py").rename(project / "chalicelib" / "b.py")
    assert digest_of(project) != before


def test_a_python_that_runs_is_found() -> None:
    found = subprocess.run(
        [str(PROJECT / "infra" / "python.sh")], capture_output=True, text=True, check=True
    ).stdout.split()
    version = subprocess.run([*found, "-V"], capture_output=True, text=True, check=True).stdout
    assert version.split(".")[:2] in (["Python 3", minor] for minor in ("11", "12", "13"))
