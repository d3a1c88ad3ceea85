"""The budgets of calls and units, exactly: what costs more, or suddenly less, is seen here.

Units of writes are those that the engine counted; they have to agree with DynamoDB's published
rules, applied to the items before and after. Units of reads are the rules'.
"""

from __future__ import annotations

from collections import Counter

import pytest

from chalicelib import ids
from chalicelib.notices import service as notices
from chalicelib.publications.service.announcement import PAGE
from tests.bench import (
    activity,
    amending,
    banner,
    copies,
    counting,
    erasing,
    evidence,
    handed,
    holds,
    messages,
    origins,
    pages,
    reviews,
    systems,
    unused,
    using_rights,
)
from tests.bench.budgets import UNITS_OF_A_PAGE, UNITS_OF_A_PERSON
from tests.bench.counting import Count
from tests.bench.growth import fill
from tests.bench.office import (
    ACCOUNT,
    AUDIT,
    CONTACT,
    ENTER,
    EXTEND,
    LIST,
    READ,
    REFUSE,
    SEARCH,
    STRANGER,
    UNKNOWN,
    crowd,
)
from tests.bench.operation import Operation
from tests.bench.operations import OPERATIONS, PURPOSES, operation
from tests.bench.proof import BATCH, DECISION, DECISIONS, JOIN, RECEIPT, VERIFY
from tests.bench.sweeping import ACCOUNTS, CLOSED, GONE, RENEWED
from tests.bench.telling import AGAIN, ALONE, TOLD
from tests.bench.units import KIB, Images, Item, item_size, write_units
from tests.bench.world import World

