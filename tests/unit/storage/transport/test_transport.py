"""The transport sends what botocore sends, and makes of an answer what botocore makes of it."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.storage import clients, connection
from chalicelib.storage.transport import calls, place
from chalicelib.storage.transport.client import Client
from tests.unit.storage.engine import Raw

UUID = "00000000-0000-4000-8000-000000000000"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "unit",
    "AWS_SECRET_ACCESS_KEY": "unit's secret",
    "AWS_SESSION_TOKEN": "unit's token",
    "AWS_DEFAULT_REGION": "eu-south-1",
    "AWS_LAMBDA_FUNCTION_NAME": "consents",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=5 3é;Sampled=1",
}
SERVICES = {one.service_name: one for one in (calls.DYNAMODB, calls.KMS, calls.SQS)}

Json = dict[str, Any]


@pytest.fixture(scope="module")
def both() -> Iterator[dict[str, tuple[Any, Any]]]:
    """By service: the project's client, and one that leaves all to botocore."""
    # A session that another test made keeps the credentials of then.
    with (
        patch.dict("os.environ", ENVIRONMENT, clear=True),
        patch.object(boto3, "DEFAULT_SESSION", None),
    ):
        yield {name: (_client(name, ""), _client(name, "botocore")) for name in SERVICES}


def _client(service: str, way: str) -> Any:
    with patch.dict("os.environ", {"RISERBO_TRANSPORT": way}):
        if service == "dynamodb":
            return connection.connection.__wrapped__().client
        return clients._client.__wrapped__(service)


def test_the_setting_chooses_the_way(both: dict[str, tuple[Any, Any]]) -> None:
    for ours, botocores in both.values():
        assert isinstance(ours, Client)
        assert not isinstance(botocores, Client)


class Played:
    """Plays AWS: keeps each attempt's request, and answers with what is left of the answers."""

    def __init__(self, *answers: Any) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self._answers = list(answers)

    def __call__(self, request: Any, **_: object) -> Any:
        headers = {name.lower(): _str(value) for name, value in request.headers.items()}
        self.requests.append((request.url, headers, request.body))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, more = answer
        from botocore.awsrequest import AWSResponse
        from botocore.compat import HTTPHeaders

        given = HTTPHeaders.from_dict(more)
        return AWSResponse(request.url, status, given, Raw(body))


