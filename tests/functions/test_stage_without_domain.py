"""A stage `dev` without a domain, on a local engine: its address, and what is confirmed there.

The engine knows no composite alarms and has no role for access logs, so the operations stack and
the checks of the account are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import requests

from chalicelib.notices.compiler import marks
from infra.deploy import Deployment
from infra.local.engine import Engine
from infra.local.place import Place
from infra.notice_document import notice_of
from infra.package import build_package
from infra.preflight import check_notice
from infra.stacks import Stacks
from infra.stages import Target
from tests.product import PRODUCT

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

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


@pytest.fixture(scope="module")
def outputs(target: Target) -> dict[str, str]:
    """The outputs of the stage's stacks, after its first deployment."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Deployment, "_watch", lambda _self, _outputs: None)
        Deployment(target, PRODUCT, said.append).run(build_package(), check_notice(PRODUCT, target))
    stacks = Stacks(target.session(), target.name, target.endpoint)
    return stacks.outputs(stacks.app_name) | stacks.outputs(stacks.data_name)


def _lambda(target: Target) -> LambdaClient:
    return target.session().client("lambda", endpoint_url=target.endpoint)


def test_links_begin_with_the_address_that_the_api_has_got(
    outputs: dict[str, str], target: Target
) -> None:
    functions = [name for key, name in outputs.items() if key.endswith("Function")]
    for name in functions:
        found = _lambda(target).get_function_configuration(FunctionName=name)
        variables = found["Environment"]["Variables"]
        assert variables["RISERBO_PUBLIC_URL"] == target.api_url(outputs["ApiId"])


def test_every_statement_that_was_confirmed_is_shown_as_confirmed(
    outputs: dict[str, str], target: Target
) -> None:
    assert UNCONFIRMED not in _notice(target, outputs)


def _notice(target: Target, outputs: dict[str, str]) -> str:
    session = requests.Session()
    session.trust_env = False
    url = f"{target.api_url(outputs['ApiId'])}/v1/notice"
    answer = session.get(url, headers={"Accept": "text/markdown"}, timeout=60)
    assert answer.status_code == 200
    return answer.content.decode()
