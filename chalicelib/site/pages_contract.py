"""The pages of the site itself."""

from chalicelib.web.pages.contract import PageOperation, Session

HOME = PageOperation(
    id="showHome",
    method="GET",
    path="/",
    session=Session.OPTIONAL,
)
"""The first page. It reads whether there is a session, by which its header differs."""

NOWHERE = PageOperation(id="showNothing", method="GET", path="/{proxy+}")
"""Every address with nothing behind it: API Gateway's greedy path, which yields to all others."""
