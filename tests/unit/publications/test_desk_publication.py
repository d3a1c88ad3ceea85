"""The desk's page of a publication: what it needs, its form, and how far people are told."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.instants import instant
from chalicelib.notices import service as notices
from chalicelib.notices.service import drafts
from chalicelib.notices.service.publication import Declaring
from chalicelib.pages.languages import languages
from chalicelib.publications.service import publication
from chalicelib.retention.amendments import store as amendments
from chalicelib.retention.amendments.model import Status
from chalicelib.subjects.model import Decision
from tests.unit.core.samples import NOW, association_document
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.desk.member import words
from tests.unit.publications.noticeboard import LIST, Board, board, forms, in_every_language, place
from tests.unit.publications.simulated import people
from tests.unit.publications.test_proposal import GRAVE
from tests.unit.publications.test_trial import shorter
from tests.unit.publications.world import AHEAD, FIRST, SECOND, later_version
from tests.unit.web.sample import Sent

DRAFT = f"{LIST}/{SECOND}"
HERE = f"{DRAFT}/publication"
CODES = iter(range(1, 1_000_000))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Board:
    return board(monkeypatch)


def saved(desk: Board, *edits: Any, **changed: Any) -> dict[str, Any]:
    document = later_version(*edits) | changed
    desk.sends(document=json.dumps(document), anyway="yes")
    assert drafts.find(document["version"]) is not None
    return document


def digest(page: Sent) -> str:
    """The text that a page's form would publish."""
    found = re.search(r'name="digest" value="([^"]*)"', page.text)
    assert found is not None
    return html.unescape(found[1])


def publishes(desk: Board, by: str | None = None, path: str = HERE, **fields: str) -> Sent:
    """An officer opens the page, types what it asks for, and presses its button."""
    page = desk.opens(path, by=by)
    version = path.split("/")[3]
    given = {"digest": digest(page), "typed": version, "code": f"{next(CODES):06d}", **fields}
    return desk.sends(path, by=by, fields=given)


def waiting() -> str | None:
    notices.forget_pointer()
    return notices.waiting()


def test_before_it_the_page_shows_its_day_and_the_earliest_one(desk: Board) -> None:
    saved(desk, WIDER)
    text = words(desk.opens(HERE))
    assert "In force from 12 December 2026" in text
    lead = notices.current().announcing.lead.after(NOW)
    assert f"Earliest possible {lead.day} {lead:%B %Y}" in text
    assert "is told by mail, and asked again" in text


def test_it_is_published_with_the_version_typed_and_a_code(desk: Board) -> None:
    people(desk.world)
    saved(desk, WIDER)
    assert place(publishes(desk)) == f"{HERE} published"
    assert waiting() == SECOND
    page = desk.opens(HERE, done="published")
    assert "It is published." in words(page)
    assert "People are being told." in words(page)
    assert "data-look" in page.text
    assert "Look again" in words(page)
    desk.work_off()
    page = desk.opens(HERE)
    assert "Everybody it concerns was told." in words(page)
    assert "Mails sent 3" in words(page)
    assert "data-look" not in page.text
    assert [one.action for one in desk.audited()] == ["draft_saved", "notice_published"]
    assert place(desk.opens(f"{DRAFT}/simulation")) == DRAFT


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"typed": FIRST}, 400, "This is not the version of this page."),
        ({"typed": ""}, 400, "Please fill in this field."),
        ({"code": ""}, 400, "Please fill in this field."),
        ({"code": "wrong1"}, 401, "This code is not right"),
        ({"digest": "0" * 64}, 409, "saved again with another text"),
        ({"digest": "x"}, 400, "Please check how this is written"),
        ({"replaces": FIRST}, 409, "It is too late"),
        ({"replaces": "2031-01-01"}, 409, "It is too late"),
    ],
)
def test_a_form_that_does_not_fit_publishes_nothing(
    desk: Board, fields: dict[str, str], status: int, told: str
) -> None:
    saved(desk, WIDER)
    sent = publishes(desk, **fields)
    assert sent.status == status
    assert told in words(sent)
    assert waiting() is None
    assert digest(sent) == digest(desk.opens(HERE))
    if fields.get("code") != "":
        assert 'name="code" type="text" value' not in sent.text


def test_a_used_code_and_too_many_wrong_ones_are_told_beside_the_field(desk: Board) -> None:
    saved(desk, WIDER)
    assert publishes(desk, code="000777", typed=FIRST).status == 400
    desk.world.now += timedelta(seconds=1)
    assert place(publishes(desk, code="000777")) == f"{HERE} published"
    better = saved(desk, LONGER, version=f"{SECOND}.1")["version"]
    path = f"{LIST}/{better}/publication"
    used = publishes(desk, path=path, code="000777", replaces=SECOND)
    assert used.status == 401
    assert "was used already" in words(used)


