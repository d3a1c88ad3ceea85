"""Signals by which a browser speaks for its person, as far as the notice honours them."""

from chalicelib.notices.model import Notice


def honours_global_privacy_control(notice: Notice) -> bool:
    """Whether the notice says what happens on `Sec-GPC: 1`.

    The words of `cookies.banner.signal` are written where the signal is honoured, and left out
    where it is not; silence promises nothing.
    """
    return "signal" in notice.document["cookies"].get("banner", {})
