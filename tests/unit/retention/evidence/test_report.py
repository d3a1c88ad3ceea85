"""The report on a month: what anybody at the desk gets, what is signed of it, and what is not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import jwt
import pytest
from jsonschema import Draft202012Validator
from jwt import PyJWK

from chalicelib.errors import NotFound
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.receipts import keyring, signature
from chalicelib.receipts import store as keys_of_receipts
from chalicelib.receipts.model import Reason
from chalicelib.receipts.service import verification
from chalicelib.retention.evidence import contract, month, page, presentation, service, store
from chalicelib.retention.evidence.model import NO_RULE, Tally, one, total
from chalicelib.retention.evidence.root import PROVES
from chalicelib.retention.evidence.store import RunItem
from chalicelib.retention.model import Outcome
from chalicelib.storage import clients, due, keys
from functions.http import desk_reports, receipts
from tests.unit.core.samples import NOW, SUBJECT, association, shipped, shipped_in
from tests.unit.desk.office import OFFICER, READER, Office
from tests.unit.receipts.kms import ARN, Kms
from tests.unit.web.accessible import Tree, check_accessible
from tests.unit.web.sample import Sent

PATH = contract.REPORT.path
MONTH = f"{NOW:%Y-%m}"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULE, OTHER = "visitor_choices", "sign_in_session"
LATER = (month, page, presentation, keys_of_receipts)
"""Imported before tables take DynamoDB's place."""