CALLS_AND_UNITS = {
    # operation: (DynamoDB calls, KMS calls, read units, write units)
    "notice, warm": (0, 0, 0, 0),
    "notice, not modified": (0, 0, 0, 0),
    banner.WARM: (0, 0, 0, 0),
    banner.KNOWN: (0, 0, 0, 0),
    banner.ALONE: (0, 0, 0, 0),
    # Pointer and document; evidence in two languages.
    banner.COLD: (2, 2, 4.5, 0),
    # Of a new token nothing is read, and so no event id.
    banner.CHOICE: (1, 0, 0, 7),
    # From an IPv6 network, which is counted at three widths. A session's last use is read, too.
    "sign in": (2, 1, 7, 10),
    "sign in, wrong password": (2, 1, 7, 12),
    "profile read": (1, 1, 8, 0),
    "profile write": (2, 1, 16, 4),
    "relay, nothing due": (16, 0, 8, 0),
    "deadlines, nothing due": (17, 0, 8.5, 0),
    "message about a request": (4, 1, 5, 7),
    "dispute": (4, 0, 6, 12),
    "dispute, with a text": (5, 1, 7, 14),
    "sweep, nothing due": (16, 0, 8, 0),
    # The standing alone; a session and its last use beside it.
    "consents read, visitor": (1, 0, 1, 0),
    "consents read, account": (1, 0, 3, 0),
    # The budget of write units of a first one is 8.
    **{f"capture, visitor, first, {purposes}": (1, 0, 0, 7) for purposes in (1, PURPOSES)},
    **{
        f"capture, visitor, {kind}, {purposes}": (2, 0, 4, 4)
        # The budget of a withdrawal that starts clocks is 10.
        for kind in ("repeated", "withdrawal")
        for purposes in (1, PURPOSES)
    },
    **{
        f"capture, account, {kind}, {purposes}": (2, 1, 8, 4)
        for kind in ("repeated", "withdrawal")
        for purposes in (1, PURPOSES)
    },
    # The key of who asks is one read, each person's standing another.
    DECISION: (1, 0, 2, 0),
    DECISIONS: (2, 0, BATCH + 1, 0),
    f"{RECEIPT}, visitor": (1, 1, 3, 0),  # with what stands by now, in the same call
    f"{RECEIPT}, account": (1, 2, 5, 0),
    VERIFY: (0, 0, 0, 0),
    "unsubscribe": (2, 2, 4, 4),
    "disclosure": (2, 0, 2, 4),
    # The key, the person, the key of the class, and of an origin the duty and its own key.
    handed.AGAIN: (2, 1, 5, 4),
    handed.FIRST: (2, 1, 3, 6),
    handed.LATER: (2, 1, 3, 6),
    handed.DATED: (2, 1, 3, 7),
    handed.MOVE: (2, 0, 2, 3),
    # 20 records with 3 W each: their own, and an entry of the index
    handed.WITHDRAWN: (3, 1, 10, 64),
    handed.END: (3, 0, 4, 4),
    handed.LAST: (5, 0, 5, 7),
    JOIN: (4, 2, 15, 16),  # with the key of what was written there, where there is any
    # session, its last use, standing and the key of the class
    messages.FIRST: (2, 1, 4, 7),
    messages.LATER: (2, 1, 4, 7),
    messages.OWN: (2, 1, 5, 0),
    messages.BROWSER: (2, 0, 2, 7),
    messages.JOINED: (8, 1, 8, 18),  # with the lease of the job and its end
    # standing and the key of the class; a later one finds the key, and signed in there is a session
    activity.FIRST: (2, 0, 2, 11),
    activity.LATER: (2, 0, 2, 11),
    activity.OWN: (2, 1, 4, 11),
    activity.NOTHING: (1, 0, 2, 0),
    "processing report": (1, 0, 4, 0),
    "gpc.json": (0, 0, 0, 0),
    pages.HOME: (0, 0, 0, 0),
    pages.NOTICE: (0, 0, 0, 0),
    pages.SIGN_IN: (0, 0, 0, 0),
    pages.CHOICES: (2, 1, 5, 0),
    # The session is read once for the form and once more by what records the choices.
    pages.SAVED: (3, 1, 11, 4),
    pages.REQUEST: (2, 0, 4, 0),
    # The address costs the claim and a Query; the search is an entry of the audit.
    pages.SOUGHT: (7, 1, 9, 4),
    # Five lists and the holds, with the words of one; the look is an entry of the audit.
    pages.PERSON: (9, 1, 14, 4),
    pages.DESK_LIST: (11, 0, 511.5, 0),
    pages.DESK_REQUEST: (8, 1, 31.5, 4),
    # A Query of the month, sixteen of the due index, the head, and one KMS call for the root.
    pages.MONTH: (19, 1, 14, 0),
    pages.ACTIVITIES: (1, 0, 4, 0),
    pages.ENTRIES: (3, 0, 6, 0),
    # The two lists are a Query each; a draft is one item, after the pointer.
    pages.NOTICE_LIST: (3, 0, 5.5, 0),
    pages.DRAFT: (3, 0, 12, 0),
    "account notices read": (2, 0, 4, 0),
    "account notice seen": (2, 0, 3, 1),
    LIST: (3, 0, 55, 0),
    AUDIT: (3, 0, 6, 0),
    "activation, nothing due": (1, 0, 1, 0),
    # What it amends may wait for a yes, which is one read.
    "activation, a version takes effect": (4, 0, 3, 2),
}


_COUNTED: dict[str, Count] = {}
"""What the first invocation of each operation cost, by its name."""


def count(world: World, operation: Operation) -> Count:
    """Counts one invocation, of which the engine has to count the writes as the rules say."""
    found = counting.count(world, operation)
    assert found.writes == found.computed_writes, _said(found)
    _COUNTED.setdefault(operation.name, found)
    return found


def counted_once(world: World, operation: Operation) -> Count:
    """What the first invocation cost, which is counted now if no test did so before."""
    return _COUNTED.get(operation.name) or count(world, operation)


@pytest.mark.parametrize("name", CALLS_AND_UNITS)
def test_calls_and_units(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls, kms, reads, writes = CALLS_AND_UNITS[name]
    assert (found.calls["dynamodb"], found.calls["kms"]) == (calls, kms), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)
    assert sum(found.calls[service] for service in ("sqs", "ses", "s3")) == 0


def test_a_page_weighs_no_more_than_it_may(counted: World) -> None:
    heaviest = {pages.HOME: 60_000, pages.NOTICE: 60_000}
    for name, one in pages.weights(counted).items():
        assert one.zipped <= heaviest.get(name, 20_000), name


