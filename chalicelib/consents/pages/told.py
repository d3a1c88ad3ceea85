"""Days and moments in sentences, as their reader writes them and as programs read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.pages import formats

if TYPE_CHECKING:
    from markupsafe import Markup

    from chalicelib.notices.model import Notice


@dataclass(frozen=True, slots=True)
class Told:
    """The words of the page, and the notice and language in which it names purposes and moments.

    `words` are those of the page, `receipts` those for the codes of decisions; `tag` is the
    notice's tag of the language, or its first where it has none.
    """

    words: Mapping[str, str]
    receipts: Mapping[str, str]
    notice: Notice
    language: str
    tag: str

    def named(self, kind: str, code: str) -> str:
        """Returns the name of a code of a decision, or the code where it has no name."""
        return self.receipts.get(f"{kind}_{code}", code)

    def sentence(self, name: str, **moments: datetime) -> Markup:
        """Returns a text of the page with days in it, in the notice's time zone."""
        return self.filled(name, {key: self.day(value) for key, value in moments.items()})

    def filled(self, name: str, values: Mapping[str, object]) -> Markup:
        """Returns a text of the page with these values, escaped where they are no markup."""
        from markupsafe import escape

        return escape(self.words[name]).format(**values)

    def day(self, value: datetime) -> Markup:
        """Returns the day of a moment."""
        local = value.astimezone(self.notice.zone)
        return _time(value, formats.day(local, self.language))

    def moment(self, value: datetime) -> Markup:
        """Returns a moment, with the name of its time zone."""
        return _time(value, formats.moment(value, self.language, self.notice.zone))


def _time(value: datetime, text: str) -> Markup:
    from markupsafe import Markup

    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)
