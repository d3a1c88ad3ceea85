"""A worker that is killed while it tells people: nobody is skipped, one mail comes twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.jobs.model import FIRST_CHECK
from chalicelib.jobs.rounds.model import BETWEEN_PASSES
from tests.functions import desk, versions
from tests.functions.api import Api, ok
from tests.functions.crowd import address, crowd
from tests.functions.killed import KILLED, MOMENTS, work_until_killed
from tests.functions.second_factor import go_on, opens
from tests.functions.stack import deployed
from tests.functions.versions import ASKED
from tests.functions.workers import worker_away

PEOPLE = 24


def test_killed_at_every_moment_it_skips_nobody(tmp_path_factory: pytest.TempPathFactory) -> None:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        crowd(stack, {"agreed": (PEOPLE, {ASKED: "granted"})})
        staff, device = desk.officer(api)
        document = versions.changed(versions.following(timedelta(days=20)))
        with worker_away(stack, "announcements"):
            ok(desk.publish(api, staff, device, document=document), 201)
            for number, moment in enumerate(MOMENTS, start=1):
                assert work_until_killed(stack, moment, number) == KILLED, moment
                go_on(stack, int(FIRST_CHECK.total_seconds()))  # the lease of the dead is over
            for _ in range(2):
                assert work_until_killed(stack) == 0
                go_on(stack, int(BETWEEN_PASSES.total_seconds()) + 60)
        staff = opens(api, staff, desk.fresh_code(device))  # hours have passed
        found = desk.announcement(api, staff, document["version"])
        assert found["status"] == "complete"
        assert (found["concerned"], found["left"], found["uncertain"]) == (PEOPLE, 0, 0)
        received = Counter(
            to for mail in stack.mails() for to in mail["To"] if to.startswith("agreed.")
        )
        assert set(received) == {address("agreed", number) for number in range(PEOPLE)}
        twice = [to for to, count in received.items() if count > 1]
        assert (len(twice), max(received.values())) == (1, 2)
        # A try without an answer is counted as if its mail had gone out: nobody can know.
        assert found["repeated"] == 2
