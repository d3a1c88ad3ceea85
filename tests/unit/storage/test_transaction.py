from __future__ import annotations

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError

from chalicelib.accounts.store import CredentialItem
from chalicelib.notices.model import UndeclaredField
from chalicelib.requests.store import RequestItem
from chalicelib.sessions.model import Opened, Token
from chalicelib.sessions.store import SessionItem, link_item, session_item
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.engine import Engine

TOKEN = Token(SUBJECT, "s" * 43)
OK, FAILED, CONFLICT = "None", "ConditionalCheckFailed", "TransactionConflict"


def session(secret: str = "s") -> SessionItem:
    """A session to be put."""
    return session_item(Token(SUBJECT, secret * 43), Opened(), 0, NOW, NOW)


def transaction() -> Transaction:
    """One write of every sort, added in another order than they are sent in."""
    write = Transaction(shipped())
    stands = standing_item(standing())
    write.update(
        stands, [StandingItem.seq.set(2)], StandingItem.head == stands.head, label="standing"
    )
    write.put(session(), label="session")
    write.delete(link_item(TOKEN, "a", "b", NOW), label="link")
    write.check(
        StandingItem, keys.subject("other"), "core#standing#", StandingItem.pk.exists(), "active"
    )
    write.put(session("t"), label="second session")
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
        write.put(session(letter))
    engine.cancel(*codes)
    with pytest.raises(ConditionFailed) as failed:
        write.commit()
    assert failed.value.labels == {"session"}


def test_a_put_must_not_overwrite(engine: Engine) -> None:
    write = Transaction(shipped())
    write.put(session())
    write.commit()
    put = engine.requests[0][1]["TransactItems"][0]["Put"]
    name = put["ConditionExpression"].removeprefix("attribute_not_exists (").rstrip(")")
    assert put["ExpressionAttributeNames"] == {name: "pk"}
    assert put["TableName"] == "access"


def test_what_replaces_may_overwrite(engine: Engine) -> None:
    write = Transaction(shipped())
    write.replace(session())
    write.replace(session("t"), condition=SessionItem.generation == 0)
    write.commit()
    free, guarded = (one["Put"] for one in engine.requests[0][1]["TransactItems"])
    assert "ConditionExpression" not in free
    assert list(guarded["ExpressionAttributeNames"].values()) == ["generation"]
    assert free["Item"]["sk"] == {"S": session().sk}


def test_what_replaces_is_named_when_its_condition_fails(engine: Engine) -> None:
    write = Transaction(shipped())
    write.replace(session(), condition=SessionItem.generation == 0)
    write.replace(session("t"), label="other", condition=SessionItem.generation == 0)
    engine.cancel(FAILED, FAILED)
    with pytest.raises(ConditionFailed) as failed:
        write.commit()
    assert failed.value.labels == {"session", "other"}


def test_an_update_without_a_condition_makes_the_item(engine: Engine) -> None:
    write = Transaction(shipped())
    write.update(session(), [SessionItem.generation.set(1)], None)
    write.commit()
    update = engine.requests[0][1]["TransactItems"][0]["Update"]
    assert "ConditionExpression" not in update
    assert update["Key"]["sk"] == {"S": session().sk}


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
    with pytest.raises(UndeclaredField, match="hint"):
        write.replace(item)
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
