"""The one place where addresses of our own pages are written, for mails and redirects."""

from chalicelib import settings


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
