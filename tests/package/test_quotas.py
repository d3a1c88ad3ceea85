"""The templates and each function's environment stay within what AWS takes, with long names.

The figures are those of the AWS CloudFormation User Guide, "Understand CloudFormation quotas", of
the AWS Lambda Developer Guide, "Lambda quotas", and of the IAM User Guide, "IAM and AWS STS
quotas".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.notices.compiler import marks
from chalicelib.notices.service import confirmations
from infra.notice_document import notice_of
from infra.stacks import BACKUP, BUDGET, DATA, OPERATIONS
from tests.product import PRODUCT

Json = dict[str, Any]

MOST_OF_PARAMETER = 4_096  # bytes of a value
MOST_OF_ENVIRONMENT = 4_096  # bytes of all names and values of a function's variables
MOST_OF_TEMPLATE = 1_000_000  # bytes by S3; as a body 51,200
MOST_INLINE = 51_200
MOST_PARAMETERS = 200
MOST_RESOURCES = 500
MOST_OUTPUTS = 200
MOST_OF_DESCRIPTION = 1_024  # bytes of a template's description
MOST_OF_NAME = 255  # characters of a parameter's, resource's or output's name
MOST_OF_POLICIES = 10_240  # characters of a role's inline policies, without white space

REGION = "ap-northeast-3"  # none has a longer name
ACCOUNT = "111122223333"
STACK = "riserbo-production"
PHYSICAL = {  # CloudFormation's own names: stack, logical id, and 12 or 13 random characters
    "table": f"{STACK}-data-{{}}-1ABCDEFGHIJKL",
    "bucket": f"{STACK}-data-{{}}-1abcdefghijkl".lower(),
    "queue": f"{STACK}-{{}}-1ABCDEFGHIJKL",
}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-1234567890abcdef1234567890abcdef"
HOST = "a" * 63 + "." + "privacy-office" + "." + "b" * 63 + ".example"


def _given(template: Json) -> dict[str, str]:
    """A value for each parameter of the app stack, as long as a real stage could have it."""
    stated = marks.confirmations(notice_of(PRODUCT).document)
    assert len(stated) > 100, "the shipped notice has statements to confirm"
    found = {
        "Stage": "production",
        "PublicUrl": f"https://{HOST}",
        "CorsOrigins": ",".join(f"https://{name}.{HOST}" for name in ("www", "shop", "forum")),
        "MailSender": f"privacy@{HOST}",
        "Confirmations": confirmations.digest_of(stated),
        "CountryHeader": "CloudFront-Viewer-Country",
        "AddressHeader": "CloudFront-Viewer-Address",
        "ProxySecretHash": ",".join(["f" * 64] * 2),
        "SecurityContact": f"mailto:security@{HOST}",
        "Limits": ",".join(f"{name}=100000" for name in ("guess.network", "mail.network") * 4),
        "DomainName": HOST,
        "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{'1' * 36}",
    }
    for name in template["Parameters"]:
        if name.endswith("TableArn"):
            table = PHYSICAL["table"].format(name.removesuffix("TableArn"))
            found[name] = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"
        elif name.endswith("Table"):
            found[name] = PHYSICAL["table"].format(name.removesuffix("Table"))
        elif name.endswith("BucketArn"):
            found[name] = (
                f"arn:aws:s3:::{PHYSICAL['bucket'].format(name.removesuffix('BucketArn'))}"
            )
        elif name.endswith("Bucket"):
            found[name] = PHYSICAL["bucket"].format(name.removesuffix("Bucket"))
        elif name.startswith("Key") or name.endswith("Key"):
            found[name] = KEY
        elif name.endswith("Concurrency"):
            found[name] = "1000"
    return found


def _value(reference: Json, given: Mapping[str, str], template: Json) -> str:
    """What a variable's reference becomes: a parameter, a queue's URL, the set of mails."""
    name = reference["Ref"]
    if name in template["Parameters"]:
        return given.get(name, str(template["Parameters"][name].get("Default", "")))
    if template["Resources"][name]["Type"] == "AWS::SQS::Queue":
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{PHYSICAL['queue'].format(name)}"
    assert template["Resources"][name]["Type"] == "AWS::SES::ConfigurationSet"
    return STACK


def test_every_parameter_has_a_value_that_is_short_enough(template: Json) -> None:
    given = _given(template)
    lacking = [
        name
        for name, found in template["Parameters"].items()
        if name not in given and "Default" not in found
    ]
    assert lacking == []
    defaults = {
        name: str(found["Default"])
        for name, found in template["Parameters"].items()
        if "Default" in found
    }
    too_long = {
        name: len(value.encode())
        for name, value in {**defaults, **given}.items()
        if len(value.encode()) > MOST_OF_PARAMETER
    }
    assert too_long == {}


def test_a_list_of_all_confirmations_would_not_have_been_taken() -> None:
    stated = marks.confirmations(notice_of(PRODUCT).document)
    assert len(",".join(stated)) > MOST_OF_PARAMETER
    assert len("\n".join(stated)) < confirmations.MAX_BYTES


def test_every_function_s_environment_is_small_enough(template: Json) -> None:
    given = _given(template)
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    for name, found in template["Resources"].items():
        if found["Type"] != "AWS::Serverless::Function":
            continue
        own = found["Properties"].get("Environment", {}).get("Variables", {})
        size = sum(
            len(key.encode()) + len(_value(value, given, template).encode())
            for key, value in {**shared, **own}.items()
        )
        assert size <= MOST_OF_ENVIRONMENT, f"{name}: {size} bytes"


def test_every_role_s_policies_are_short_enough(template: Json) -> None:
    for name, found in template["Resources"].items():
        if found["Type"] != "AWS::IAM::Role":
            continue
        policies = json.dumps(
            [one["PolicyDocument"] for one in found["Properties"]["Policies"]],
            separators=(",", ":"),
        )
        references = policies.count('{"Ref":') + policies.count('{"Fn::')
        size = len(policies) + references * len(KEY)
        assert size <= MOST_OF_POLICIES, f"{name}: {size} characters"


def _generated(template: Json) -> int:
    """Resources that SAM adds: a rule and a permission a schedule, a mapping a queue."""
    added = {"Schedule": 2, "SQS": 1}
    return sum(
        added[event["Type"]]
        for found in template["Resources"].values()
        for event in found["Properties"].get("Events", {}).values()
        if found["Type"] == "AWS::Serverless::Function"
    )


def _refuse_too_large(document: Json, size: int, most: int, generated: int = 0) -> None:
    assert size <= most
    assert len(document.get("Parameters", {})) <= MOST_PARAMETERS
    assert len(document["Resources"]) + generated <= MOST_RESOURCES
    assert len(document.get("Outputs", {})) <= MOST_OUTPUTS
    assert len(document["Description"].encode()) <= MOST_OF_DESCRIPTION
    names = [*document.get("Parameters", {}), *document["Resources"], *document.get("Outputs", {})]
    assert max(map(len, names)) <= MOST_OF_NAME


def test_the_app_stack_is_small_enough(template: Json) -> None:
    size = len(json.dumps(template).encode())
    _refuse_too_large(template, size, MOST_OF_TEMPLATE, _generated(template))


def test_the_app_stack_has_room_for_twenty_paths_more(template: Json) -> None:
    """A path is two resources, where no other path leads to it yet."""
    assert len(template["Resources"]) + _generated(template) + 40 <= MOST_RESOURCES


def test_the_stacks_derived_from_the_code_are_small_enough(
    log_groups: Json, watching: Json
) -> None:
    for document in (log_groups, watching):
        _refuse_too_large(document, len(json.dumps(document).encode()), MOST_INLINE)


@pytest.mark.parametrize("path", [DATA, OPERATIONS, BUDGET, BACKUP, DATA.with_name("account.yaml")])
def test_the_other_stacks_are_small_enough(path: Path) -> None:
    document: Json = yaml.safe_load(path.read_text("utf-8"))
    _refuse_too_large(document, len(json.dumps(document).encode()), MOST_INLINE)
