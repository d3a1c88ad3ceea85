"""The one place that writes addresses of this software's pages, for mails and redirects."""

from dataclasses import dataclass, field

from chalicelib import settings


@dataclass(frozen=True, slots=True)
class Page:
    """A page of this software in the words of a mail, with a link's token where it needs one.

    Its language is the mail's, which is known only when the mail is rendered.
    """

    path: str
    token: object = field(default=None, repr=False)

    def within(self, locale: str) -> str:
        """Returns the page's public address in a language: `lang` stands after the token."""
        address = str(self)
        return f"{address}{'?' if self.token is None else '&'}lang={locale}"

    def __str__(self) -> str:
        """Returns the page's public address, which opens in the browser's language."""
        return page(self.path, self.token)


def page(path: str, token: object = None) -> str:
    """Returns a page's public address, with a link's token in the query where it needs one."""
    address = settings.public_url() + path
    return address if token is None else f"{address}?token={token}"


def base() -> str:
    """Returns the public base URL of this deployment, without a slash at the end.

    It is empty where nothing is deployed, as when `make notice` writes pages to files, or when a
    deployment tries a notice before it changes anything.
    """
    try:
        return settings.public_url()
    except settings.MissingSetting:
        return ""


def one_click(url: str) -> dict[str, str]:
    """Returns the headers of one-click unsubscribing in mail programs (RFC 8058, section 3.1)."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
