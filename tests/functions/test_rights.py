"""What each function's role may do, seen through calls that the engine's IAM decides."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.probe import Probe
from tests.functions.stack import DeployedStack

FUNCTIONS = (
    "accounts",
    "sessions",
    "credentials",
    "profile",
    "consents",
    "unsubscribe",
    "receipts",
    "decisions",
    "records",
    "messages",
    "activity",
    "notices",
    "requests",
    "answers",
    "desk_notices",
    "desk_subjects",
    "desk_reports",
    "desk_requests",
    "site",
    "wellknown",
    "mail",
    "feedback",
    "fulfilment",
    "erasure",
    "announcements",
    "propagation",
    "retention",
    "deadlines",
    "relay",
    "activation",
)
OF_ACCOUNTS = {"accounts", "sessions", "credentials", "profile"}
OF_THE_DESK = {"desk_notices", "desk_subjects", "desk_reports", "desk_requests"}
SENDS_AGAIN = {"desk_reports"}
"""The function by which the desk sees dead letters and sends them to their queues again."""
OF_PUBLICATION = {"desk_notices", "announcements", "activation"}
WRITERS = (
    OF_ACCOUNTS
    | OF_PUBLICATION
    | {"consents", "requests", "answers", "mail", "fulfilment", "erasure", "records"}
    | {"propagation", "retention", "deadlines", "unsubscribe", "desk_subjects", "desk_reports"}
    | {"desk_requests", "messages", "activity"}
)

#: name -> (service, operation, parameters, the functions that may). A word in capitals is an
#: output of the data or app stack.
CALLS: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "read a record": (
        "dynamodb",
        "get_item",
        {"TableName": "RecordsTable", "Key": {"pk": {"S": "S#0"}, "sk": {"S": "x"}}},
        set(FUNCTIONS),
    ),
    "read several records": (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"RecordsTable": {"Keys": [{"pk": {"S": "S#0"}, "sk": {"S": "x"}}]}}},
        OF_ACCOUNTS
        | OF_THE_DESK
        | {
            "requests",
            "answers",
            "relay",
            "fulfilment",
            "erasure",
            "retention",
            "mail",
            "announcements",
            "propagation",
            "deadlines",
            "decisions",
            "records",
            "messages",
            "activity",
            "receipts",
            "unsubscribe",
            "consents",
        },
    ),
    "write a record": (
        "dynamodb",
        "put_item",
        {"TableName": "RecordsTable", "Item": {"pk": {"S": "S#0"}, "sk": {"S": "probe"}}},
        WRITERS,
    ),
    "delete a record": (
        "dynamodb",
        "delete_item",
        {"TableName": "RecordsTable", "Key": {"pk": {"S": "S#0"}, "sk": {"S": "probe"}}},
        WRITERS
        - {"consents", "activation", "unsubscribe", "desk_subjects", "desk_reports"}
        - {"answers", "activity"}
        | {"relay"},
    ),
    "scan the records": ("dynamodb", "scan", {"TableName": "RecordsTable"}, set()),
    "ask what is due": (
        "dynamodb",
        "query",
        {
            "TableName": "RecordsTable",
            "IndexName": "due",
            "KeyConditionExpression": "lane = :lane",
            "ExpressionAttributeValues": {":lane": {"S": "job#00"}},
        },
        # a page of the desk shows what comes to its end within thirty days
        {"retention", "deadlines", "relay", "desk_notices", "desk_reports", "announcements"},
    ),
    "ask what the desk has to do": (
        "dynamodb",
        "query",
        {
            "TableName": "RecordsTable",
            "IndexName": "desk",
            "KeyConditionExpression": "shelf = :shelf",
            "ExpressionAttributeValues": {":shelf": {"S": "open"}},
        },
        {"desk_requests", "desk_reports", "desk_subjects", "deadlines"},
    ),
    "read a data key": (
        "dynamodb",
        "get_item",
        {"TableName": "KeysTable", "Key": {"pk": {"S": "S#0"}, "sk": {"S": "account"}}},
        OF_ACCOUNTS
        | {"consents", "desk_subjects", "unsubscribe", "requests", "mail", "fulfilment"}
        | {"desk_requests", "erasure"},
    ),
    "read several data keys": (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"KeysTable": {"Keys": [{"pk": {"S": "S#0"}, "sk": {"S": "x"}}]}}},
        {
            "sessions",
            "credentials",
            "profile",
            "consents",
            "fulfilment",
            "announcements",
            "receipts",
            "records",
            "requests",
            "messages",
            "activity",
            "answers",
            "desk_notices",
            "desk_requests",
            "desk_subjects",
        },
    ),
    "write a data key": (
        "dynamodb",
        "put_item",
        {"TableName": "KeysTable", "Item": {"pk": {"S": "S#0"}, "sk": {"S": "probe"}}},
        # `fulfilment` moves messages into an account, whose key they are sealed with from then on.
        {"accounts", "activity", "consents", "records", "requests", "messages"}
        | {"desk_requests", "fulfilment"},
    ),
    "destroy a data key": (
        "dynamodb",
        "delete_item",
        {"TableName": "KeysTable", "Key": {"pk": {"S": "S#0"}, "sk": {"S": "probe"}}},
        {"deadlines", "erasure", "fulfilment", "messages", "records"},
    ),
    "hash an address": (
        "kms",
        "generate_mac",
        {"KeyId": "AddressKey", "Message": "probe", "MacAlgorithm": "HMAC_SHA_256"},
        OF_ACCOUNTS
        | {"desk_requests", "desk_subjects", "feedback", "mail", "messages", "records", "requests"},
    ),
    "prove a notice": (
        "kms",
        "generate_mac",
        {"KeyId": "NoticeKey", "Message": "probe", "MacAlgorithm": "HMAC_SHA_256"},
        {"notices"},
    ),
    "check the proof of a notice": (
        "kms",
        "verify_mac",
        {
            "KeyId": "NoticeKey",
            "Message": "probe",
            "MacAlgorithm": "HMAC_SHA_256",
            "Mac": b"0" * 32,
        },
        {"consents"},
    ),
    "sign a link that ends mails": (
        "kms",
        "generate_mac",
        {"KeyId": "LinkKey", "Message": "probe", "MacAlgorithm": "HMAC_SHA_256"},
        {"mail", "unsubscribe"},
    ),
    "take what SES reports": (
        "sqs",
        "get_queue_attributes",
        {"QueueUrl": "FeedbackQueueUrl"},
        {"feedback"},
    ),
    "report what SES did not": (
        "sqs",
        "send_message",
        {"QueueUrl": "FeedbackQueueUrl", "MessageBody": ""},
        set(),
    ),
    "sign a receipt": (
        "kms",
        "sign",
        {"KeyId": "ReceiptKey", "Message": "probe", "SigningAlgorithm": "ECDSA_SHA_256"},
        {"receipts", "erasure", "desk_reports"},
    ),
    "learn the key of receipts": (
        "kms",
        "get_public_key",
        {"KeyId": "ReceiptKey"},
        {"receipts", "wellknown", "erasure", "desk_reports"},
    ),
    "make an account key": (
        "kms",
        "generate_data_key",
        {"KeyId": "KeyAccount", "KeySpec": "AES_256"},
        # The desk seals the address of a stranger's letter, and opens no address.
        {"accounts", "records", "requests", "desk_requests"},
    ),
    "make a support key": (
        "kms",
        "generate_data_key",
        {"KeyId": "KeySupport", "KeySpec": "AES_256"},
        {"fulfilment", "messages", "records"},
    ),
    "make a marketing key": (
        "kms",
        "generate_data_key",
        {"KeyId": "KeyMarketing", "KeySpec": "AES_256"},
        {"activity"},
    ),
    "make an evidence key": (
        "kms",
        "generate_data_key",
        {"KeyId": "KeyEvidence", "KeySpec": "AES_256"},
        # with it S3 encrypts what another system uploads at an address that `answers` signed
        {"accounts", "requests", "answers", "fulfilment", "desk_requests"},
    ),
    "fetch a copy": (
        "s3",
        "get_object",
        {"Bucket": "ExportsBucket", "Key": "probe"},
        {"requests"},
    ),
    "store a copy": (
        "s3",
        "put_object",
        {"Bucket": "ExportsBucket", "Key": "probe", "Body": "x"},
        {"fulfilment"},
    ),
    "give up a copy that was begun": (
        "s3",
        "abort_multipart_upload",
        {"Bucket": "ExportsBucket", "Key": "probe", "UploadId": "none"},
        {"fulfilment"},
    ),
    "delete a copy": (
        "s3",
        "delete_object",
        {"Bucket": "ExportsBucket", "Key": "probe"},
        # fulfilment takes back the copy of a person whose erasure began meanwhile
        {"fulfilment", "erasure"},
    ),
    "list copies": (
        "s3",
        "list_objects_v2",
        {"Bucket": "ExportsBucket"},
        # fulfilment looks for what a worker wrote who was killed after it
        {"fulfilment", "erasure"},
    ),
    "put what another system uploads": (
        "s3",
        "put_object",
        {"Bucket": "ExportsBucket", "Key": "uploads/probe", "Body": "x"},
        {"answers", "fulfilment"},
    ),
    "read what other systems gave": (
        "s3",
        "get_object",
        {"Bucket": "ExportsBucket", "Key": "answers/probe"},
        {"requests", "fulfilment"},
    ),
    "have a request carried out": (
        "sqs",
        "send_message",
        {"QueueUrl": "FulfilmentQueueUrl", "MessageBody": ""},  # which SQS does not take
        {"requests", "answers", "desk_requests", "deadlines", "fulfilment", "relay", "sessions"}
        | SENDS_AGAIN,
    ),
    "log an erasure": (
        "s3",
        "put_object",
        {"Bucket": "ErasuresBucket", "Key": "probe", "Body": "x"},
        {"erasure"},
    ),
    "delete from the log of erasures": (
        "s3",
        "delete_object",
        {"Bucket": "ErasuresBucket", "Key": "probe"},
        set(),
    ),
    "read dead letters": (
        "sqs",
        "receive_message",
        {"QueueUrl": "MailDeadLettersUrl"},
        SENDS_AGAIN,
    ),
    "have people told of a version": (
        "sqs",
        "send_message",
        {"QueueUrl": "AnnouncementsQueueUrl", "MessageBody": ""},  # which SQS does not take
        OF_PUBLICATION | {"accounts", "relay"} | SENDS_AGAIN,
    ),
    "take what is to be announced": (
        "sqs",
        "get_queue_attributes",
        {"QueueUrl": "AnnouncementsQueueUrl"},
        {"announcements"} | SENDS_AGAIN,
    ),
    "have recipients told": (
        "sqs",
        "send_message",
        {"QueueUrl": "PropagationQueueUrl", "MessageBody": ""},
        OF_ACCOUNTS - {"credentials"}
        | {"consents", "desk_subjects", "unsubscribe", "relay"}
        | {"requests", "fulfilment", "deadlines", "desk_requests", "erasure"}
        | SENDS_AGAIN,
    ),
    "have somebody erased": (
        "sqs",
        "send_message",
        {"QueueUrl": "RetentionQueueUrl", "MessageBody": ""},
        # with the last answer of another system an erasure that waited begins; a browser that asks
        # with its token is erased at once, and an erasure that stands still is asked for again
        {"answers", "deadlines", "desk_requests", "requests", "retention", "relay", "erasure"}
        | SENDS_AGAIN,
    ),
    "take what recipients are told": (
        "sqs",
        "get_queue_attributes",
        {"QueueUrl": "PropagationQueueUrl"},
        {"propagation"} | SENDS_AGAIN,
    ),
    "open the secret of an endpoint": (
        "kms",
        "decrypt",
        {"KeyId": "CallbackKey", "CiphertextBlob": b"probe"},
        {"propagation"},
    ),
    "make a secret for an endpoint": (
        "kms",
        "generate_data_key",
        {"KeyId": "CallbackKey", "KeySpec": "AES_256"},
        set(),
    ),
    "ask for the mail quota": ("ses", "get_send_quota", {}, {"announcements"}),
    "read roles": ("iam", "list_roles", {}, set()),
}


@pytest.fixture(scope="module")
def probe(stack: DeployedStack) -> Iterator[Probe]:
    made = Probe(stack)
    yield made
    made.forget()


def named(stack: DeployedStack, value: Any) -> Any:
    """Parameters with the names of outputs replaced by what they are."""
    if isinstance(value, dict):
        return {stack.outputs.get(key, key): named(stack, part) for key, part in value.items()}
    if isinstance(value, list):
        return [named(stack, part) for part in value]
    return stack.outputs.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def tried(stack: DeployedStack, probe: Probe) -> dict[str, dict[str, bool]]:
    """By function and call, whether IAM lets it: each function tries all calls at once."""
    calls = [(one[0], one[1], named(stack, one[2])) for one in CALLS.values()]
    return {
        function: dict(zip(CALLS, probe.may_each(function, calls), strict=True))
        for function in FUNCTIONS
    }


@pytest.mark.parametrize("name", CALLS)
def test_only_who_needs_it_may(tried: dict[str, dict[str, bool]], name: str) -> None:
    expected = CALLS[name][3]
    assert {function for function in FUNCTIONS if tried[function][name]} == expected


PLACE = {"pk": {"S": "S#0"}, "sk": {"S": "probe"}}
FOUND_BY = {
    "KeyConditionExpression": "pk = :pk",
    "ExpressionAttributeValues": {":pk": {"S": "S#0"}},
}
HOLDS_NEVER = {"ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(pk)"}
CHANGED = {
    "Key": PLACE,
    "UpdateExpression": "SET kind = :kind",
    "ExpressionAttributeValues": {":kind": {"S": "probe"}},
    **HOLDS_NEVER,
}
NOTICES, SUBJECTS, REPORTS = "desk_notices", "desk_subjects", "desk_reports"
REQUESTS = "desk_requests"

#: name -> (service, operation, parameters, those of the desk's functions that may).
AT_THE_DESK: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "read a record": (*CALLS["read a record"][:3], OF_THE_DESK),
    "read several records": (*CALLS["read several records"][:3], OF_THE_DESK),
    "list records": (
        "dynamodb",
        "query",
        {"TableName": "RecordsTable", **FOUND_BY},
        OF_THE_DESK,
    ),
    "ask what is due": (*CALLS["ask what is due"][:3], {NOTICES, REPORTS}),
    "add a record": (*CALLS["write a record"][:3], OF_THE_DESK),
    "change a record": (
        "dynamodb",
        "update_item",
        {"TableName": "RecordsTable", **CHANGED},
        OF_THE_DESK,
    ),
    "write on condition of another record": (
        "dynamodb",
        "transact_write_items",
        {
            "TransactItems": [
                {"ConditionCheck": {"TableName": "RecordsTable", "Key": PLACE, **HOLDS_NEVER}}
            ]
        },
        {NOTICES, REQUESTS, SUBJECTS},
    ),
    "delete a record": (*CALLS["delete a record"][:3], {NOTICES, REQUESTS}),
    "read who holds an address": (
        "dynamodb",
        "get_item",
        {"TableName": "AccessTable", "Key": PLACE},
        {SUBJECTS, REQUESTS},
    ),
    "read a session and a role": (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"AccessTable": {"Keys": [PLACE]}}},
        OF_THE_DESK,
    ),
    "list what opens doors": (
        "dynamodb",
        "query",
        {"TableName": "AccessTable", **FOUND_BY},
        set(),
    ),
    "add what opens a door": (
        "dynamodb",
        "put_item",
        {"TableName": "AccessTable", "Item": PLACE},
        set(),
    ),
    "read a mailed link": (
        "dynamodb",
        "get_item",
        {"TableName": "LinksTable", "Key": PLACE},
        set(),
    ),
    "note a last use": (
        "dynamodb",
        "update_item",
        {"TableName": "LimitsTable", **CHANGED},
        OF_THE_DESK,
    ),
    "read a data key": (*CALLS["read a data key"][:3], {SUBJECTS, REQUESTS}),
    "read several data keys": (
        *CALLS["read several data keys"][:3],
        {NOTICES, REQUESTS, SUBJECTS},
    ),
    "write a data key": (*CALLS["write a data key"][:3], {REQUESTS}),
    "destroy a data key": (*CALLS["destroy a data key"][:3], set()),
    "hash an address": (*CALLS["hash an address"][:3], {SUBJECTS, REQUESTS}),
    "ask for a mail": (
        "sqs",
        "send_message",
        {"QueueUrl": "MailQueueUrl", "MessageBody": ""},  # which SQS does not take
        {NOTICES, SUBJECTS, REQUESTS, REPORTS},
    ),
    "have people told": (*CALLS["have people told of a version"][:3], {NOTICES, REPORTS}),
    "have recipients told": (*CALLS["have recipients told"][:3], {SUBJECTS, REQUESTS, REPORTS}),
    "ask for a copy": (
        "sqs",
        "send_message",
        {"QueueUrl": "FulfilmentQueueUrl", "MessageBody": ""},
        {REQUESTS, REPORTS},
    ),
}
"""What the desk's roles may do, split by what each is for. Which classes they open stands below."""


