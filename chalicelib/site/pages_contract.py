"""The pages of the site itself."""

from chalicelib.web.pages.contract import PageOperation, Session

HOME = PageOperation(
    id="showHome",
    method="GET",
    path="/",
    session=Session.OPTIONAL,
    done=frozenset({"signed_out"}),
)
"""The first page, and the one after signing out.

It reads whether there is a session, by which its header and its doors differ: so no cache keeps it,
though nothing of a person stands on it. A shared copy would tell somebody who has signed in that
they have not, and a copy in the browser would still offer to sign out afterwards. An answer costs
no call, since the notice is in memory.
"""

_BRIEFLY = 60
"""Seconds for which caches may keep a page that another version of the notice changes."""

DOCS = PageOperation(id="showDocs", method="GET", path="/docs", shares=_BRIEFLY)

SCRIPT = PageOperation(id="getScript", method="GET", path="/assets/{name}")
"""The script of all pages, under the name of its contents."""

NOWHERE = PageOperation(id="showNothing", method="GET", path="/{proxy+}")
"""Every address with nothing behind it: API Gateway's greedy path, which yields to all others."""