def test_the_page_of_failures_asks_each_recipient_and_each_queue_once(counted: World) -> None:
    """And of the last shown it says in the audit that they were looked at."""
    found = count(counted, operation(pages.FAILURES))
    recipients = len(notices.current().recipients)
    assert found.calls["dynamodb"] == recipients + 4, _said(found)
    assert (found.calls["sqs"], found.calls["kms"]) == (5, 0), _said(found)
    assert (found.computed_reads, found.writes) == (recipients + 6, 4), _said(found)


SWEEPS = {
    # operation: (DynamoDB calls, SQS calls, read units, write units)
    # A Query a shard, and a BatchGetItem and a transaction for each 25 records: 3 W for one that
    # goes and 4 for one that moves, and 3 for each tally.
    GONE: (96, 4, 1_024, 3_120),
    RENEWED: (96, 4, 1_024, 4_120),
    # 40 tallies with 3 W each, the record of the run and the head of the chain.
    CLOSED: (18, 0, 49, 124),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_of_a_thousand(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls, sends, reads, writes = SWEEPS[name]
    assert (found.calls["dynamodb"], found.calls["sqs"]) == (calls, sends), _operations(found)
    assert (found.computed_reads, found.writes) == (reads, writes)
    assert found.calls["kms"] + found.calls["s3"] + found.calls["ses"] == 0


def test_a_sweep_that_erases_accounts(counted: World) -> None:
    found = count(counted, operation(ACCOUNTS))
    calls = {name: found.calls[name] for name in ("dynamodb", "kms", "sqs", "s3")}
    assert calls == {"dynamodb": 167, "kms": 0, "sqs": 1, "s3": 20}, _operations(found)
    assert (found.computed_reads, found.writes) == (118, 200)


RIGHTS = {
    # operation: (DynamoDB calls, KMS calls, read units, write units, messages)
    using_rights.WITHDRAW: (2, 1, 5, 14, 1),
    using_rights.OPT_OUT: (2, 1, 5, 14, 1),
    using_rights.DEACTIVATE: (2, 0, 3, 15, 2),
    using_rights.OBJECT: (2, 0, 5, 16, 1),
    using_rights.RESTRICT: (2, 0, 4, 16, 1),
    using_rights.RECTIFY: (2, 1, 10, 14, 1),
    using_rights.RESTRICTED: (2, 0, 3, 0, 0),
    using_rights.BY_ADDRESS: (1, 3, 0, 24, 1),
    using_rights.AGAIN: (1, 3, 0, 24, 1),
    using_rights.PROVE: (5, 0, 6, 20, 1),
    # The mark of the right and the entry that leads to it by the address are 4 of the units.
    using_rights.PROVE_ALONE: (5, 0, 5, 11, 1),
    using_rights.PROVE_AGAIN: (6, 0, 6, 12, 0),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_using_a_right(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls = tuple(found.calls[service] for service in ("dynamodb", "kms", "sqs"))
    dynamodb, kms, reads, writes, messages = RIGHTS[name]
    assert calls == (dynamodb, kms, messages), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)


WITH_AN_ADDRESS = {
    # operation: (DynamoDB calls, KMS calls, read units, write units, SQS messages)
    # From an IPv6 network, which is counted at three widths: 4 units fewer from another.
    messages.UNKNOWN: (1, 2, 0, 16, 1),
    messages.KNOWN: (1, 2, 0, 16, 1),
    # The message here and there, and the key that goes, with two looks for other records.
    messages.PROVE: (8, 2, 8, 13, 0),
    messages.PROVE_ALONE: (4, 0, 4, 7, 0),
}


@pytest.mark.parametrize("name", WITH_AN_ADDRESS)
def test_writing_with_an_address(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls = tuple(found.calls[service] for service in ("dynamodb", "kms", "sqs"))
    dynamodb, kms, reads, writes, sent = WITH_AN_ADDRESS[name]
    assert calls == (dynamodb, kms, sent), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)


def test_what_an_erasure_costs(counted: World) -> None:
    found = count(counted, operation(erasing.ERASE))
    calls = {name: found.calls[name] for name in ("dynamodb", "kms", "s3", "sqs")}
    assert calls == {"dynamodb": 35, "kms": 3, "s3": 8, "sqs": 1}, _said(found)
    assert (found.computed_reads, found.writes) == (46, 146), _said(found)


BROWSERS = {
    erasing.LEAVE: (2, 0, 0, 1, 2, 14),
    erasing.ERASE_BROWSER: (20, 1, 2, 0, 17, 39),
}
"""Calls of DynamoDB, KMS, S3 and SQS, units read and units written."""


@pytest.mark.parametrize("name", BROWSERS)
def test_what_it_costs_to_erase_a_browser(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls = tuple(found.calls[service] for service in ("dynamodb", "kms", "s3", "sqs"))
    assert (*calls, found.computed_reads, found.writes) == BROWSERS[name], _said(found)


def test_what_a_tombstones_end_costs(counted: World) -> None:
    found = count(counted, operation(erasing.END))
    calls = {name: found.calls[name] for name in ("dynamodb", "kms", "s3", "sqs")}
    assert calls == {"dynamodb": 6, "kms": 0, "s3": 1, "sqs": 0}, _said(found)
    # A tally of the keys and one of the end are 3 units each, and keys go in a transaction.
    assert (found.computed_reads, found.writes) == (4, 11 + erasing.ENTRIES), _said(found)


def test_a_closing_receipt_is_verified_with_one_read(counted: World) -> None:
    found = count(counted, operation(erasing.VERIFY_CLOSING))
    assert (found.calls["dynamodb"], found.computed_reads, found.writes) == (1, 1, 0), _said(found)


@pytest.mark.parametrize(
    ("name", "lot", "calls", "reads", "writes"),
    [
        # From an IPv6 network: one in 60 is counted by its own, one in 1,200 at all three widths.
        ("capture, visitor, repeated, 1", 1 / 61, {}, 2, 2),
        ("capture, account, repeated, 8", 0.0, {}, 6, 6),
        # A refusal is counted by no network.
        ("capture, visitor, withdrawal, 1", 0.0, {}, 0, 0),
        (f"{RECEIPT}, visitor", 1 / 7, {"UpdateItem": 1}, 1, 1),
        (f"{RECEIPT}, account", 1 / 61, {"UpdateItem": 2}, 2, 2),
    ],
)
def test_what_is_counted_by_samples_costs_as_much_more(
    counted: World,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    lot: float,
    calls: dict[str, int],
    reads: int,
    writes: int,
) -> None:
    spared = counted_once(counted, operation(name))
    monkeypatch.setattr(ids, "new_draw", lambda: lot)
    found = count(counted, operation(name))
    assert _operations(found) - _operations(spared) == calls
    assert found.computed_reads - spared.computed_reads == reads
    assert found.writes - spared.writes == writes


@pytest.mark.parametrize(
    ("name", "calls", "reads", "writes"),
    [
        ("submit, signed in, no details", {"dynamodb": 2, "sqs": 1}, 3, 14),
        ("receipt mail", {"dynamodb": 6, "kms": 1, "ses": 1}, 4, 3),
    ],
)
def test_a_request_is_told_by_one_job_and_one_mail(
    counted: World, name: str, calls: dict[str, int], reads: int, writes: int
) -> None:
    found = count(counted, operation(name))
    assert {service: made for service, made in found.calls.items() if made} == calls, _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)


@pytest.mark.parametrize(
    ("name", "calls", "kms", "reads", "writes", "sqs"),
    [
        # The entry of the audit and its head are 4 of the units that each of these writes.
        (READ, 5, 1, 10, 4, 0),
        (SEARCH, 5, 0, 7, 4, 0),
        # Words are kept sealed in a record of their own: 2 units, 1 call and 1 KMS call.
        (EXTEND, 5, 1, 10, 15, 1),
        (REFUSE, 5, 0, 11, 17, 1),
        (ENTER, 3, 0, 8, 18, 1),
        # Two keys, the address, the mark and the entry by the address are new with a stranger.
        (STRANGER, 4, 3, 7, 24, 1),
        # The address costs the claim and a Query; then what is found.
        (UNKNOWN, 5, 1, 7, 4, 0),
        (ACCOUNT, 7, 1, 9, 4, 0),
        (CONTACT, 7, 1, 9, 4, 0),
    ],
)
def test_what_the_desk_does_costs_so_much(
    counted: World, name: str, calls: int, kms: int, reads: int, writes: int, sqs: int
) -> None:
    found = count(counted, operation(name))
    asked = (found.calls["dynamodb"], found.calls["kms"], found.calls["sqs"])
    assert asked == (calls, kms, sqs), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)


@pytest.mark.parametrize(
    ("name", "calls", "kms", "reads", "writes"),
    [
        # Three units a record that leaves the lane or comes back. Ids of a hundred records stand in
        # the hold and in the entry of the audit: 3 and 4 KiB.
        (holds.PLACE, 5, 1, 17, 324),
        (holds.RENEW, 5, 1, 17, 24),
        (holds.LIFT, 6, 0, 16, 325),
        (holds.CLASS, 4, 1, 8, 10),
        (holds.OF_PERSON, 5, 1, 7, 4),
        (reviews.LIST, 4, 0, 44.5, 0),
        (reviews.KEEP, 4, 1, 9, 11),
        (reviews.ERASE, 4, 1, 9, 11),
    ],
)
def test_what_holds_cost(
    counted: World, name: str, calls: int, kms: int, reads: float, writes: int
) -> None:
    found = count(counted, operation(name))
    assert (found.calls["dynamodb"], found.calls["kms"]) == (calls, kms), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)


@pytest.mark.parametrize(
    ("name", "calls", "kms", "reads", "writes", "sqs"),
    [
        # Without systems it is 17 units and 2 messages; each is 6 units and a message more, and
        # the job of the copy, 3 units and a message, waits for them.
        (systems.ASK_ONE, 2, 0, 3, 20, 2),
        (systems.ASK_THREE, 2, 0, 3, 32, 4),
        (systems.ANSWER, 4, 0, 5, 6, 0),
        (systems.ANSWER_DATA, 4, 1, 6, 14, 1),
        (systems.REPEATED, 3, 0, 5, 0, 0),
    ],
)
def test_what_other_systems_cost(
    counted: World, name: str, calls: int, kms: int, reads: float, writes: int, sqs: int
) -> None:
    found = count(counted, operation(name))
    asked = (found.calls["dynamodb"], found.calls["kms"], found.calls["sqs"])
    assert asked == (calls, kms, sqs), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)


