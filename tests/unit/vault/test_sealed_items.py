from __future__ import annotations

import pytest

from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.vault.envelope import DataKey, NotOpened
from chalicelib.vault.service import new_visitor_key, open_item, open_key, seal_item
from tests.unit.core.samples import NOW, SUBJECT, VISITOR


def profile(category: str = "identity") -> ProfileItem:
    pk, sk = profile_place(SUBJECT, category)
    return ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)


KEY = DataKey(SUBJECT, "account", b"k" * 32)


def test_an_item_is_sealed_and_knows_which_fields() -> None:
    item = profile()
    seal_item(item, KEY, {"name": "Ada", "email": "ada@example.org"})
    assert item.sealed_fields == {"name", "email"}
    read = ProfileItem.from_raw_data(item.serialize())
    assert open_item(read, KEY) == {"name": "Ada", "email": "ada@example.org"}


def test_naming_the_fields_of_one_item_names_none_of_another() -> None:
    seal_item(profile(), KEY, {"name": "Ada"})
    assert profile().sealed_fields == frozenset()
    assert ProfileItem.sealed_fields == frozenset()


def test_an_item_without_sealed_part_opens_to_nothing() -> None:
    assert open_item(profile(), KEY) == {}


def test_a_sealed_part_put_into_another_item_does_not_open() -> None:
    one, other = profile(), profile("company")
    seal_item(one, KEY, {"name": "Ada"})
    other.sealed = one.sealed
    with pytest.raises(NotOpened):
        open_item(other, KEY)


def test_a_browser_key_is_kept_with_its_material_and_is_its_own() -> None:
    key, item = new_visitor_key(VISITOR, "evidence", NOW)
    assert len(key.material) == 32
    assert item.material == key.material
    assert item.wrapped is None
    assert open_key(item) == key
    assert new_visitor_key(VISITOR, "evidence", NOW)[0].material != key.material
