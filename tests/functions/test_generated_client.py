"""A client that a generator makes of the served description imports, and captures a consent."""

from __future__ import annotations

import importlib
import json
import pkgutil
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.functions.api import Api, ok
from tests.functions.stack import DeployedStack

NAME = "riserbo_generated"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def client(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package that openapi-python-client writes."""
    folder = tmp_path_factory.mktemp("client")
    described, made = folder / "openapi.json", folder / NAME
    described.write_text(json.dumps(ok(api.get("/openapi.json"))), "utf-8")
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    settings = folder / "generator.yml"
    settings.write_text("post_hooks: []\n", "utf-8")
    command = [generator, "generate", "--path", str(described), "--output-path", str(made)]
    done = subprocess.run(
        [*command, "--meta", "none", "--config", str(settings), "--fail-on-warning"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(NAME)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
            del sys.modules[name]


def test_all_of_it_imports(client: ModuleType) -> None:
    found = [one.name for one in pkgutil.walk_packages(client.__path__, f"{NAME}.")]
    assert len(found) > 200
    for name in found:
        importlib.import_module(name)


def test_it_captures_a_consent(client: ModuleType, api: Api) -> None:
    capture = importlib.import_module(f"{NAME}.api.consents.capture_consent")
    models = importlib.import_module(f"{NAME}.models")
    body = models.CaptureConsentBody.from_dict(
        {
            "notice_version": api.notice_version(),
            "decisions": {"surveys": "granted"},
            "source": "banner",
            "locale": "en",
        }
    )
    visitor = secrets.token_urlsafe(24)
    with client.Client(base_url=api.base_url, headers={"Riserbo-Visitor": visitor}) as caller:
        answered = capture.sync_detailed(client=caller, body=body)
        assert answered.status_code == 201
        assert answered.parsed.entry_id
        body.notice_version = "2000-01-01"
        refused = capture.sync_detailed(client=caller, body=body)
    assert 400 <= refused.status_code < 500
    assert refused.parsed.type_.value.startswith("urn:riserbo:problem:")