def _str(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def act(client: Any, operation: str, parameters: Json, played: Played) -> tuple[Any, list[float]]:
    """The answer, or the error's name and content; and the pauses between attempts."""
    pauses = list[float]()
    random.seed(7)  # botocore holds on to the function of the module
    with (
        patch("time.sleep", pauses.append),
        patch("uuid.uuid4", lambda: UUID),
        patch.object(ids, "new_uuid", lambda: UUID),
        patch.dict("os.environ", ENVIRONMENT, clear=True),
    ):
        client.meta.events.register("before-send", played)
        try:
            found = client._make_api_call(operation, parameters)
        except ClientError as error:
            found = ("ClientError", str(error), error.operation_name, error.response)
        except Exception as error:  # noqa: BLE001 - to be compared
            found = (type(error).__name__, str(error))
        finally:
            client.meta.events.unregister("before-send", played)
    return found, pauses


ANSWERED: tuple[int, bytes, dict[str, str]] = (200, b"{}", {})

VALUES = st.recursive(
    st.one_of(
        st.builds(lambda one: {"S": one}, st.text()),
        st.builds(lambda one: {"N": str(one)}, st.integers()),
        st.builds(lambda one: {"B": one}, st.binary()),
        st.builds(lambda one: {"BS": one}, st.lists(st.binary(), min_size=1, max_size=3)),
        st.builds(lambda one: {"SS": one}, st.lists(st.text(), min_size=1, max_size=3)),
        st.builds(lambda one: {"BOOL": one}, st.booleans()),
        st.just({"NULL": True}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda one: {"L": one}, st.lists(inner, max_size=3)),
        st.builds(lambda one: {"M": one}, st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    ),
    max_leaves=6,
)
NAMES = st.one_of(st.sampled_from(["B", "BS", "pk", "S", "M", "__type"]), st.text(min_size=1))
ITEMS = st.dictionaries(NAMES, VALUES, max_size=4)
TABLES = st.sampled_from(["records", "B", "BS"])


def _write(item: Json) -> st.SearchStrategy[Json]:
    place = {"TableName": "records", "ConditionExpression": "attribute_not_exists(pk)"}
    return st.sampled_from(
        [
            {"Put": {**place, "Item": item}},
            {"Delete": {**place, "Key": item}},
            {"ConditionCheck": {**place, "Key": item}},
            {"Update": {**place, "Key": item, "UpdateExpression": "SET #a = :b"}},
        ]
    )


_PLACE = {"TableName": "records", "ReturnConsumedCapacity": "TOTAL"}
PARAMETERS: Mapping[tuple[str, str], st.SearchStrategy[Json]] = {
    ("dynamodb", "GetItem"): st.builds(lambda one: {**_PLACE, "Key": one}, ITEMS),
    ("dynamodb", "PutItem"): st.builds(lambda one: {**_PLACE, "Item": one}, ITEMS),
    ("dynamodb", "DeleteItem"): st.builds(lambda one: {**_PLACE, "Key": one}, ITEMS),
    ("dynamodb", "UpdateItem"): st.builds(
        lambda key, values: {
            **_PLACE,
            "Key": key,
            "UpdateExpression": "SET #a = :b",
            "ExpressionAttributeNames": {"#a": "a"},
            "ExpressionAttributeValues": values,
        },
        ITEMS,
        ITEMS,
    ),
    ("dynamodb", "Query"): st.builds(
        lambda values, limit, start: {
            **_PLACE,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": values,
            "Limit": limit,
            "ScanIndexForward": False,
            "ExclusiveStartKey": start,
        },
        ITEMS,
        st.integers(1, 1000),
        ITEMS,
    ),
    ("dynamodb", "BatchGetItem"): st.builds(
        lambda table, keys: {"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}},
        TABLES,
        st.lists(ITEMS, max_size=3),
    ),
    ("dynamodb", "BatchWriteItem"): st.builds(
        lambda table, items: {
            "RequestItems": {table: [{"PutRequest": {"Item": i}} for i in items]}
        },
        TABLES,
        st.lists(ITEMS, max_size=3),
    ),
    ("dynamodb", "TransactGetItems"): st.builds(
        lambda keys: {"TransactItems": [{"Get": {"TableName": "records", "Key": k}} for k in keys]},
        st.lists(ITEMS, max_size=3),
    ),
    ("dynamodb", "TransactWriteItems"): st.builds(
        lambda writes, token: {"TransactItems": writes, **token},
        st.lists(ITEMS.flatmap(_write), max_size=3),
        st.sampled_from([{}, {"ClientRequestToken": "of the caller"}]),
    ),
    ("kms", "Decrypt"): st.builds(
        lambda blob, context: {
            "CiphertextBlob": blob,
            "EncryptionContext": context,
            "KeyId": "arn:aws:kms:eu-south-1:1:key/a",
        },
        st.binary(min_size=1),
        st.dictionaries(st.text(), st.text(), max_size=2),
    ),
    ("kms", "GenerateMac"): st.builds(
        lambda message: {"KeyId": "a", "MacAlgorithm": "HMAC_SHA_256", "Message": message},
        st.binary(min_size=1),
    ),
    ("kms", "Sign"): st.builds(
        lambda message: {
            "KeyId": "a",
            "Message": message,
            "MessageType": "DIGEST",
            "SigningAlgorithm": "ECDSA_SHA_256",
        },
        st.binary(min_size=1),
    ),
    ("sqs", "SendMessage"): st.builds(
        lambda body, delay: {
            "QueueUrl": "https://sqs.eu-south-1.amazonaws.com/1/mail",
            "MessageBody": body,
            "DelaySeconds": delay,
        },
        st.text(min_size=1),
        st.integers(0, 900),
    ),
}


def test_every_operation_of_the_transport_is_compared() -> None:
    every = {(name, one) for name, found in SERVICES.items() for one in found.operations}
    assert every == PARAMETERS.keys()


@pytest.mark.parametrize(("service", "operation"), PARAMETERS)
@given(data=st.data())
def test_a_request_is_botocores_in_address_headers_and_body(
    both: dict[str, tuple[Any, Any]], service: str, operation: str, data: st.DataObject
) -> None:
    parameters = data.draw(PARAMETERS[service, operation])
    for _ in range(3):  # the second may change between the two
        sent = list[Any]()
        for client in both[service]:
            played = Played(ANSWERED)
            act(client, operation, dict(parameters), played)
            sent += played.requests
        if sent[0][1]["x-amz-date"] == sent[1][1]["x-amz-date"]:
            break
    (url, headers, body), (their_url, theirs, their_body) = sent
    assert (url, body) == (their_url, their_body)
    theirs = {name: value for name, value in theirs.items() if name not in _OF_THE_CONNECTION}
    assert {**headers, "user-agent": ""} == {**theirs, "user-agent": ""}


_OF_THE_CONNECTION = {"content-length"}


def _with_checksum(body: bytes) -> dict[str, str]:
    return {"x-amz-crc32": str(zlib.crc32(body)), "x-amzn-RequestId": "the request"}


def _json(found: Json) -> bytes:
    return json.dumps(found, default=calls._text).encode()


LEAST: Mapping[str, Json] = {
    "GetItem": {"TableName": "a", "Key": {}},
    "PutItem": {"TableName": "a", "Item": {}},
    "Query": {"TableName": "a"},
    "BatchGetItem": {"RequestItems": {"a": {"Keys": []}}},
    "TransactGetItems": {"TransactItems": []},
    "Decrypt": {"CiphertextBlob": b"a"},
    "GenerateMac": {"KeyId": "a", "MacAlgorithm": "HMAC_SHA_256", "Message": b"a"},
    "Sign": {"KeyId": "a", "Message": b"a", "SigningAlgorithm": "ECDSA_SHA_256"},
    "SendMessage": {"QueueUrl": "https://sqs.eu-south-1.amazonaws.com/1/a", "MessageBody": "a"},
}
"""Parameters of which the answer does not depend."""

ANSWERS: Mapping[str, st.SearchStrategy[Json]] = {
    "GetItem": st.builds(lambda one: {"Item": one}, ITEMS),
    "PutItem": st.builds(lambda one: {"Attributes": one}, ITEMS),
    "Query": st.builds(
        lambda items, last: {"Items": items, "Count": 1, "LastEvaluatedKey": last},
        st.lists(ITEMS, max_size=3),
        ITEMS,
    ),
    "BatchGetItem": st.builds(
        lambda table, items, keys: {
            "Responses": {table: items},
            "UnprocessedKeys": {table: {"Keys": keys}},
        },
        TABLES,
        st.lists(ITEMS, max_size=3),
        st.lists(ITEMS, max_size=2),
    ),
    "TransactGetItems": st.builds(
        lambda items: {"Responses": [{"Item": one} for one in items]}, st.lists(ITEMS, max_size=3)
    ),
}


@pytest.mark.parametrize("operation", ANSWERS)
@given(data=st.data())
def test_an_answer_has_the_members_that_botocore_gives_it(
    both: dict[str, tuple[Any, Any]], operation: str, data: st.DataObject
) -> None:
    body = _json(data.draw(ANSWERS[operation]))
    answer = (200, body, _with_checksum(body))
    asked = LEAST[operation]
    ours, theirs = (act(one, operation, asked, Played(answer))[0] for one in both["dynamodb"])
    assert ours == theirs


@pytest.mark.parametrize(
    ("service", "operation", "body"),
    [
        ("kms", "Decrypt", {"Plaintext": "AAEC", "KeyId": "a"}),
        ("kms", "GenerateMac", {"Mac": "AAEC", "KeyId": "a"}),
        ("kms", "Sign", {"Signature": "AAEC", "KeyId": "a"}),
        ("sqs", "SendMessage", {"MessageId": "a", "MD5OfMessageBody": "b"}),
    ],
)
def test_an_answer_of_another_service_is_botocores_too(
    both: dict[str, tuple[Any, Any]], service: str, operation: str, body: Json
) -> None:
    answer = (200, _json(body), {"x-amzn-RequestId": "the request"})
    asked = LEAST[operation]
    ours, theirs = (act(one, operation, asked, Played(answer))[0] for one in both[service])
    assert ours == theirs
    assert "Plaintext" not in ours or ours["Plaintext"] == b"\0\1\2"


def error(code: str, status: int = 400, **more: Any) -> tuple[int, bytes, dict[str, str]]:
    """An answer of DynamoDB that is an error."""
    body = _json({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "m", **more})
    return status, body, _with_checksum(body)


CANCELLED = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"a": {"B": "AAE="}}}]
BODY = b'{"ConsumedCapacity": {"CapacityUnits": 0.5}}'
GOOD = (200, BODY, {"Date": "Tue, 01 Dec 2026 16:00:00 GMT"})
DAMAGED = (200, BODY, {"x-amz-crc32": "1"})
LOST = ReadTimeoutError(endpoint_url="dynamodb")
COURSES: Mapping[str, tuple[Any, ...]] = {
    "good": (GOOD,),
    "throttled once": (error("ProvisionedThroughputExceededException"), GOOD),
    "throttled": (error("ThrottlingException"),),
    "asked to wait": (
        (503, b"", {"x-amz-retry-after": "1500", "Date": "Tue, 01 Dec 2026 16:00:00 GMT"}),
        GOOD,
    ),
    "asked to wait for ever": ((500, b"", {"x-amz-retry-after": "900000"}), GOOD),
    "asked nonsense": ((500, b"", {"x-amz-retry-after": "soon"}), GOOD),
    "too many": ((429, b"", {}), GOOD),
    "broken": (error("InternalServerError", 500),),
    "gateway": ((502, b"<html>no</html>", {}), GOOD),
    "not implemented": ((501, b"", {}),),
    "page of an error": ((503, b"<html>no</html>", {}),),
    "no JSON": ((400, b"no", {}),),
    "no JSON of success": ((200, b"no", {}),),
    "in progress": (error("TransactionInProgressException"), GOOD),
    "replicated": (error("ReplicatedWriteConflictException"), GOOD),
    "damaged once": (DAMAGED, GOOD),
    "damaged": (DAMAGED,),
    "lost once": (LOST, GOOD),
    "lost": (LOST,),
    "refused": (error("AccessDeniedException"),),
    "expired": (error("ExpiredTokenException"),),
    "skewed": (error("InvalidSignatureException", 403),),
    "condition": (error("ConditionalCheckFailedException", Item={"a": {"B": "AAE="}}),),
    "broken by a handler": (KeyError("a fault of the watcher"),),
}