def test_what_cannot_be_published_now_says_why_and_has_no_form(desk: Board) -> None:
    saved(desk, WIDER, effective_at=instant(NOW + timedelta(days=1)))
    page = desk.opens(HERE)
    assert "It would take effect too soon" in words(page)
    assert forms(page) == set()
    sent = desk.sends(HERE, digest="0" * 64, typed=SECOND, code="000001")
    assert sent.status == 409


def test_a_draft_saved_again_meanwhile_is_not_published(desk: Board) -> None:
    saved(desk, WIDER)
    old = digest(desk.opens(HERE))
    saved(desk, LONGER)
    sent = desk.sends(HERE, digest=old, typed=SECOND, code="000001")
    assert sent.status == 409
    assert "another text meanwhile" in words(sent)
    assert digest(sent) != old
    assert waiting() is None


class TestTwoPeople:
    def test_a_grave_version_is_approved_by_one_and_published_by_another(self, desk: Board) -> None:
        saved(desk, GRAVE)
        first = words(desk.opens(HERE))
        assert "Two people have to publish it Under a month retention/session_end/period" in first
        assert "Nobody has approved this text yet." in first
        assert place(publishes(desk)) == f"{HERE} proposed"
        assert waiting() is None
        own = words(desk.opens(HERE, done="proposed"))
        assert "This account approved it on" in own
        assert "Approve it as the first of two" in own
        assert "Somebody else approved it on" in words(desk.opens(HERE, by=desk.other))
        assert place(publishes(desk)) == f"{HERE} proposed"
        assert waiting() is None
        assert place(publishes(desk, by=desk.other)) == f"{HERE} published"
        assert waiting() == SECOND

    def test_who_is_alone_is_told_from_when(self, desk: Board) -> None:
        saved(desk, GRAVE)
        desk.leaves(desk.other)
        assert "the same account can be the second one 24 hours later" in words(desk.opens(HERE))
        assert place(publishes(desk)) == f"{HERE} proposed"
        assert "Nobody else is at the desk: from 23 November 2026" in words(desk.opens(HERE))
        desk.world.now += timedelta(hours=24)
        assert place(publishes(desk)) == f"{HERE} published"

    def test_another_text_is_approved_from_the_beginning(self, desk: Board) -> None:
        saved(desk, GRAVE)
        assert place(publishes(desk)) == f"{HERE} proposed"
        saved(desk, GRAVE, WIDER)
        assert "Nobody has approved this text yet." in words(desk.opens(HERE, by=desk.other))
        assert place(publishes(desk, by=desk.other)) == f"{HERE} proposed"


class TestAnother:
    def test_one_that_waits_is_replaced_where_that_is_ticked(self, desk: Board) -> None:
        publication.publish(later_version(LONGER))
        notices.forget_pointer()
        better = saved(desk, WIDER, version=f"{SECOND}.1")["version"]
        path = f"{LIST}/{better}/publication"
        page = desk.opens(path)
        assert f"Withdraw version {SECOND} for it" in words(page)
        refused = publishes(desk, path=path)
        assert refused.status == 409
        assert "Another version waits to take effect" in words(refused)
        assert place(publishes(desk, path=path, replaces=SECOND)) == f"{path} published"
        assert waiting() == better
        assert notices.is_withdrawn(SECOND)

    def test_of_two_officers_one_publishes_and_the_other_sees_it(self, desk: Board) -> None:
        saved(desk, WIDER)
        seen = digest(desk.opens(HERE, by=desk.other))
        assert place(publishes(desk)) == f"{HERE} published"
        sent = desk.sends(HERE, by=desk.other, digest=seen, typed=SECOND, code="900001")
        assert sent.status == 409
        assert "is published, and never changes" in words(sent)
        assert "People are being told." in words(sent)
        assert [one.action for one in desk.audited()].count("notice_published") == 1

    def test_a_second_press_publishes_once(self, desk: Board) -> None:
        saved(desk, WIDER)
        token, seen = desk.session(desk.officer), digest(desk.opens(HERE))
        fields = {"digest": seen, "typed": SECOND, "code": "000001"}
        sent = [desk.sends(HERE, token=token, once="x" * 43, fields=fields) for _ in range(2)]
        assert {place(one) for one in sent} == {f"{HERE} published"}
        assert [one.action for one in desk.audited()].count("notice_published") == 1


