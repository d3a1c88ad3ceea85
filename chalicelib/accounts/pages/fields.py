"""The fields of the notice as fields of a form: which control asks for each, by its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.pages import formats

if TYPE_CHECKING:
    from chalicelib.notices.model import FieldRef, Notice

PREFIX: Final = "profile"
"""The first step of the name of each of these fields in a form: `profile.CATEGORY.FIELD`."""

_CONTROLS: Mapping[str, tuple[str, str]] = {
    "long_text": ("textarea", "off"),
    "email": ("email", "email"),
    "phone": ("tel", "tel"),
    "url": ("url", "url"),
    "date": ("date", "off"),
    "country": ("select", "country"),
}
"""The control and the `autocomplete` (HTML) of each type of field that is not a line of text."""


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A field of the notice in a form.

    `control` is `textarea`, `select` or a type of `input`; `maximum` is in characters; `options`
    are the values of a select with their texts.
    """

    name: str
    title: str
    control: str
    autocomplete: str
    maximum: int
    required: bool
    options: tuple[tuple[str, str], ...] = ()


def profile_field(
    ref: FieldRef, notice: Notice, locale: str, language: str, *, required: bool
) -> ProfileField:
    """Returns a field of the notice for a form, its title in `locale`, a tag of the notice.

    `language` is the page's, in which countries are named.
    """
    field = notice.categories[ref.category].fields[ref.field]
    control, autocomplete = _CONTROLS.get(field.type, ("text", "on"))
    return ProfileField(
        name=f"{PREFIX}.{ref.category}.{ref.field}",
        title=notice.text(field.title, locale),
        control=control,
        autocomplete=autocomplete,
        maximum=field.maximum,
        required=required,
        options=(("", ""), *formats.countries(language)) if control == "select" else (),
    )