def test_what_the_proof_of_a_month_costs(counted: World) -> None:
    """744 records of twenty rules each: one Query, and one call to KMS for the signature."""
    found = count(counted, operation(evidence.REPORT))
    calls = tuple(found.calls[name] for name in ("dynamodb", "kms"))
    assert calls == (3, 1), _said(found)
    assert found.computed_reads <= 200, _said(found)
    assert found.writes == 0, _said(found)


def test_the_list_of_the_desk_costs_the_same_among_few_and_many(counted: World) -> None:
    crowd(counted, 50)
    few = count(counted, operation(LIST))  # which adds fifty of its own
    crowd(counted, 2_000)
    many = count(counted, operation(LIST))
    assert (many.calls, many.computed_reads) == (few.calls, few.computed_reads)


def test_registering_tells_the_queue_once(counted: World) -> None:
    found = count(counted, operation("register"))
    assert _operations(found) == {
        "GenerateDataKey": 2,
        "GenerateMac": 1,
        "TransactWriteItems": 1,
        "SendMessage": 1,
    }


def test_asking_for_a_mail_costs_the_same_for_every_address(counted: World) -> None:
    found = _operations(count(counted, operation("ask for a new password")))
    assert found == {"GenerateMac": 1, "TransactWriteItems": 1, "SendMessage": 1}