class TestWithdrawing:
    def test_a_version_that_waits_is_withdrawn_once(self, desk: Board) -> None:
        desk.world.person(1, {"newsletter": Decision.GRANTED})
        saved(desk, WIDER)
        publishes(desk)
        desk.work_off()
        for _ in range(2):
            assert place(desk.sends(DRAFT, act="withdraw")) == f"{HERE} withdrawn"
        page = words(desk.opens(HERE, done="withdrawn"))
        assert "It is withdrawn, and will never take effect." in page
        assert "Withdraw this version" not in page
        assert waiting() is None
        assert [one.action for one in desk.audited()].count("notice_withdrawn") == 1

    def test_one_in_force_is_not_withdrawn(self, desk: Board) -> None:
        sent = desk.sends(f"{LIST}/{FIRST}", act="withdraw")
        assert sent.status == 409
        assert "It is too late" in words(sent)

    @pytest.mark.parametrize("act", ["withdraw", "delete", "confirm", "burn", ""])
    def test_what_is_no_version_is_nowhere(self, desk: Board, act: str) -> None:
        sent = desk.sends(f"{LIST}/2031-01-01", act=act, rule="standing_end", erases="1")
        assert sent.status in (303, 400, 404)
        assert act == "delete" or sent.status != 303


class TestManyAtOnce:
    def waits(self, desk: Board) -> None:
        """A version in force would erase so many at once that somebody has to say yes."""
        soon = desk.world.now + AHEAD
        publication.publish(later_version(shorter, effective_at=soon))
        known = amendments.get_amendments(SECOND)
        assert known is not None
        for one in known.rules.values():
            object.__setattr__(one, "status", Status.WAITING)
            object.__setattr__(one, "at_once", 1234)
        write = desk.world.tables.transaction(Declaring(notices.current()))
        amendments.put_changed(write, known, known)  # type: ignore[arg-type]
        write.commit()
        desk.world.now = soon + timedelta(minutes=1)
        notices.forget_pointer()

    def test_a_rule_that_waits_is_confirmed_by_the_number_that_was_seen(self, desk: Board) -> None:
        self.waits(desk)
        page = desk.opens(HERE)
        assert "It would erase 1,234 at once." in words(page)
        assert "Confirm that 1,234 are erased" in words(page)
        rule = re.search(r'name="rule" value="(\w+)"', page.text)
        assert rule is not None
        other = desk.sends(DRAFT, act="confirm", rule=rule[1], erases="1233")
        assert other.status == 409
        assert "Nothing was done." in words(other)
        for _ in range(2):
            sent = desk.sends(DRAFT, act="confirm", rule=rule[1], erases="1234")
            assert place(sent) == f"{HERE} confirmed"
        assert [one.action for one in desk.audited()].count("rule_confirmed") == 1
        assert f'name="rule" value="{rule[1]}"' not in desk.opens(HERE).text

    @pytest.mark.parametrize("erases", ["0", "-1", "1e3", "x", "1" * 13, ""])
    def test_what_is_no_number_confirms_nothing(self, desk: Board, erases: str) -> None:
        self.waits(desk)
        sent = desk.sends(DRAFT, act="confirm", rule="session_end", erases=erases)
        assert sent.status == 400
        assert desk.audited() == []

    def test_a_reader_sees_it_and_confirms_nothing(self, desk: Board) -> None:
        self.waits(desk)
        assert forms(desk.opens(HERE, by=desk.reader)) == set()


def test_a_version_of_which_nobody_is_told_says_so(desk: Board) -> None:
    assert "Nobody has to be told of it." in words(desk.opens(f"{LIST}/{FIRST}/publication"))


def test_a_reader_sees_the_pages_without_forms(desk: Board) -> None:
    saved(desk, GRAVE)
    page = desk.opens(HERE, by=desk.reader)
    assert page.status == 200
    assert forms(page) == set()
    fields = {"digest": digest(desk.opens(HERE)), "typed": SECOND, "code": "000001"}
    assert desk.sends(HERE, by=desk.reader, fields=fields).status == 403
    publishes(desk)
    publishes(desk, by=desk.other)
    assert waiting() == SECOND
    page = desk.opens(HERE, by=desk.reader)
    assert page.status == 200
    assert forms(page) == set()
    assert desk.sends(DRAFT, by=desk.reader, act="withdraw").status == 403
    assert waiting() == SECOND


def test_a_draft_with_defects_leads_to_them(desk: Board) -> None:
    saved(desk, bogus=1)
    assert place(desk.opens(HERE)) == DRAFT
    assert desk.opens(f"{LIST}/2031-01-01/publication").status == 404


def test_every_language_has_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = board(monkeypatch, in_every_language(association_document()))
    people(desk.world)
    desk.sends(document=json.dumps(in_every_language(later_version(GRAVE, WIDER))))
    assert place(publishes(desk)) == f"{HERE} proposed"
    for language in languages():
        assert f'<html lang="{language}"' in desk.opens(HERE, lang=language).text
    assert place(publishes(desk, by=desk.other)) == f"{HERE} published"
    for language in languages():
        assert f'<html lang="{language}"' in desk.opens(HERE, lang=language).text
