"""All rows of changes."""

from __future__ import annotations

from tests.unit.notices.changes_edits import Row
from tests.unit.notices.changes_of_cookies import COOKIES
from tests.unit.notices.changes_of_purposes import CATEGORIES, PURPOSES
from tests.unit.notices.changes_of_recipients import RECIPIENTS
from tests.unit.notices.changes_of_statements import CONTROLLER, FORMS, REST, RIGHTS, STATEMENTS
from tests.unit.notices.changes_of_time import ANNOUNCEMENTS, RECORDS, RETENTION

ROWS: list[Row] = [
    *PURPOSES,
    *CATEGORIES,
    *RECIPIENTS,
    *COOKIES,
    *RETENTION,
    *ANNOUNCEMENTS,
    *RECORDS,
    *RIGHTS,
    *CONTROLLER,
    *STATEMENTS,
    *FORMS,
    *REST,
]
