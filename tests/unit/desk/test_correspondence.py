"""The desk reads what a person wrote: for one open request, with an entry of the audit."""

from __future__ import annotations

import pytest

from chalicelib.messages.store import MessageItem, message_place
from chalicelib.requests.service import correspondence
from chalicelib.vault import service as vault
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import OFFICER, REQUESTS, Office
from tests.unit.storage.tables import Killed

IMPORTED = (correspondence,)
SECRET = "<i>My parrot</i> is loud"
MESSAGES = f"{REQUESTS}/{{id}}/messages"


@pytest.fixture
def written(office: Office) -> Office:
    """The person of the requests wrote two messages."""
    key, item = vault.new_visitor_key(SUBJECT, "support", NOW)
    office.tables.put(item)
    for name in ("a", "b"):
        pk, sk = message_place(SUBJECT, name * 26)
        message = MessageItem(pk=pk, sk=sk, kind="message", form="support", locale="en")
        message.written_at = NOW
        vault.seal_item(message, key, {"text": SECRET, "topic": name})
        message.schedule("rule", office.notice.rule("message", "created").ends(NOW), "created", NOW)
        office.tables.put(message)
    return office


def test_reads_them_for_an_open_request(written: Office) -> None:
    request = written.ask("port")
    sent = written.call("GET", MESSAGES, at={"id": request}, query={"limit": "1"})
    assert sent.status == 200, sent.json
    (first,) = sent.json["items"]
    assert (first["text"], first["fields"]) == (SECRET, {"topic": "a"})
    query = {"cursor": sent.json["next"]}
    sent = written.call("GET", MESSAGES, at={"id": request}, query=query)
    assert [one["fields"]["topic"] for one in sent.json["items"]] == ["b"]
    assert [(one.by, one.action, one.subject, one.request) for one in written.audited()] == [
        (OFFICER, "messages_read", SUBJECT, request)
    ] * 2


def test_of_somebody_who_wrote_nothing_there_are_none(office: Office) -> None:
    sent = office.call("GET", MESSAGES, at={"id": office.ask("port")})
    assert sent.json == {"items": [], "next": None}
    assert [one.action for one in office.audited()] == ["messages_read"]


def test_of_a_closed_one_and_of_none_nothing_is_shown(written: Office) -> None:
    request = written.ask("review")
    written.done(request, "refuse", ground="not_identified")
    before = len(written.audited())
    sent = written.call("GET", MESSAGES, at={"id": request})
    assert (sent.status, sent.json["type"]) == (409, "urn:riserbo:problem:move-not-allowed")
    assert written.call("GET", MESSAGES, at={"id": "z" * 26}).status == 404
    assert len(written.audited()) == before


def test_shows_nothing_where_the_look_is_not_recorded(written: Office) -> None:
    request = written.ask("port")
    written.steps.names.clear()
    written.call("GET", MESSAGES, at={"id": request})
    calls = written.steps.names
    before = len(written.audited())
    written.steps.kill_before(calls.index("commit"))
    with pytest.raises(Killed):
        written.call("GET", MESSAGES, at={"id": request})
    written.steps.revive()
    assert len(written.audited()) == before