@pytest.mark.parametrize("name", AT_THE_DESK)
def test_of_the_desk_only_who_needs_it_may(stack: DeployedStack, probe: Probe, name: str) -> None:
    service, operation, parameters, expected = AT_THE_DESK[name]
    known = named(stack, parameters)
    tried = sorted(OF_THE_DESK)
    assert {one for one in tried if probe.may(one, service, operation, **known)} == expected


KEYS = ("KeyCore", "KeyAccount", "KeyMarketing", "KeyTransaction", "KeySupport", "KeyEvidence")
OPENERS = {
    "accounts": {"KeyAccount"},
    "sessions": {"KeyAccount", "KeyEvidence"},
    "desk_notices": {"KeyAccount"},
    "desk_subjects": {"KeyEvidence"},
    "desk_requests": {"KeySupport", "KeyEvidence"},
    "credentials": {"KeyAccount"},
    "profile": {"KeyAccount", "KeyEvidence"},
    "consents": {"KeyEvidence"},
    "unsubscribe": {"KeyEvidence"},
    "receipts": {"KeyEvidence"},
    "records": {"KeyCore", "KeyAccount", "KeyTransaction", "KeySupport", "KeyEvidence"},
    "requests": {"KeyAccount", "KeyEvidence"},
    "answers": {"KeyEvidence"},
    "messages": {"KeySupport"},
    "activity": {"KeyMarketing"},
    "mail": {"KeyAccount", "KeySupport", "KeyEvidence"},
    "announcements": {"KeyAccount"},
    "fulfilment": set(KEYS),
    "erasure": {"KeyAccount", "KeyEvidence"},
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_opens_the_classes_that_it_needs(
    stack: DeployedStack, probe: Probe, function: str
) -> None:
    kms = stack.client("kms")
    opened = set()
    for key in KEYS:
        wrapped = kms.generate_data_key(KeyId=stack.outputs[key], KeySpec="AES_256")
        if probe.may(
            function,
            "kms",
            "decrypt",
            KeyId=stack.outputs[key],
            CiphertextBlob=wrapped["CiphertextBlob"],
        ):
            opened.add(key)
    assert opened == OPENERS.get(function, set())


@pytest.fixture
def policy(stack: DeployedStack) -> Iterator[dict[str, Any]]:
    """The deployed policy of `sessions`, put back after the test."""
    role = {"RoleName": stack.role_name("sessions"), "PolicyName": "sessions"}
    document = stack.client("iam").get_role_policy(**role)["PolicyDocument"]
    try:
        yield document
    finally:
        _put_policy(stack, document)


def _put_policy(stack: DeployedStack, document: dict[str, Any]) -> None:
    stack.client("iam").put_role_policy(
        RoleName=stack.role_name("sessions"),
        PolicyName="sessions",
        PolicyDocument=json.dumps(document),
    )


def _sign_in(stack: DeployedStack) -> int:
    request = urllib.request.Request(
        f"{stack.base_url}/v1/sessions",
        data=json.dumps({"email": "nobody@example.org", "password": "a long password"}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError) as answered:
        urllib.request.urlopen(request, timeout=30)
    answered.value.close()
    return answered.value.code


def test_a_function_fails_without_an_action_of_its_role(
    stack: DeployedStack, policy: dict[str, Any]
) -> None:
    """The roles are what the functions run with: this one cannot find anybody any more."""
    assert _sign_in(stack) == 401
    others = [found for found in policy["Statement"] if found["Action"] != ["kms:GenerateMac"]]
    assert len(others) == len(policy["Statement"]) - 1
    _put_policy(stack, {**policy, "Statement": others})
    assert _sign_in(stack) == 500
    _put_policy(stack, policy)
    assert _sign_in(stack) == 401