def test_a_mail_is_sent_once(counted: World) -> None:
    for name in ("verification mail", "copy-ready mail"):
        assert count(counted, operation(name)).calls["ses"] == 1


def test_a_copy_reads_the_partition_of_each_table_once(counted: World) -> None:
    made = count(counted, operation("fulfil a copy"))
    found = _operations(made)
    assert found["Query"] == 2
    assert found["PutObject"] == 1
    # With one table for all it was one Query, and eight calls.
    assert made.calls["dynamodb"] <= 8


@pytest.mark.parametrize(
    ("name", "pages", "calls"),
    [
        (copies.SMALL, 2, {"PutObject": 1, "ListObjectsV2": 1}),
        (
            copies.LARGE,
            23,
            {
                "CreateMultipartUpload": 1,
                "UploadPart": 4,
                "CompleteMultipartUpload": 1,
                "ListObjectsV2": 1,
            },
        ),
    ],
)
def test_a_copy_costs_a_query_for_each_mb(
    counted: World, name: str, pages: int, calls: dict[str, int]
) -> None:
    made = count(counted, operation(name))
    found = _operations(made)
    assert found["Query"] == pages, _said(made)
    # The job leased and ended, the request, the claim, and the transaction that closes it.
    assert made.calls["dynamodb"] == pages + 5, _said(made)
    assert (made.calls["kms"], made.writes) == (2, 19), _said(made)
    assert Counter(call.operation for call in made.log if call.service == "s3") == calls