@pytest.mark.parametrize("course", COURSES)
def test_attempts_pauses_and_outcome_are_botocores(
    both: dict[str, tuple[Any, Any]], course: str
) -> None:
    operation, key = ("PutItem", "Item") if course == "replicated" else ("GetItem", "Key")
    seen = list[Any]()
    for client in both["dynamodb"]:
        played = Played(*COURSES[course])
        found, pauses = act(client, operation, {"TableName": "a", key: {}}, played)
        numbers = [_settled(headers["amz-sdk-request"]) for _, headers, _ in played.requests]
        seen.append((_comparable(found), pauses, numbers))
    assert seen[0] == seen[1]


def _settled(number: str) -> str:
    """The header without the time until when the client waits, which may differ by a second."""
    return number.partition("; attempt")[0][:4] + number[number.index("attempt") :]


def _comparable(found: Any) -> Any:
    """An error without the members of its body that botocore keeps to itself."""
    if isinstance(found, tuple) and found[0] == "ClientError":
        kept = ("Error", "ResponseMetadata", "Item", "CancellationReasons")
        return (*found[:3], {name: found[3][name] for name in kept if name in found[3]})
    return found


def test_a_cancelled_transaction_has_its_reasons(both: dict[str, tuple[Any, Any]]) -> None:
    answer = error("TransactionCanceledException", CancellationReasons=CANCELLED)
    ours, theirs = (
        _comparable(act(one, "TransactWriteItems", {"TransactItems": []}, Played(answer))[0])
        for one in both["dynamodb"]
    )
    assert ours == theirs
    assert ours[3]["CancellationReasons"][1]["Item"] == {"a": {"B": b"\0\1"}}


