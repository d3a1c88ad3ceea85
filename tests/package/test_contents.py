"""What the code package holds, and what it does not."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest

from chalicelib.pages import formats
from chalicelib.pages.languages import languages
from infra.artefact import ENDPOINTS, SERVICES
from infra.functions import Function
from infra.package import PROJECT, Package
from tests.package.isolated import run_isolated

LARGEST = 16_000_000
MOMENT = datetime(2026, 11, 29, 14, 30, tzinfo=UTC)


def _names(package: Package) -> list[str]:
    with zipfile.ZipFile(package.code) as archive:
        return archive.namelist()


def test_is_small(package: Package) -> None:
    assert package.code.stat().st_size <= LARGEST


def test_has_sorted_names(package: Package) -> None:
    names = _names(package)
    assert names == sorted(names)


def test_describes_only_the_services_in_use(package: Package) -> None:
    found = {
        name.split("/")[2]
        for name in _names(package)
        if name.startswith("botocore/data/") and name.count("/") > 2
    }
    assert found == SERVICES


def test_knows_the_same_endpoints_as_all_of_botocore(unpacked: Path) -> None:
    # Packaging leaves out the endpoints of other services.
    regions = ("eu-south-1", "eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1")
    code = f"""
import boto3
import botocore
answer({{
    f"{{service}} {{region}}": boto3.client(
        service, region, aws_access_key_id="a", aws_secret_access_key="b"
    ).meta.endpoint_url
    for service in {sorted(SERVICES)}
    for region in {regions}
}})
"""
    found = run_isolated(unpacked, code)
    assert len(found) == len(SERVICES) * len(regions)
    session = boto3.Session("a", "b")
    for asked, endpoint in found.items():
        service, region = asked.split()
        client: Any = session.client(service, region)
        assert client.meta.endpoint_url == endpoint
    listed = json.loads((unpacked / "botocore" / "data" / "endpoints.json").read_text("utf-8"))
    assert set(listed["partitions"][0]["services"]) == ENDPOINTS


def test_describes_services_as_botocore_does_without_its_documentation(unpacked: Path) -> None:
    data = Path(botocore.__file__).parent / "data"
    for service in SERVICES:
        (found,) = (unpacked / "botocore" / "data" / service).glob("*/service-2.json.gz")
        whole = data / found.relative_to(unpacked / "botocore" / "data")
        described = _without_documentation(json.loads(gzip.decompress(whole.read_bytes())))
        for parameter in described.get("clientContextParams", {}).values():
            parameter["documentation"] = ""
        assert json.loads(gzip.decompress(found.read_bytes())) == described


def test_every_service_can_be_called(unpacked: Path) -> None:
    """As far as to the connection, which nobody answers: descriptions are read as in a call."""
    calls = {
        "dynamodb": ("list_tables", {}),
        "kms": ("list_keys", {}),
        "s3": ("get_object", {"Bucket": "b", "Key": "k"}),
        "ses": ("get_send_quota", {}),
        "sqs": ("list_queues", {}),
        "sts": ("get_caller_identity", {}),
    }
    assert calls.keys() == SERVICES
    code = f"""
import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

def reached(service, operation, arguments):
    client = boto3.client(
        service, "eu-south-1", aws_access_key_id="a", aws_secret_access_key="b",
        endpoint_url="http://127.0.0.1:9", config=Config(retries={{"total_max_attempts": 1}}),
    )
    try:
        getattr(client, operation)(**arguments)
    except EndpointConnectionError:
        return True
    return False

answer({{service: reached(service, *call) for service, call in {calls!r}.items()}})
"""
    assert run_isolated(unpacked, code) == dict.fromkeys(calls, True)


def _without_documentation(found: Any) -> Any:
    if isinstance(found, dict):
        told = {name for name, value in found.items() if name == "documentation"}
        texts = {name for name in told if isinstance(found[name], str)}
        return {name: _without_documentation(found[name]) for name in found if name not in texts}
    return [_without_documentation(one) for one in found] if isinstance(found, list) else found


def test_carries_the_formats_of_the_languages_that_it_speaks_and_of_no_others(
    package: Package, unpacked: Path
) -> None:
    found = {
        name.removeprefix("babel/locale-data/").removesuffix(".dat")
        for name in _names(package)
        if name.startswith("babel/locale-data/")
    }
    assert {locale.partition("_")[0] for locale in found} == {"root", *languages()}
    assert all(locale.partition("_")[2].isdigit() for locale in found if "_" in locale)
    code = f"""