def test_a_cold_notice_is_two_reads_and_one_mac(counted: World) -> None:
    found = _operations(count(counted, operation("notice, cold")))
    assert found == {"GetItem": 2, "GenerateMac": 1}


def test_a_draft_is_saved_with_one_transaction(counted: World) -> None:
    found = _operations(count(counted, operation("save a draft")))
    # The head of the audit is read for the entry.
    assert found == {"BatchGetItem": 1, "GetItem": 1, "Query": 1, "TransactWriteItems": 1}


def test_a_simulation_reads_a_shard_and_writes_nothing(counted: World) -> None:
    found = _operations(count(counted, operation("simulate, a sample")))
    # Whose session it is and the people of the shard; the draft, the pointer, and what is known.
    assert found == {"BatchGetItem": 2, "GetItem": 4, "Query": 1}


def test_a_publication_is_one_transaction_and_a_message_for_each_job(counted: World) -> None:
    found = _operations(count(counted, operation("publish")))
    # Whose session it is, once before the body is read; their second factor, the desk and who they
    # are; and a mail to them.
    assert found == {
        "BatchGetItem": 4,
        "Decrypt": 1,
        "GetItem": 8,
        "Query": 1,
        "TransactWriteItems": 1,
        "SendMessage": 2,
    }


PAGE_OF_A_ROUND = {
    # The job is leased and deleted; the round is read, and goes on with a job for the next page.
    "UpdateItem": 1,
    "GetItem": 1,
    "Query": 1,
    "BatchGetItem": 1,
    "TransactWriteItems": 1,
    "SendMessage": 1,
    "DeleteItem": 1,
}

PAGE_OF_A_PART = {
    # Of a round that runs in all shards at once, a part is read with the round.
    **{name: number for name, number in PAGE_OF_A_ROUND.items() if name != "GetItem"},
    "BatchGetItem": 2,
}


