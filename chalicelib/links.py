"""The one place where addresses of our own pages are written, for mails and redirects."""

from dataclasses import dataclass, field

from chalicelib import settings


@dataclass(frozen=True, slots=True)
class Page:
    """A page of ours as the words of a mail name it, with a link's token where it needs one.

    In which language it opens is known only where the mail's own language is: when it is rendered.
    """

    path: str
    token: object = field(default=None, repr=False)

    def within(self, locale: str) -> str:
        """The page's public address, opening in that language: `lang` stands after the token."""
        address = str(self)
        return f"{address}{'?' if self.token is None else '&'}lang={locale}"

    def __str__(self) -> str:
        """The page's public address, opening in the language that a browser asks for."""
        return page(self.path, self.token)


def page(path: str, token: object = None) -> str:
    """The public address of a page, with a link's token in the query where it needs one."""
    address = settings.public_url() + path
    return address if token is None else f"{address}?token={token}"


def one_click(url: str) -> dict[str, str]:
    """The headers that let a mail program unsubscribe with one click (RFC 8058, section 3.1)."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