class Desk(Office):
    """The desk, the key of receipts, and runs of retention."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.kms = Kms()
        monkeypatch.setattr(clients, "kms", lambda: self.kms)
        monkeypatch.setenv("RISERBO_RECEIPT_KEY", ARN)
        monkeypatch.setattr(keys_of_receipts, "public_keys", self.kms.kept)
        self.versions = {self.notice.version: self.notice}
        monkeypatch.setattr(notices, "version", self._version)
        signature._load.cache_clear()
        keyring.forget()

    def _version(self, name: str) -> Notice:
        if name not in self.versions:
            raise NotFound("There is no such version of the notice.")
        return self.versions[name]

    def ran(self, *tallies: Tally) -> None:
        """A run of the schedule an hour later closes what batches did."""
        for tally in tallies:
            write = self.tables.transaction(self.notice)
            store.put_tally(write, tally, self.now, self.notice)  # type: ignore[arg-type]
            write.commit()
        self.now += HOUR
        found = (
            entry
            for shard in keys.shards("rule")
            for entry in due.page(shard, self.now, None, 1_000)[0]
        )
        service.close(
            [(entry.pk, entry.sk) for entry in found if entry.kind == store.KIND], self.notice
        )

    def fetch(self, by: str = OFFICER, accept: str = "application/json", **query: str) -> Sent:
        """What the function of reports answers."""
        query = {"month": MONTH, **query}
        return self.call(
            "GET",
            PATH,
            by=by,
            query=query,
            handler=lambda event, context: desk_reports.handler(
                {**event, "headers": {**event["headers"], "Accept": accept}}
                | {
                    "multiValueHeaders": {**event["multiValueHeaders"], "Accept": [accept]},
                },
                context,
            ),
        )

    def report(self, **query: str) -> Any:
        """The report as JSON, which fits the contract."""
        sent = self.fetch(**query)
        assert sent.status == 200, sent.text
        found = sent.json
        schema = contract.REPORT.answers[200].schema
        assert schema is not None
        assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
        return found


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield Desk(monkeypatch)
    signature._load.cache_clear()
    keyring.forget()


def erased(count: int = 1, late: timedelta = HOUR / 2, rule: str = RULE, **more: Any) -> Tally:
    return one(
        more.pop("version", shipped().version),
        rule,
        Outcome.ERASED,
        count=count,
        oldest=late,
        late=late,
        **more,
    )


def held(rule: str = OTHER, outcome: Outcome = Outcome.HELD) -> Tally:
    return one(shipped().version, rule, outcome)


@pytest.fixture
def november(desk: Desk) -> Desk:
    """Three runs, the last of which was late and met something broken."""
    desk.ran(erased(97), held())
    desk.ran(erased(2, keys=1), erased(5, rule=OTHER))
    desk.ran(erased(1, 30 * HOUR), held(OTHER, Outcome.STUCK))
    return desk


def test_a_month_by_rule(november: Desk) -> None:
    found = november.report()
    assert (found["month"], found["state"], found["runs"], found["fault"]) == (
        MONTH,
        "running",
        3,
        None,
    )
    sums = found["sums"]
    assert (sums["looked_at"], sums["erased"], sums["held"], sums["stuck"]) == (107, 105, 1, 1)
    assert (sums["keys_destroyed"], sums["oldest_seconds"]) == (1, 30 * 3600)
    assert (sums["most_hours"], sums["p99_hours"]) == (24, 0)
    other, visitors = found["rules"]
    assert (visitors["rule"], visitors["kind"], visitors["event"]) == (
        RULE,
        "standing",
        "last_decision",
    )
    assert (visitors["erased"], visitors["stuck"], visitors["most_hours"]) == (100, 0, 24)
    assert (other["erased"], other["held"], other["stuck"]) == (5, 1, 1)
    assert visitors["title"] == shipped().retention[RULE].title["it"]
    assert visitors["in_force"]
    assert sum(day["gone"] for day in found["days"]) == 105
    assert len(found["days"]) == 30
    quiet = {one["rule"] for one in found["quiet"]}
    assert not {RULE, OTHER} & quiet
    assert quiet < {one.id for one in shipped().retention.values() if one.waits}


def test_the_sentence_of_a_rule_is_the_notices(november: Desk) -> None:
    sent = november.fetch(lang="en").json
    (visitors,) = (one for one in sent["rules"] if one["rule"] == RULE)
    assert visitors["sentence"].endswith("; erased")
    assert "from the last choice" in visitors["sentence"]


def test_it_says_what_it_does_not_cover(november: Desk) -> None:
    left = november.report()["not_covered"]
    assert left["backups_until"] == "2026-12-27T19:00:00.123Z"
    assert left["keys_until"] > november.now.isoformat()
    assert {one["recipient"] for one in left["recipients"]} == set(shipped().recipients)


def test_one_rule_alone(november: Desk) -> None:
    found = november.report(rule=OTHER)
    assert [one["rule"] for one in found["rules"]] == [OTHER]
    assert (found["sums"]["erased"], found["runs"], found["quiet"]) == (5, 3, [])
    assert _said(november, found["root"])["rule"] == OTHER


def test_a_rule_of_the_notice_that_had_nothing(november: Desk) -> None:
    found = november.report(rule="export_created")
    assert (found["rules"], found["sums"]["looked_at"]) == ([], 0)


@pytest.mark.parametrize("rule", ["visitor_choice", "sign_ins"])
def test_a_rule_that_nobody_knows(november: Desk, rule: str) -> None:
    sent = november.fetch(rule=rule)
    assert sent.status == 400
    assert [one["pointer"] for one in sent.json["errors"]] == ["/query/rule"]


@pytest.mark.parametrize(
    "query",
    [{"month": "2026-13"}, {"month": "november"}, {"month": "0001-01"}, {"month": "9999-12"}],
)
def test_what_is_no_month(desk: Desk, query: dict[str, str]) -> None:
    sent = desk.fetch(**query)
    assert sent.status == 400
    assert [one["pointer"] for one in sent.json["errors"]] == ["/query/month"]


@pytest.mark.parametrize("month", ["2000-01", "2026-10", "2026-12", "2999-12"])
def test_a_month_without_runs(november: Desk, month: str) -> None:
    found = november.report(month=month)
    assert (found["runs"], found["rules"], found["sums"]["looked_at"]) == (0, [], 0)
    assert (found["first"], found["last"], found["quiet"]) == (None, None, [])
    assert found["state"] == ("past" if month < MONTH else "future")
    assert _said(november, found["root"])["runs"] == 0


def test_before_the_first_run(desk: Desk) -> None:
    found = desk.report()
    assert (found["runs"], found["recorded_since"], found["head"]["seq"]) == (0, None, 0)
    assert found["root"]


def test_a_past_month_stays_as_it_is(november: Desk) -> None:
    november.now = NOW + 40 * DAY
    november.ran(erased(50))
    found = november.report()
    assert (found["state"], found["runs"], found["sums"]["erased"]) == ("past", 3, 105)
    assert (found["last"]["seq"], found["head"]["seq"]) == (3, 4)


class TestFormer:
    """A rule that is gone is told in the words of the version by which it acted."""

    def test_in_the_words_of_its_version(self, november: Desk) -> None:
        before, kept = shipped(), dict(shipped().retention)
        del kept[RULE]
        november.notice = replace(
            before, version="2027-01-01", retention=MappingProxyType(kept), digest="f" * 64
        )
        found = november.report()
        (visitors,) = (one for one in found["rules"] if one["rule"] == RULE)
        assert not visitors["in_force"]
        assert visitors["version"] == before.version
        assert visitors["title"] == before.retention[RULE].title["it"]
        assert f"{before.version} ({words('retention', 'it')['former']})" in _text(november)

    def test_of_a_version_that_is_not_there(self, desk: Desk) -> None:
        desk.ran(erased(rule="an_old_rule", version="2020-01-01"))
        (found,) = desk.report()["rules"]
        assert (found["title"], found["kind"], found["in_force"]) == ("an_old_rule", None, False)

    def test_no_rule_at_all(self, desk: Desk) -> None:
        desk.ran(one(shipped().version, NO_RULE, Outcome.KEPT))
        (found,) = desk.report(rule=NO_RULE)["rules"]
        assert (found["rule"], found["kept"]) == (NO_RULE, 1)
        assert found["title"] == words("retention", "it")["no_rule"]


def test_as_csv(november: Desk) -> None:
    sent = november.fetch(accept="text/csv")
    assert sent.status == 200
    rows = list(csv.DictReader(io.StringIO(sent.text)))
    assert [(row["rule"], row["erased"], row["stuck"], row["p99_hours"]) for row in rows] == [
        (OTHER, "5", "1", "0"),
        (RULE, "100", "0", "0"),
    ]
    assert list(rows[0]) == list(contract.COLUMNS)
    assert {row["month"] for row in rows} == {MONTH}
    assert sent.text.endswith("\r\n")


def test_it_has_no_ids_and_is_no_look(november: Desk) -> None:
    looks = len(november.audited())
    for accept in ("application/json", "text/csv", "text/html"):
        assert SUBJECT not in november.fetch(accept=accept).text
    assert len(november.audited()) == looks


def test_it_is_for_the_desk_alone(november: Desk) -> None:
    assert november.fetch(READER).status == 200
    assert november.fetch(SUBJECT).status == 403


def _said(desk: Desk, root: str) -> Any:
    """What the published key says of a root."""
    del desk
    key = PyJWK(signature.public_jwk())
    assert jwt.get_unverified_header(root)["typ"] == "retention-root+jwt"
    return jwt.decode(root, key, algorithms=["ES256"], options={"verify_iat": False})


def _verdict(desk: Desk, text: str) -> Any:
    sent = desk.call(
        "POST", "/v1/receipts/verify", {"receipt": text}, by=None, handler=receipts.handler
    )
    assert sent.status == 200
    return sent.json


class TestRoot:
    """What is signed says month, places in the chain and sums, and what it proves."""

    def test_the_published_key_alone_verifies_it(self, november: Desk) -> None:
        found = november.report()
        said = _said(november, found["root"])
        for name in ("month", "from", "to", "state", "runs", "first", "last", "head", "previous"):
            assert said[name] == found[name]
        assert said["sums"] == found["sums"]
        assert {rule: of["erased"] for rule, of in said["rules"].items()} == {OTHER: 5, RULE: 100}
        assert (said["iss"], said["proves"]) == ("https://privacy.example", PROVES)
        assert "no" in said["proves"]

    def test_anybody_may_verify_it(self, november: Desk) -> None:
        root = november.report()["root"]
        verdict = _verdict(november, root)
        assert (verdict["valid"], verdict["reason"]) == (True, None)
        assert verdict["content"]["schema_version"] == "urn:riserbo:retention-root:1"
        assert "kept" not in verdict
        head, body, signed = root.split(".")
        assert _verdict(november, f"{head}.{body[:-2]}AA.{signed}")["reason"] == "signature"

    def test_no_receipt_passes_for_it_and_it_for_none(self, november: Desk) -> None:
        root = november.report()["root"]
        assert verification.verify(root).reason is Reason.TYPE
        assert verification.verify_closing(root).reason is Reason.TYPE
        for kind in (signature.TYPE, signature.CLOSING):
            receipt = signature.signed({"iss": "https://privacy.example"}, kind)
            assert verification.verify_root(receipt).reason is Reason.TYPE
        strange = signature.signed({"iss": "https://privacy.example"}, "JWT")
        assert _verdict(november, strange)["reason"] == "type"

    def test_sums_of_records_that_were_changed_are_not_signed(self, november: Desk) -> None:
        items = {int(one.seq): one for one in november.tables.all(RunItem) if "head" not in one.sk}
        items[2].ended = items[2].ended + HOUR
        november.tables.put(items[2])
        found = november.report()
        assert (found["fault"], found["root"]) == (2, None)
        text = _text(november)
        assert words("retention", "it")["fault_text"].format(number=2) in text
        assert words("retention", "it")["no_root"] in text


def _page(desk: Desk, **query: str) -> str:
    sent = desk.fetch(accept="text/html", **query)
    assert sent.status == 200
    return sent.text


def _text(desk: Desk, **query: str) -> str:
    return " ".join(Tree(_page(desk, **query)).said)


class TestPage:
    """The page is whole without script, by ear, and in the reader's language."""

    @pytest.mark.parametrize("locale", languages())
    @pytest.mark.parametrize("month", [MONTH, "2026-10", "2027-03"])
    def test_it_is_accessible(self, november: Desk, locale: str, month: str) -> None:
        november.notice = shipped_in(*languages())
        shown = _page(november, lang=locale, month=month)
        check_accessible(shown, locale)
        text = " ".join(Tree(shown).said)
        assert [mark for mark in ("{", "}", "None", "<", ">", "built-in") if mark in text] == []
        for name in ("intro", "not_covered", "proves", "own_dates_text", "recipients_text"):
            assert words("retention", locale)[name] in text

    @pytest.mark.parametrize("locale", languages())
    def test_it_tells_all_in_the_readers_language(self, november: Desk, locale: str) -> None:
        november.notice = november.versions[shipped().version] = shipped_in(*languages())
        text = _text(november, lang=locale)
        for rule in (RULE, OTHER):
            assert november.notice.retention[rule].title[locale] in text
        said = words("retention", locale)
        for outcome in (Outcome.ERASED, Outcome.HELD, Outcome.STUCK):
            assert said[f"outcome_{outcome}"] in text
        assert said["between_hours"].format(least="24", most="48") in text
        assert said["under_an_hour"] in text

    def test_a_notice_in_another_language_is_marked(self, november: Desk) -> None:
        november.notice = association()
        (locale,) = association().locales
        shown = _page(november)
        check_accessible(shown, locale)
        assert association().site_name in shown

    def test_the_chart_has_its_figures_in_words_and_in_a_table(self, november: Desk) -> None:
        november.now += DAY
        november.ran(erased(21))
        tree = Tree(_page(november, lang="en"))
        (svg,) = tree.all("svg")
        assert svg["role"] == "img"
        for name in (svg["aria-labelledby"] or "").split():
            assert tree.by_id(name)
        assert [bar["height"] for bar in tree.all("rect")] == ["120.0", "24.0"]
        text = " ".join(tree.said)
        assert "Days on which something ended: 2. The highest bar is 105" in text
        assert "22 November 2026" in text
        assert "23 November 2026" in text

    def test_a_month_in_which_nothing_ended_has_no_chart(self, desk: Desk) -> None:
        desk.ran(held())
        assert Tree(_page(desk)).all("svg") == []

    @pytest.mark.parametrize(
        ("month", "name"),
        [("2026-11", "state_running"), ("2027-03", "state_future"), ("2026-10", "state_none_kept")],
    )
    def test_it_says_where_the_month_lies(self, november: Desk, month: str, name: str) -> None:
        assert words("retention", "en")[name] in _text(november, lang="en", month=month)

    def test_a_month_between_runs(self, november: Desk) -> None:
        november.now = datetime(2027, 1, 5, tzinfo=UTC)
        assert words("retention", "en")["state_none"] in _text(november, lang="en", month="2026-12")
        assert words("retention", "en")["state_past"] in _text(november, lang="en")

    def test_it_shows_the_signed_root(self, november: Desk) -> None:
        tree = Tree(_page(november))
        (root,) = [text for text in tree.said if text.startswith("eyJ")]
        assert _said(november, root)["month"] == MONTH

    def test_texts_of_the_notice_are_escaped(self, november: Desk) -> None:
        rules = dict(november.notice.retention)
        title = dict.fromkeys(november.notice.locales, "<script>alert(1)</script>")
        rules[RULE] = replace(rules[RULE], title=title)
        november.notice = replace(november.notice, retention=MappingProxyType(rules))
        assert "<script" not in _page(november)


def test_its_calls_do_not_grow_with_what_was_done(desk: Desk) -> None:
    desk.ran(erased(10_000))
    few = _steps(desk)
    desk.ran(total(shipped().version, [erased(rule=rule) for rule in shipped().retention]))
    assert _steps(desk) == few == ["batch", "get", "query"]


def _steps(desk: Desk) -> list[str]:
    desk.fetch()
    desk.steps.names.clear()
    desk.fetch()
    return [name for name in desk.steps.names if name != "update"]


def test_the_same_report_says_the_same(november: Desk) -> None:
    first, second = november.report(), november.report()
    assert {**first, "root": None} == {**second, "root": None}
    assert json.dumps(first)
