"""Does the jobs of the queue `announcements`: pages of rounds, and telling one person."""

from chalicelib.accounts.service import newcomers
from chalicelib.jobs.model import Task
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.service import Plan
from chalicelib.notices import service as notices
from chalicelib.publications.service import announcement, census, recall
from chalicelib.retention.amendments.service import dates

PLANS = {
    announcement.ANNOUNCE: Plan(announcement.announce, announcement.PAGE, passes=2, parallel=True),
    dates.RESCHEDULE: Plan(dates.follow, dates.PAGE, passes=2),
    recall.RECALL: Plan(recall.recall, recall.PAGE, passes=2, parallel=True),
    census.COUNT: Plan(census.count, census.PAGE, passes=1),
}
"""Every kind of round. Two passes at least (see `jobs.rounds.model`) where no person may be missed;
one where none may be counted twice. Mails go out in all shards at once; dates are moved by one
chain, since what was counted in all shards decides whether they are (`dates.follow`)."""


def work(task: Task) -> None:
    """Does one job of the queue."""
    if task.action == newcomers.TELL:
        announcement.tell(task)
    else:
        rounds.do_page(task, PLANS, notices.current())
