"""The notice's form that says what registration collects, and how a website can draw it."""

from typing import Any

from chalicelib.accounts import age
from chalicelib.notices import access, anchors
from chalicelib.notices.model import REGISTRATION, FieldRef, Notice
from chalicelib.subjects.model import Decision, Standing

FORM = REGISTRATION


def described(notice: Notice, locale: str) -> dict[str, Any]:
    """Returns the form's fields, required ones first, with the consequence of leaving them out.

    So GDPR art. 13(2)(e) is told where the data is asked for. The choices are those that a person
    may make there; none is made beforehand.
    """
    form = notice.forms[FORM]
    stated = next(one for one in notice.completed["forms"] if one["id"] == FORM)
    fields = [FieldRef(*name.split(".")) for name in (*stated["required"], *stated["optional"])]
    return {
        "notice_version": notice.version,
        "title": notice.text(stated["title"], locale),
        "purpose": notice.text(notice.purposes[form.purpose].title, locale),
        "consequence": notice.text(form.consequence, locale),
        "fields": [_field(ref, ref in form.required, notice, locale) for ref in fields],
        "choices": [
            {
                "purpose": purpose.id,
                "title": notice.text(purpose.title, locale),
                "place": anchors.purpose(purpose.id),
                **access.explicitly(notice, purpose, locale),
            }
            for purpose in notice.choices.values()
        ],
        **age.described(notice),
    }


def chosen(standing: Standing, notice: Notice) -> tuple[list[str], list[str]]:
    """Returns the purposes granted and denied, in the notice's words: nothing that was typed."""
    titles: dict[bool, list[str]] = {True: [], False: []}
    for purpose in notice.choices.values():
        decided = standing.decisions.get(purpose.id)
        if decided is not None:
            title = notice.text(purpose.title, standing.locale)
            titles[decided.decision is Decision.GRANTED].append(title)
    return titles[True], titles[False]


def _field(ref: FieldRef, required: bool, notice: Notice, locale: str) -> dict[str, Any]:
    field = notice.categories[ref.category].fields[ref.field]
    return {
        "category": ref.category,
        "field": ref.field,
        "title": notice.text(field.title, locale),
        "type": field.type,
        "required": required,
        "maximum": field.maximum,
    }