from datetime import UTC, datetime
from chalicelib.pages import formats
moment = datetime(2026, 11, 29, 14, 30, tzinfo=UTC)
answer({{
    language: [
        formats.moment(moment, language, UTC),
        formats.length({{"years": 2, "days": 1}}, language),
        formats.country("DE", language),
        formats.number(1_000_000, language),
        formats.own_name(language),
    ]
    for language in {languages()}
}})
"""
    told = run_isolated(unpacked, code)
    here = {
        language: [
            formats.moment(MOMENT, language, UTC),
            formats.length({"years": 2, "days": 1}, language),
            formats.country("DE", language),
            formats.number(1_000_000, language),
            formats.own_name(language),
        ]
        for language in languages()
    }
    assert told == here, "from Babel with all its data"


def test_carries_every_file_of_the_software(package: Package) -> None:
    names = set(_names(package))
    for folder in ("chalicelib", "functions"):
        files = {
            str(path.relative_to(PROJECT))
            for path in (PROJECT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyi"
        }
        assert files - names == set()


def test_carries_no_command_line_and_no_installer(package: Package) -> None:
    tops = {name.split("/")[0] for name in _names(package)}
    assert tops & {"pip", "setuptools", "wheel", "click", "inquirer", "blessed", "yaml"} == set()
    assert not [name for name in _names(package) if name.startswith(("infra/", "tests/"))]


def test_every_handler_loads_from_the_package_alone(
    loaded: dict[str, frozenset[str]], functions: tuple[Function, ...]
) -> None:
    capabilities = {f"functions.{found.kind}.{found.name}" for found in functions}
    for function in functions:
        own = f"functions.{function.kind}.{function.name}"
        assert capabilities & loaded[function.name] == {own}


#: Whose use cases each HTTP function loads. All of them obey the notice and most know who calls;
#: `accounts` opens a request for who says that an account is not theirs, and tells who comes of a
#: version that waits; `credentials` asks for mails as it does; a copy holds what one was told;
#: a capture and a signature have limits; `site` describes every operation and takes the name of the
#: registration form from accounts.
USE_CASES = {
    "accounts": {
        "accounts",
        "webhooks",
        "consents",
        "limits",
        "notices",
        "publications",
        "requests",
        "sessions",
    },
    "sessions": {"accounts", "api_keys", "webhooks", "consents", "limits", "notices", "sessions"},
    "credentials": {
        "accounts",
        "webhooks",
        "consents",
        "limits",
        "notices",
        "publications",
        "sessions",
    },
    "profile": {
        "accounts",
        "api_keys",
        "webhooks",
        "consents",
        "limits",
        "notices",
        "publications",
        # The page of one's account says which requests are open.
        "requests",
        "sessions",
    },
    "consents": {"webhooks", "consents", "limits", "notices", "sessions"},
    "unsubscribe": {
        "api_keys",
        "webhooks",
        "consents",
        "limits",
        "notices",
        "sessions",
        "unsubscribe",
    },
    "receipts": {"consents", "limits", "notices", "receipts", "sessions"},
    "decisions": {"api_keys", "consents", "decisions", "notices", "sessions"},
    "records": {
        "api_keys",
        "consents",
        "disclosures",
        "holds",
        "limits",
        "messages",  # which systems close and end too
        "notices",
        "origins",
        "records",
        "sessions",
    },
    "messages": {"accounts", "consents", "limits", "messages", "notices", "sessions"},
    "activity": {"activity", "consents", "limits", "notices", "sessions"},
    "notices": {"notices"},
    "requests": {
        "accounts",
        "consents",
        "limits",
        "notices",
        "publications",
        "receipts",
        "requests",
        "sessions",
        "webhooks",
    },
    "answers": {"accounts", "api_keys", "notices", "requests", "systems", "webhooks"},
    "desk_notices": {
        "accounts",  # the second factor, whose code publishing asks for
        "consents",
        "limits",
        "notices",
        "publications",
        "requests",
        "sessions",
        "webhooks",
    },
    "desk_requests": {"accounts", "consents", "limits", "notices", "sessions", "webhooks"},
    "desk_subjects": {
        "accounts",
        "audit",
        "consents",
        "desk",
        "limits",
        "notices",
        "sessions",
        "webhooks",
    },
    "desk_reports": {"accounts", "audit", "consents", "limits", "notices", "sessions", "webhooks"},
    "site": {"accounts", "notices"},
    "wellknown": {"notices", "receipts"},
}
CAPABILITIES = {
    "accounts",
    "activity",
    "api_keys",
    "audit",
    "webhooks",
    "consents",
    "decisions",
    "desk",
    "disclosures",
    "feedback",
    "holds",
    "limits",
    "messages",
    "notices",
    "origins",
    "publications",
    "receipts",
    "records",
    "requests",
    "retention",
    "sessions",
    "systems",
    "unsubscribe",
}


def test_http_functions_load_only_the_use_cases_that_they_need(
    loaded: dict[str, frozenset[str]], functions: tuple[Function, ...]
) -> None:
    assert USE_CASES.keys() == {one.name for one in functions if one.kind == "http"}
    for name, needed in USE_CASES.items():
        found = {other for other in CAPABILITIES if f"chalicelib.{other}.service" in loaded[name]}
        assert found <= needed, name


@pytest.mark.parametrize(
    "module",
    [
        "argon2",
        "babel",
        "boto3",
        "botocore.client",
        "botocore.session",
        "jinja2",
        "jsonschema",
        "jwt",
        "phonenumbers",
        "pyotp",
        "segno",
        "zxcvbn",
    ],
)
def test_no_function_loads_what_is_heavy_before_it_is_used(
    loaded: dict[str, frozenset[str]], module: str
) -> None:
    assert [name for name, found in loaded.items() if module in found] == []


def test_what_is_imported_late_is_there_too(unpacked: Path) -> None:
    # Imports inside functions are seen by no import of a handler.
    code = """
