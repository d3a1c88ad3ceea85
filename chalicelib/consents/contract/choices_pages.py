"""The page of one's own choices, and its form."""

from chalicelib.web.pages.contract import PageOperation, Session

PATH = "/account/choices"

CHOICES_PAGE = PageOperation(
    id="showChoices",
    method="GET",
    path=PATH,
    session=Session.REQUIRED,
    query={"before": {"type": "integer", "minimum": 1, "maximum": 10**12 - 1}},
    done=frozenset({"saved", "same"}),
    tab="choices",
)
"""`before` is the number of an entry: the history shows those before it."""

CHOICES_FORM = PageOperation(
    id="saveChoicesByForm",
    method="POST",
    path=PATH,
    session=Session.REQUIRED,
    # A no is recorded whatever else a form holds, so `consents.chosen` says what is wrong with it.
    body={"type": "object", "additionalProperties": {"type": "string"}},
    tab="choices",
)
