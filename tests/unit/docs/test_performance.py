"""docs/performance.md: what breaks first follows from its own cost book and the dated quotas."""

from __future__ import annotations

import json
from datetime import date

from chalicelib.jobs.service import RUN
from chalicelib.mail import rate
from infra import quotas
from tests.bench import rates
from tests.bench.counting import SERVICES
from tests.bench.rates import Counted
from tests.unit.docs.markdown import DOCS, PROJECT, prose, rows

DOCUMENT = DOCS / "performance.md"


def figures() -> dict[str, Counted]:
    """The operations of the cost book, as the document shows them."""
    found = {}
    for name, *cells in rows(DOCUMENT, "The cost book"):
        calls = dict(zip(SERVICES, map(float, cells), strict=False))
        writes, _, own, _, _, hashing, _ = cells[len(SERVICES) :]
        cpu = float(own or 0) + float(hashing or 0)
        found[name] = Counted(calls, float(writes.replace(",", "")), cpu)
    return found


BOOK = figures()


def test_the_table_is_what_the_figures_and_quotas_give() -> None:
    head, *expected = rates.table(BOOK.__getitem__)
    assert [list(row) for row in rows(DOCUMENT, rates.TITLE)] == [list(row) for row in expected]
    assert f"| {' | '.join(head)} |" in prose(DOCUMENT)
    assert rates.words() in prose(DOCUMENT)


def test_a_million_people_are_told_within_two_hours_at_200_mails_a_second() -> None:
    assert rates.told_a_second(BOOK.__getitem__, 200) * 2 * 3600 >= rates.MILLION


def test_a_worker_gets_as_many_mails_done_as_workers_are_reckoned_from() -> None:
    told = 1 / rates.told_seconds(BOOK.__getitem__)
    assert rate.BY_TELLER <= told < rate.BY_TELLER * 1.5
    mails = [BOOK[name].seconds("mail") for name in BOOK if name.endswith(" mail")]
    assert len(mails) > 2
    assert 1 / min(mails) <= rate.BY_SENDER, "fewer workers would pass the quota"
    assert 1.5 / min(mails) > rate.BY_SENDER


def test_jobs_are_sent_again_and_recipients_told_faster_than_fifty_a_second() -> None:
    found = {row[0]: row[4] for row in rows(DOCUMENT, rates.TITLE)}
    for mechanism in ("run time of `relay`", "workers of `propagation`"):
        assert float(found[mechanism].removesuffix(" a second")) > 50


def test_the_constants_are_those_of_the_functions() -> None:
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text("utf-8"))
    functions = config["stages"]["production"]["lambda_functions"]
    assert functions["relay"]["lambda_timeout"] == rates.RELAY_SECONDS
    queue = (PROJECT / "functions" / "queues" / "propagation.py").read_text("utf-8")
    assert f"maximum_concurrency={rates.CALLBACKS_AT_ONCE}," in queue
    schedule = (PROJECT / "functions" / "schedules" / "relay.py").read_text("utf-8")
    assert f'"rate({RUN.total_seconds() / 60:.0f} minutes)"' in schedule


def test_every_quota_has_a_source_a_lever_and_a_day() -> None:
    found = json.loads(quotas.FILE.read_text("utf-8"))["quotas"]
    for name, one in found.items():
        assert one["source"].startswith("https://docs.aws.amazon.com/"), name
        assert one["value"] > 0
        assert len(one["lever"]) > 5
    assert date.fromisoformat(quotas.as_of()) >= date(2026, 12, 1)
    used = {cell for row in rows(DOCUMENT, rates.TITLE) for cell in row}
    assert len(found) - len([one for one in found.values() if one["lever"] in used]) <= 2