import boto3, dateutil.relativedelta, pynamodb.models, pyotp, rfc8785
from datetime import datetime
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from email_validator import validate_email
from jinja2 import Environment
from jsonschema import Draft202012Validator
from jwt import get_algorithm_by_name
from phonenumbers import is_valid_number, parse
from standardwebhooks import Webhook
from urllib3.connection import HTTPSConnection
from zxcvbn import zxcvbn
from chalicelib.accounts.password_rules import unfit
from chalicelib.pages.qr import qr_code
hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
cipher, nonce = AESGCM(b"k" * 16), b"n" * 12
validator = Draft202012Validator({"type": "object", "required": ["a"]})
services = ("dynamodb", "kms", "s3", "ses", "sqs", "sts")
answer({
    "argon2": hasher.verify(hasher.hash("secret"), "secret"),
    "cryptography": cipher.decrypt(nonce, cipher.encrypt(nonce, b"text", b""), b"").decode(),
    "email_validator": validate_email("someone@example.com", check_deliverability=False).normalized,
    "jinja2": Environment(autoescape=True).from_string("{{ a }}").render(a="<"),
    "jsonschema": [error.json_path for error in validator.iter_errors({})],
    "jwt": get_algorithm_by_name("ES256").expected_curve.name,
    "phonenumbers": is_valid_number(parse("+390669812345")),
    "pyotp": pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", digits=8).at(59),
    "segno": qr_code("otpauth://totp/a?secret=b").side,
    "rfc8785": rfc8785.dumps({"b": 1, "a": 2}).decode(),
    "zxcvbn": [found["pattern"] for found in zxcvbn("northeasternqazse")["sequence"]],
    "standardwebhooks": Webhook(b"k" * 24).sign("msg_1", datetime(2026, 1, 1), "{}")[:3],
    "urllib3": HTTPSConnection("example.org").port,
    "unfit": [unfit(text, ()).name for text in ("1q2w3e4r5t6y", "mnopqrstuvwxyz")],
    "boto3": [boto3.client(name).meta.service_model.service_name for name in services],
})
"""
    assert run_isolated(unpacked, code) == {
        "argon2": True,
        "cryptography": "text",
        "email_validator": "someone@example.com",
        "jinja2": "&lt;",
        "jsonschema": ["$"],
        "jwt": "secp256r1",
        "phonenumbers": True,
        "pyotp": "94287082",  # RFC 6238, appendix B
        "rfc8785": '{"a":2,"b":1}',
        "segno": 33,  # version 2, which has 25 modules a side, and a margin of 4
        "zxcvbn": ["dictionary", "spatial"],
        "standardwebhooks": "v1,",
        "urllib3": 443,
        "unfit": ["BREACHED", "GUESSABLE"],
        "boto3": ["dynamodb", "kms", "s3", "ses", "sqs", "sts"],
    }
