"""The mails of accounts that people may turn off, each with the link that does so; and all others.

Apart from the others because only the mail worker makes such links.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib import clock
from chalicelib.accounts.paths import RESETS
from chalicelib.accounts.service import letters, mails
from chalicelib.accounts.service.letters import Composer
from chalicelib.decisions.notifications import may_notify
from chalicelib.jobs.model import Task
from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.notices.model import Notice
from chalicelib.subjects import service as subjects
from chalicelib.unsubscribe.model import Kind, Scope
from chalicelib.unsubscribe.service import links


def new_sign_in(task: Task, notice: Notice) -> Message | None:
    """The mail about a sign-in from another country, unless its person turned it off.

    The job's target is the country's code and the instant, which may be long ago by now.
    """
    country, at = task.target.split(" ")
    standing = subjects.account_standing(task.subject)
    if standing is None or not may_notify(standing, mails.NEW_SIGN_IN, notice, clock.now()):
        return None
    scope = Scope(Kind.NOTIFICATION, mails.NEW_SIGN_IN)
    link = links.mint(task.subject, scope, standing.locale)
    words = {
        "at": datetime.fromisoformat(at),
        "country": country,
        "reset": Page(RESETS),
        "unsubscribe": Page(link.path),
    }
    message = letters.letter(task.subject, mails.NEW_SIGN_IN, words, notice)
    return None if message is None else replace(message, unsubscribe=link.url)


COMPOSERS: Mapping[str, Composer] = {**letters.COMPOSERS, mails.NEW_SIGN_IN: new_sign_in}
"""The composer of each mail's job, by action; it returns None where no mail may go any more."""
