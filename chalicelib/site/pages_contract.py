"""The pages of the site itself."""

from chalicelib.web.pages.contract import PageOperation, Session

HOME = PageOperation(
    id="showHome",
    method="GET",
    path="/",
    session=Session.OPTIONAL,
)
"""The first page. It reads whether there is a session, by which its header differs."""

_BRIEFLY = 60
"""Seconds for which caches may keep a page that another version of the notice changes."""

DOCS = PageOperation(id="showDocs", method="GET", path="/docs", shares=_BRIEFLY)

SCRIPT = PageOperation(id="getScript", method="GET", path="/assets/{name}")
"""The script of all pages, under the name of its contents."""

NOWHERE = PageOperation(id="showNothing", method="GET", path="/{proxy+}")
"""Every address with nothing behind it: API Gateway's greedy path, which yields to all others."""
