"""The pictures of pages: two widths, main pages dark too, and light enough for a document."""

from __future__ import annotations

import struct

import pytest

from tests.browser.pictured import PAGES
from tests.browser.pictured_banner import LAYERS
from tests.browser.pictures import FOLDER, HEAVIEST, TALLEST, WIDTHS, schemes

FILES = {
    f"{name}-{width}-{scheme}.png"
    for name in (*PAGES, *LAYERS)
    for width in WIDTHS
    for scheme in schemes(name)
}


def test_every_page_of_the_list_has_its_pictures_and_no_other_is_there() -> None:
    assert {one.name for one in FOLDER.iterdir()} == FILES


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_picture_is_light_and_as_wide_as_it_says(name: str) -> None:
    held = (FOLDER / name).read_bytes()
    width, height = struct.unpack(">II", held[16:24])
    assert len(held) <= HEAVIEST
    assert (str(width), height <= TALLEST) == (name.split("-")[-2], True)