def test_a_lost_answer_is_asked_for_with_the_same_token(both: dict[str, tuple[Any, Any]]) -> None:
    client, played = both["dynamodb"][0], Played(LOST, GOOD)
    drawn = iter(("the invocation's", "the write's", "another"))
    client.meta.events.register("before-send", played)
    try:
        with patch("time.sleep"), patch.object(ids, "new_uuid", lambda: next(drawn)):
            client._make_api_call("TransactWriteItems", {"TransactItems": []})
    finally:
        client.meta.events.unregister("before-send", played)
    first, second = (json.loads(body) for _, _, body in played.requests)
    assert first == second
    assert first["ClientRequestToken"]


def test_the_quota_of_attempts_is_botocores(both: dict[str, tuple[Any, Any]]) -> None:
    attempts = list[list[int]]()
    for name in ("", "botocore"):
        with patch.dict("os.environ", ENVIRONMENT, clear=True):
            client = _client("dynamodb", name)
        counts = list[int]()
        course = (
            [COURSES["broken"]] * 14 + [(GOOD,)] * 20 + [COURSES["broken"], COURSES["throttled"]]
        )
        for answers in course:
            played = Played(*answers)
            act(client, "GetItem", {"TableName": "a", "Key": {}}, played)
            counts.append(len(played.requests))
        attempts.append(counts)
    assert attempts[0] == attempts[1]
    assert {1, 4} <= set(attempts[0])


