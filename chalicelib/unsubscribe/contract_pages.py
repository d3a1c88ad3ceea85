"""The page behind the link that ends mails, and its form."""

from typing import Final

from chalicelib.web.pages.contract import PageOperation

UNSUBSCRIBE: Final = "/unsubscribe/{token}"

UNSUBSCRIBE_PAGE = PageOperation(
    id="showUnsubscribe",
    method="GET",
    path=UNSUBSCRIBE,
    token=True,
    done=frozenset({"ended"}),
)

UNSUBSCRIBE_FORM = PageOperation(
    id="unsubscribeByForm",
    method="POST",
    path=UNSUBSCRIBE,
    token=True,
)
