from __future__ import annotations

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError

from chalicelib.accounts.store import CredentialItem
from chalicelib.consents.store import StandingItem, standing_item
from chalicelib.notices.model import UndeclaredField
from chalicelib.requests.store import RequestItem
from chalicelib.sessions.model import Token
from chalicelib.sessions.store import link_item, session_item
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.engine import Engine

TOKEN = Token(SUBJECT, "s" * 43)
OK, FAILED, CONFLICT = "None", "ConditionalCheckFailed", "TransactionConflict"


def transaction() -> Transaction:
    """One write of every sort, added in another order than they are sent in."""
    write = Transaction(shipped())
    stands = standing_item(standing())
    write.update(
        stands, [StandingItem.seq.set(2)], StandingItem.head == stands.head, label="standing"
    )
    write.put(session_item(TOKEN, NOW, NOW), label="session")
    write.delete(link_item(TOKEN, "a", "b", NOW), label="link")
    write.check(
        StandingItem, keys.subject("other"), "core#standing#", StandingItem.pk.exists(), "active"
    )
    write.put(session_item(Token(SUBJECT, "t" * 43), NOW, NOW), label="second session")
    return write


def test_writes_are_sent_in_one_call_in_the_order_of_their_labels(engine: Engine) -> None:
    transaction().commit()
    ((operation, sent),) = engine.requests
    assert operation == "TransactWriteItems"
    assert [next(iter(one)) for one in sent["TransactItems"]] == [
        "ConditionCheck",
        "Delete",
        "Put",
        "Put",
        "Update",
    ]
    assert sent["ClientRequestToken"]


@pytest.mark.parametrize(
    ("codes", "labels"),
    [
        ([FAILED, OK, OK, OK, OK], {"active"}),
        ([OK, FAILED, OK, OK, OK], {"link"}),
        ([OK, OK, FAILED, OK, OK], {"session"}),
        ([OK, OK, OK, FAILED, OK], {"second session"}),
        ([OK, OK, OK, OK, FAILED], {"standing"}),
        ([FAILED, OK, OK, OK, FAILED], {"active", "standing"}),
        ([CONFLICT, OK, FAILED, OK, OK], {"session"}),
    ],
)
def test_a_condition_that_failed_is_named(
    engine: Engine, codes: list[str], labels: set[str]
) -> None:
    engine.cancel(*codes)
    with pytest.raises(ConditionFailed) as failed:
        transaction().commit()
    assert failed.value.labels == labels
    assert str(failed.value) == ", ".join(sorted(labels))


@pytest.mark.parametrize("place", range(5))
def test_another_writer_is_told_apart(engine: Engine, place: int) -> None:
    codes = [OK] * 5
    codes[place] = CONFLICT
    engine.cancel(*codes)
    with pytest.raises(Contended):
        transaction().commit()


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_any_other_reason_is_an_error_of_its_own(engine: Engine, code: str) -> None:
    engine.cancel(OK, OK, OK, OK, code)
    with pytest.raises(TransactWriteError) as raised:
        transaction().commit()
    assert [one.code for one in raised.value.cancellation_reasons if one] == [code]


def test_an_answer_that_is_no_cancellation_is_passed_on(engine: Engine) -> None:
    engine.answers.append((400, {"__type": "x#ValidationException", "Message": "no"}))
    with pytest.raises(TransactWriteError) as raised:
        transaction().commit()
    assert raised.value.cause_response_code == "ValidationException"


@pytest.mark.parametrize("codes", [(FAILED, CONFLICT), (CONFLICT, FAILED), (FAILED, OK)])
def test_two_writes_of_one_label_do_not_hide_each_other(
    engine: Engine, codes: tuple[str, str]
) -> None:
    write = Transaction(shipped())
    for letter in "st":
        write.put(session_item(Token(SUBJECT, letter * 43), NOW, NOW))
    engine.cancel(*codes)
    with pytest.raises(ConditionFailed) as failed:
        write.commit()
    assert failed.value.labels == {"session"}


def test_a_put_must_not_overwrite(engine: Engine) -> None:
    write = Transaction(shipped())
    write.put(session_item(TOKEN, NOW, NOW))
    write.commit()
    put = engine.requests[0][1]["TransactItems"][0]["Put"]
    name = put["ConditionExpression"].removeprefix("attribute_not_exists (").rstrip(")")
    assert put["ExpressionAttributeNames"] == {name: "pk"}
    assert put["TableName"] == "records"


class Renamed(CredentialItem):
    """A credential with a field that no notice declares."""

    KIND = "credential"
    hint = UnicodeAttribute(null=True)


def test_nothing_undeclared_gets_as_far_as_the_wire(engine: Engine) -> None:
    write = Transaction(shipped())
    pk, sk = keys.subject(SUBJECT), "account#credential#"
    item = Renamed(pk=pk, sk=sk, kind="credential", password_hash="x", registered_at=NOW)
    with pytest.raises(UndeclaredField, match="hint"):
        write.put(item)
    with pytest.raises(UndeclaredField):
        write.update(item, [Renamed.password_hash.set("y")], Renamed.pk.exists())
    assert engine.requests == []


def test_a_request_that_was_read_with_sealed_details_can_be_updated(engine: Engine) -> None:
    # What is sealed in an item that was read is not written again, and its names are not known.
    read = RequestItem(
        pk=keys.subject(SUBJECT),
        sk="evidence#request#x",
        kind="request",
        status="received",
        sealed=b"x",
    )
    write = Transaction(shipped())
    write.update(read, [RequestItem.status.set("completed")], RequestItem.pk.exists())
    write.commit()
    assert [operation for operation, _ in engine.requests] == ["TransactWriteItems"]