@pytest.mark.parametrize("service", SERVICES)
def test_the_address_in_each_region_is_botocores(service: str) -> None:
    session = botocore.session.get_session()
    regions = session.get_available_regions(service)
    assert len(regions) > 20
    for region in regions:
        found = place.place(service, {"AWS_DEFAULT_REGION": region})
        assert found is not None, region
    for region in ("cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1", "local", ""):
        assert place.place(service, {"AWS_DEFAULT_REGION": region}) is None
    with patch.dict("os.environ", ENVIRONMENT, clear=True):
        client = session.create_client(service, "eu-south-1")
        ours = place.place(service, ENVIRONMENT)
        assert ours is not None
        assert ours.url == client.meta.endpoint_url


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "http://127.0.0.1:4566"),
        ({"AWS_ENDPOINT_URL": "http://a/", "AWS_ENDPOINT_URL_KMS": "https://b"}, "https://b"),
        ({"AWS_ENDPOINT_URL": "http://a/path"}, None),
        ({"AWS_USE_FIPS_ENDPOINT": "true"}, None),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, None),
        ({"AWS_ACCOUNT_ID": "123456789012"}, None),
        ({"AWS_CONFIG_FILE": "/etc/aws"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_an_address_that_only_botocore_can_tell_is_left_to_it(
    more: dict[str, str], url: str | None
) -> None:
    found = place.place("kms", {**ENVIRONMENT, **more})
    assert (found and found.url) == url


def test_a_proxy_is_passed_by_where_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("no_proxy", raising=False)
    more = {"HTTP_PROXY": "http://proxy:3128", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    assert place.place("kms", {**ENVIRONMENT, **more}) is not None
