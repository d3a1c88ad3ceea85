"""What the notice does not declare is not stored, whoever asks: tried on the real table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pynamodb.attributes import UnicodeAttribute

from chalicelib import clock, ids
from chalicelib.accounts import store
from chalicelib.accounts.store import ProfileItem
from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice, UndeclaredField
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.sessions.store import SessionItem
from chalicelib.storage.item import Item, Stored
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault
from tests.functions import tables
from tests.functions.commands import operating
from tests.functions.stack import DeployedStack
from tests.product import PRODUCT


@pytest.fixture(autouse=True)
def _as_a_function(stack: DeployedStack) -> Iterator[None]:
    """This process has the settings of a deployed function."""
    with operating(stack):
        yield


@pytest.fixture(scope="module")
def notice() -> Notice:
    document: dict[str, Any] = json.loads(PRODUCT.read_text())
    return compile_notice(document, STORED, confirmed=frozenset())


class TracedSession(SessionItem):
    """A session that also keeps where somebody signed in from, which the notice never said."""

    source_address = UnicodeAttribute()


class Diary(Item):
    """A kind of record that no notice knows."""

    KIND = "diary"
    CLASS = "core"

    text = UnicodeAttribute()


def _session(subject: str, notice: Notice) -> Stored:
    opened = Opened(ip_address="203.0.113.0/24", approximate_place="IT")
    _, item = sessions.new_session(subject, opened, 0, notice, clock.now())
    return item


def _traced(subject: str, notice: Notice) -> Stored:
    item = _session(subject, notice)
    return TracedSession(
        pk=item.pk,
        sk=item.sk,
        kind=SessionItem.KIND,
        created_at=clock.now(),
        expires_at=clock.now(),
        generation=0,
        source_address="203.0.113.9",
    )


def _diary(subject: str, _notice: Notice) -> Stored:
    return Diary(pk=f"S#{subject}", sk="core#diary#", kind=Diary.KIND, text="Dear diary")


def _profile(fields: dict[str, str]) -> Callable[[str, Notice], Stored]:
    def make(subject: str, _notice: Notice) -> Stored:
        key, _ = vault.new_key(subject, ProfileItem.CLASS, clock.now())
        pk, sk = store.profile_place(subject, "identity")
        item = ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)
        vault.seal_item(item, key, fields)
        return item

    return make


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(_traced, id="field in the clear"),
        pytest.param(_diary, id="kind"),
        pytest.param(_profile({"name": "Ada", "shoe_size": "38"}), id="sealed field"),
    ],
)
def test_what_is_not_declared_is_refused_and_nothing_is_written(
    stack: DeployedStack, notice: Notice, make: Callable[[str, Notice], Stored]
) -> None:
    subject = ids.new_id()
    write = Transaction(notice)
    write.put(_session(subject, notice))
    with pytest.raises(UndeclaredField):
        write.put(make(subject, notice))
    assert tables.partition(stack, subject) == []


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(_session, id="field in the clear"),
        pytest.param(_profile({"name": "Ada"}), id="sealed field"),
    ],
)
def test_what_is_declared_is_written(
    stack: DeployedStack, notice: Notice, make: Callable[[str, Notice], Stored]
) -> None:
    subject = ids.new_id()
    write = Transaction(notice)
    write.put(make(subject, notice))
    write.commit()
    assert len(tables.partition(stack, subject)) == 1
