"""The pages of the notice: the one in force, its versions, what each changed, the cookies."""

from typing import Final

from chalicelib.notices.contract.versions import CHANGES, NOTICE
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.pages.contract import PageOperation

BRIEFLY: Final = 60
"""Seconds for which caches may keep what a publication changes."""

LONG: Final = 86_400
"""Seconds for which caches may keep what never changes."""

FINAL: Final = frozenset({"superseded", "withdrawn"})
"""The statuses of a version that do not change any more."""

NOTICE_PAGE = PageOperation(
    id="showNotice", method="GET", path="/notice", query=NOTICE.query, shares=BRIEFLY
)

VERSIONS_PAGE = PageOperation(
    id="showNotices",
    method="GET",
    path="/notice/versions",
    query={"cursor": PAGE_QUERY["cursor"]},
    shares=BRIEFLY,
)

VERSION_PAGE = PageOperation(
    id="showNoticeVersion", method="GET", path="/notice/{version}", query=NOTICE.query, shares=LONG
)

CHANGES_PAGE = PageOperation(
    id="showNoticeChanges",
    method="GET",
    path="/notice/{version}/changes",
    query=CHANGES.query,
    shares=LONG,
)

COOKIES_PAGE = PageOperation(id="showCookies", method="GET", path="/cookies", shares=BRIEFLY)
