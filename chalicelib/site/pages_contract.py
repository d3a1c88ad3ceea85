"""The pages of the site itself."""

from chalicelib.web.pages.contract import PageOperation

NOWHERE = PageOperation(id="showNothing", method="GET", path="/{proxy+}")
"""Every address with nothing behind it: API Gateway's greedy path, which yields to all others."""