@pytest.mark.parametrize("name", [ALONE, AGAIN])
def test_whom_a_version_leaves_alone_costs_a_read(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    assert _operations(found) == PAGE_OF_A_PART
    assert found.writes == UNITS_OF_A_PAGE
    # The standing and the obligation of each; round, part and two steps of the index besides.
    assert found.computed_reads == 2 * PAGE + 3


def test_telling_somebody_takes_two_writes_a_key_and_a_mail(counted: World) -> None:
    found = count(counted, operation(TOLD))
    extra = _operations(found) - Counter(PAGE_OF_A_PART)
    assert extra == {
        "GetSendQuota": 1,
        "TransactWriteItems": 1,  # all obligations at once
        "BatchGetItem": 1,  # all addresses and the keys that open them
        "UpdateItem": 2 * PAGE,
        "Decrypt": PAGE,
        "SendRawEmail": PAGE,
    }
    assert found.writes == UNITS_OF_A_PAGE + UNITS_OF_A_PERSON * PAGE
    assert found.computed_reads == 4 * PAGE + 3


@pytest.mark.parametrize(("name", "moved"), [(amending.COUNTED, 0), (amending.MOVED, 100)])
def test_a_changed_rule_costs_an_update_for_each_date(
    counted: World, name: str, moved: int
) -> None:
    found = count(counted, operation(name))
    page = {name: number for name, number in PAGE_OF_A_ROUND.items() if name != "BatchGetItem"}
    # The changed rules are read, and each date is moved.
    assert _operations(found) == Counter(page) + Counter({"GetItem": 1, "UpdateItem": moved})
    assert (found.computed_reads, found.writes) == (4.5, UNITS_OF_A_PAGE + 3 * moved), _said(found)


UNUSED = {
    # operation: (DynamoDB calls, KMS calls, read units, write units, messages, mails, S3)
    # Of each account: what lies there, its role, what is open; of 25 a read and a transaction.
    unused.WARN: (208, 0, 300, 912, 100, 0, 0),
    unused.MAIL: (7, 1, 4, 5, 0, 1, 0),
    unused.KEEP: (3, 0, 2, 2, 0, 0, 0),
    unused.LIST: (3, 0, 44.5, 0, 0, 0, 0),
    # Of each account two objects of the log, and three looks for bodies of copies.
    unused.ERASE: (231, 0, 220, 350, 0, 0, 80),
}


@pytest.mark.parametrize("name", UNUSED)
def test_unused_accounts(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls, kms, reads, writes, *others = UNUSED[name]
    assert (found.calls["dynamodb"], found.calls["kms"]) == (calls, kms), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)
    assert [found.calls[service] for service in ("sqs", "ses", "s3")] == others


ORIGINS = {
    # operation: (DynamoDB calls, KMS calls, read units, write units, messages, mails, S3)
    # Beside the record the duty and the job of its mail, both in a lane.
    handed.ELSEWHERE: (2, 2, 5, 10, 1, 0, 0),
    origins.MAIL: (8, 2, 5, 6, 0, 1, 0),
    origins.LIST: (4, 0, 44.5, 0, 0, 0, 0),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_telling_of_an_origin(counted: World, name: str) -> None:
    found = count(counted, operation(name))
    calls, kms, reads, writes, *others = ORIGINS[name]
    assert (found.calls["dynamodb"], found.calls["kms"]) == (calls, kms), _said(found)
    assert (found.computed_reads, found.writes) == (reads, writes), _said(found)
    assert [found.calls[service] for service in ("sqs", "ses", "s3")] == others


def test_costs_do_not_grow_with_the_number_of_people(counted: World) -> None:
    names = ("sign in", "capture, visitor, repeated, 1", ACCOUNTS, GONE, "deadlines, nothing due")
    # Of what a sweep of many cost there is a test above; the others depend on what lies there now.
    again = {name: counted_once if name in (ACCOUNTS, GONE) else count for name in names}
    before = [again[name](counted, operation(name)) for name in names]
    fill(counted, 1000)
    after = [count(counted, operation(name)) for name in names]
    assert [_cost(one) for one in after] == [_cost(one) for one in before]


def _cost(found: Count) -> tuple[Counter[str], float, float]:
    return _operations(found), found.computed_reads, found.writes


def _operations(found: Count) -> Counter[str]:
    return Counter(call.operation for call in found.log)


def _said(found: Count) -> str:
    return "; ".join(
        f"{call.service}.{call.operation} R{call.computed_reads:g} W{call.writes:g}"
        for call in found.log
    )


PLACE = ("records", "S#a", "core#standing#")
ITEM = {"pk": {"S": "S#a"}, "sk": {"S": "core#standing#"}, "kind": {"S": "standing"}}
LANED = {**ITEM, "lane": {"S": "rule#01"}, "due_at": {"S": "2026-11-22T00:00:00.000Z"}}


def _units(old: Item | None, new: Item) -> float:
    request = {"TransactItems": [{"Put": {"TableName": "records", "Item": new}}]}
    images: tuple[Images, Images] = {PLACE: old}, {PLACE: new}
    return write_units("TransactWriteItems", request, *images, frozenset({"kind"}))


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_the_engine_counts_writes_as_the_rules_say(counted: World, one: Operation) -> None:
    found = counted_once(counted, one)
    assert found.writes == found.computed_writes, _said(found)


def test_a_size_is_that_of_names_and_values() -> None:
    assert item_size({"ab": {"S": "è"}, "n": {"N": "123"}, "b": {"B": b"12"}}) == 4 + 4 + 3


def test_a_transaction_costs_twice_for_the_larger_image() -> None:
    large = {**ITEM, "text": {"S": "x" * KIB}}
    assert _units(None, ITEM) == 2
    assert _units(large, ITEM) == 4


def test_an_index_entry_costs_when_it_changes() -> None:
    assert _units(None, LANED) == 3
    assert _units(LANED, {**LANED, "text": {"S": "not in the index"}}) == 2
    assert _units(LANED, {**LANED, "kind": {"S": "other"}}) == 3
    assert _units(LANED, {**LANED, "due_at": {"S": "2027"}}) == 4
    assert _units(LANED, ITEM) == 3
