"""What may be wrong with a request that says no, and through which doors it can come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from tests.unit.functions.doors import (
    COMING,
    FORM_TYPE,
    OLD,
    UNKNOWN,
    WITHDRAWN,
    Asked,
    Change,
)

OWN = ("capture of a browser", "capture of an account", "preferences")
CAPTURES = (*OWN[:2], "signal")
JSON_DOORS = (*CAPTURES, "preferences", "desk")
LINKS = ("one click", "link's page")
ALL = (*JSON_DOORS, *LINKS)


def body(text: str) -> Change:
    """That the body is this text."""
    return lambda asked: replace(asked, body=text)


def twice(asked: Asked) -> Asked:
    """That the purpose is decided twice, once with a yes."""
    text = json.dumps(asked.body)
    return replace(asked, body=text.replace('"denied"', '"denied", "surveys": "denied"'))


def type_of(name: str | list[str] | None) -> Change:
    """That the body is said to be of this type."""
    return lambda asked: asked.sending(Content_Type=name)


CASES: Mapping[str, tuple[tuple[str, ...], Change]] = {
    "nothing is wrong": (ALL, lambda asked: asked),
    "a superseded version": ((*CAPTURES, "preferences"), lambda a: a.but(notice_version=OLD)),
    "a version that comes": ((*CAPTURES, "preferences"), lambda a: a.but(notice_version=COMING)),
    "a version that was called back": (
        (*CAPTURES, "preferences"),
        lambda a: a.but(notice_version=WITHDRAWN),
    ),
    "an unknown version": ((*CAPTURES, "preferences"), lambda a: a.but(notice_version=UNKNOWN)),
    "no version at all": ((*CAPTURES, "preferences"), lambda a: a.but(notice_version=None)),
    "no such form of version": ((*CAPTURES, "preferences"), lambda a: a.but(notice_version=7)),
    **{
        f"accepts {accept}": (ALL, lambda a, accept=accept: a.sending(Accept=accept))  # type: ignore[misc]
        for accept in ("text/plain", "image/webp,image/*", "application/xml", "*/*;q=0", "x")
    },
    "appended parameters": (
        ALL,
        lambda a: replace(a, query={"utm_source": ["x"], "fbclid": ["a", "b"]}),
    ),
    **{
        f"lang {values}": (ALL, lambda a, values=values: replace(a, query={"lang": values}))  # type: ignore[misc]
        for values in (["it_IT"], ["xx"], [""], ["it", "en"], ["é" * 200])
    },
    **{
        f"type {name}": (ALL, type_of(name))
        for name in (
            None,
            "",
            "text/plain",
            "application/octet-stream",
            FORM_TYPE,
            "application/json; charset=latin1",
            ["application/json", "text/plain"],
        )
    },
    "an unknown member": (JSON_DOORS, lambda a: a.but(extra=1)),
    "a member twice": ((*OWN, "desk"), twice),
    "a byte order mark": (JSON_DOORS, lambda a: replace(a, body="\ufeff" + json.dumps(a.body))),
    "a large body": (JSON_DOORS, lambda a: a.but(x="x" * 200_000)),
    "a large body that is nothing": (LINKS, body("x" * 200_000)),
    "an unknown locale": ((*CAPTURES, "preferences", "desk"), lambda a: a.but(locale="xx")),
    "another source": (OWN[:2], lambda a: a.but(source="nowhere")),
    "a signal that was not sent": (OWN[:2], lambda a: a.but(source="signal")),
    "an event id too long": (CAPTURES, lambda a: a.but(event_id="x" * 500)),
    "no evidence": (CAPTURES, lambda a: a.but(evidence="made up")),
    "a malformed key": ((*CAPTURES, "desk"), lambda a: a.sending(Idempotency_Key="a b")),
    "a wrong reference": (("desk",), lambda a: a.but(reference="Ada Lovelace")),
    "an unknown purpose beside it": (
        (*OWN, "desk"),
        lambda a: a.but(decisions={**a.body["decisions"], "nonsense": "denied"}),
    ),
    "no body": (LINKS, body("")),
    "a broken body": (LINKS, body("{")),
    "a body that is no text": (LINKS, body("\x00\ud800")),
}
