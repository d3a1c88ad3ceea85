"""A message goes when its person refuses what its form is for, and others stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.consents import filings as rules
from chalicelib.consents.model import Choice
from chalicelib.consents.service import filings
from chalicelib.errors import NotFound
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Standing
from tests.unit.consents.versions import SURVEYS
from tests.unit.messages.conftest import ADA, BROWSER, NOW, TOKEN, Writer

DAY = timedelta(days=1)


def refuse(writer: Writer) -> None:
    writer.capture(writer.caller(ADA), {SURVEYS: Choice.DENIED}, "preference_centre")


def stands(writer: Writer) -> Standing:
    found = writer.stands(ADA)
    assert found is not None
    return found


def test_only_what_came_by_the_form_goes(writer: Writer) -> None:
    survey, feedback = writer.write("survey", rating="7"), writer.write("feedback")
    writer.now += DAY
    refuse(writer)
    dates = {one.form: (one.due_event, one.due_at) for one in writer.stored()}
    created = writer.notice.rule("message", "created").ends(NOW)
    assert dates == {"survey": ("withdrawn", writer.now), "feedback": ("created", created)}
    assert [one.id for one in writer.own()] == [feedback]
    with pytest.raises(NotFound):
        writer.close_case(survey, writer.now)
    writer.sweep()
    assert [one.form for one in writer.stored()] == ["feedback"]


def test_before_the_job_comes_nobody_is_answered_it(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.write("survey", rating="7")
    monkeypatch.setattr(rules, "AT_ONCE", 0)
    refuse(writer)
    (item,) = writer.stored()
    assert item.due_event == "created"
    assert len(writer.tables.all(JobItem)) == 1
    assert writer.own() == []
    place, fields = (item.kind, item.sk), {"form": item.form}
    assert filings.is_over(place, fields, stands(writer), writer.notice, writer.now)
    assert not filings.is_over(
        place, {"form": "feedback"}, stands(writer), writer.notice, writer.now
    )
    assert not filings.is_over(
        ("entry", item.sk), fields, stands(writer), writer.notice, writer.now
    )
    filings.settle(ADA, writer.notice)
    assert writer.stored()[0].due_event == "withdrawn"


def test_a_form_that_the_notice_dropped_is_left_alone(writer: Writer) -> None:
    writer.write("survey", rating="7")
    known: Notice = writer.notice
    (item,) = writer.stored()
    assert rules.filed("message", item.sk, "quiz", None, known) is None


def test_of_a_browser_it_goes_too(writer: Writer) -> None:
    writer.capture(writer.caller(BROWSER), {SURVEYS: Choice.GRANTED}, "banner")
    writer.write_in_browser()
    assert len(writer.in_browser()) == 1
    writer.capture(writer.caller(BROWSER), {SURVEYS: Choice.DENIED}, "banner")
    assert writer.stored()[0].due_event == "withdrawn"
    assert writer.in_browser() == []


def test_one_that_joins_somebody_who_refused_goes_at_once(writer: Writer) -> None:
    refuse(writer)
    writer.capture(writer.caller(BROWSER), {SURVEYS: Choice.GRANTED}, "banner")
    writer.write_in_browser()
    writer.sign_in(ADA, TOKEN)
    writer.join()
    (item,) = writer.stored()
    assert item.pk.endswith(ADA)
    assert item.due_event == "withdrawn"
    assert stands(writer).filed == {"message"}
