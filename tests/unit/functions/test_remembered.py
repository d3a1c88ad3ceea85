"""No remembered answer to who may not have it any more: every operation with `Idempotency-Key`.

The table is made of the operations that there are, so that a new one is tested by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.api_keys import model as key_model
from chalicelib.api_keys.model import Credential
from chalicelib.api_keys.store import ApiKeyItem, key_place
from chalicelib.errors import Forbidden, Problem, Unauthenticated
from chalicelib.sessions.model import Opened, Token
from chalicelib.sessions.role_store import role_item
from chalicelib.sessions.service import give_role, new_session
from chalicelib.sessions.store import SessionItem
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import standing_item
from chalicelib.web.call import Call
from chalicelib.web.contract import Auth, Operation
from chalicelib.web.idempotency import is_remembered
from chalicelib.web.request import Headers
from chalicelib.web.wiring import wired
from functions.http.site import OPERATIONS
from tests.unit.core.samples import DISOWNED, NOW, SUBJECT, shipped, standing
from tests.unit.storage.tables import Tables

REMEMBERED = [one for one in OPERATIONS if one.idempotent]
WITH_BEARER = [one for one in REMEMBERED if one.auth not in (Auth.NONE, Auth.VISITOR)]
TOKENS = {"token", "visitor", "secret", "code", "recovery_codes", "upload_url", "url"}
"""Members of answers that open something for whoever has them."""


def call_of(operation: Operation, bearer: str | None) -> Call:
    """A call with a token, as far as it matters here."""
    return Call(operation, None, {}, {}, Headers({}), "application/json", "id", bearer)


class Holder:
    """A member of the desk's, and a key of the site's, that can lose what they have."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tables = Tables()
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        self.token, session = new_session(SUBJECT, Opened(True), 0, shipped(), NOW)
        self.session: SessionItem = session
        self.credential: Credential = key_model.new_credential()
        self.tables.put(session)
        self.tables.put(role_item(SUBJECT, "desk"))
        self.stands()
        self.key()

    def stands(self, **changed: Any) -> None:
        """The account is like that."""
        self.tables.put(standing_item(replace(standing(), **changed)))

    def lose_role(self) -> None:
        """An operator takes the role away."""
        write: Any = self.tables.transaction(shipped())
        give_role(write, SUBJECT, None)
        write.commit()

    def key(self, scopes: str = "", **changed: Any) -> None:
        """The key is like that."""
        pk, sk = key_place(self.credential.id)
        scopes = scopes or " ".join(sorted(key_model.SCOPES))
        item = ApiKeyItem(pk=pk, sk=sk, kind="api_key", name="site", scopes=scopes, created_at=NOW)
        item.fingerprint = self.credential.fingerprint
        for name, value in changed.items():
            setattr(item, name, value)
        self.tables.put(item)

    def bearer(self, operation: Operation) -> str:
        """What they send."""
        return str(self.credential if operation.auth is Auth.SERVICE else self.token)

    def end_session(self) -> None:
        """They sign out."""
        self.tables.items = {
            place: raw for place, raw in self.tables.items.items() if self.session.sk not in place
        }


def other_scopes(operation: Operation) -> str:
    """All scopes but the one that the operation needs."""
    return " ".join(sorted(key_model.SCOPES - {operation.scope}))


LOSSES: Mapping[str, tuple[Callable[[Holder, Operation], None], type[Problem]]] = {
    "signed out": (lambda who, _: who.end_session(), Unauthenticated),
    "signed out everywhere": (lambda who, _: who.stands(generation=1), Unauthenticated),
    "being erased": (lambda who, _: who.stands(life=Life.ERASING), Unauthenticated),
    "disowned": (lambda who, _: who.stands(life=Life.PENDING, limits=DISOWNED), Unauthenticated),
    "role taken away": (lambda who, _: who.lose_role(), Forbidden),
    "stopped, at the desk": (lambda who, _: who.stands(life=Life.DEACTIVATED), Forbidden),
    "key revoked": (lambda who, _: who.key(revoked_at=NOW), Unauthenticated),
    "key ran out": (lambda who, _: who.key(expires_at=NOW), Unauthenticated),
    "scope of another": (lambda who, one: who.key(other_scopes(one)), Forbidden),
}
AT_THE_DESK = {"role taken away", "stopped, at the desk"}
BY_KEY = {name for name in LOSSES if "key" in name or "scope" in name}


def losses() -> Iterator[tuple[Operation, str]]:
    """Every operation with all that its caller may lose."""
    for operation in WITH_BEARER:
        for name in LOSSES:
            if (name in BY_KEY) is not (operation.auth is Auth.SERVICE):
                continue
            if name not in AT_THE_DESK or operation.auth is Auth.STAFF:
                yield operation, name


@pytest.fixture
def holder(monkeypatch: pytest.MonkeyPatch) -> Holder:
    return Holder(monkeypatch)


@pytest.mark.parametrize("operation", WITH_BEARER, ids=lambda one: one.id)
def test_who_may_still_call_is_recognised(holder: Holder, operation: Operation) -> None:
    wired().recognise(call_of(operation, holder.bearer(operation)))


@pytest.mark.parametrize(
    ("operation", "loss"), [pytest.param(*one, id=f"{one[0].id}: {one[1]}") for one in losses()]
)
def test_who_may_not_call_any_more_is_refused(
    holder: Holder, operation: Operation, loss: str
) -> None:
    lose, refusal = LOSSES[loss]
    lose(holder, operation)
    with pytest.raises(refusal):
        wired().recognise(call_of(operation, holder.bearer(operation)))
    made_up = str(Token(SUBJECT, "x" * 43))
    with pytest.raises(Unauthenticated):
        wired().recognise(call_of(operation, made_up))


@pytest.mark.parametrize("operation", REMEMBERED, ids=lambda one: one.id)
def test_what_hands_out_a_token_says_so(operation: Operation) -> None:
    """Such an answer is remembered for nobody whom the next call cannot prove to be."""
    answered = {
        name
        for answer in operation.answers.values()
        for name in (answer.schema or {}).get("properties", {})
    }
    assert operation.hands_out is bool(answered & TOKENS)
    assert is_remembered(operation, None, None) is (not operation.hands_out)
    assert is_remembered(operation, "token", None)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_an_operation_for_the_site_names_its_scope(operation: Operation) -> None:
    """Its description and its check say the same one."""
    assert (operation.auth is Auth.SERVICE) is bool(operation.scope)
    if operation.scope:
        assert operation.scope in key_model.SCOPES
        assert f"scope `{operation.scope}`" in operation.description
