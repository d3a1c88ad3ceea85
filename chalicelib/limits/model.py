"""The figures of every limit: what is counted, the number allowed, the bounds for a stage. Pure.

A stage sets figures by `RISERBO_LIMITS` (docs/settings.md): `name=number`, separated by commas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from chalicelib.limits.windows import NEVER, Limit, Limits, Rate, allowed, around, place

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of tries allowed in a window, with its bounds.

    `what` describes what is counted, and of whom. A figure without a window is a factor.
    """

    default: int
    low: int
    high: int
    window: timedelta | None
    what: str


class UnfitFigures(ValueError):
    """A setting of limits with an unknown name or a number out of bounds; the message names it."""


_WIDE = "as much as one network may try, its {} around may try so many times (IPv6)"

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "guess.pair": Figure(
            10,
            3,
            100,
            QUARTER,
            "wrong passwords and wrong codes of a second factor, from one network at one address",
        ),
        "guess.address": Figure(
            100,
            20,
            10_000,
            HOUR,
            "the same, from all networks at one address; then one in 15 minutes from each network",
        ),
        "guess.network": Figure(
            500,
            20,
            100_000,
            HOUR,
            "the same, from one network at all addresses; then one in 15 minutes at each address",
        ),
        "factor.account": Figure(
            10,
            6,
            100,
            HOUR,
            "wrong codes of a second factor, sent with the"
            " right password, at one account from all networks; then none."
            " Its owner is told after the fifth",
        ),
        "code.pair": Figure(
            5, 3, 20, HOUR, "short codes of a verification mail, from one network at one address"
        ),
        "code.address": Figure(
            20, 5, 60, HOUR, "the same, from all networks at one address; then none"
        ),
        "code.network": Figure(
            500,
            20,
            100_000,
            HOUR,
            "the same, from one network at all addresses; then one an hour at each address",
        ),
        "mail.address": Figure(
            3,
            1,
            20,
            DAY,
            "mails to an address that nobody may have proved:"
            " registering, verifying again, a new address; then none",
        ),
        "mail.network": Figure(
            3000, 20, 1_000_000, HOUR, "the same, caused by one network; then none"
        ),
        "reset.pair": Figure(
            6,
            2,
            20,
            HOUR,
            "mails with which one chooses a new password, asked for by one network for one address",
        ),
        "reset.address": Figure(
            12, 3, 60, HOUR, "the same, asked for by all networks for one address; then none"
        ),
        "reset.network": Figure(
            3000, 20, 1_000_000, HOUR, "the same, asked for by one network; then none"
        ),
        "return.person": Figure(
            5,
            1,
            100,
            DAY,
            "coming back to an account that was stopped, by"
            " one person; then none. Stopping is never refused",
        ),
        "return.network": Figure(
            200,
            10,
            100_000,
            HOUR,
            "the same, by all persons of one network; then one a day of each person",
        ),
        "capture.person": Figure(
            120,
            20,
            10_000,
            HOUR,
            "acts of deciding that are recorded, of one person or browser; then none with a yes in"
            " it, and a refusal that stands already is not recorded again",
        ),
        "capture.network": Figure(
            3000,
            20,
            1_000_000,
            HOUR,
            "those with a yes in them, from one network, by samples; then none",
        ),
        "signature.person": Figure(
            300,
            10,
            10_000,
            HOUR,
            "receipts signed for one person or browser, by samples; then none",
        ),
        "signature.network": Figure(
            3000, 20, 1_000_000, HOUR, "the same, for all on one network; then none"
        ),
        "message.person": Figure(
            200, 10, 10_000, HOUR, "messages of one person who is signed in, by samples; then none"
        ),
        "message.network": Figure(
            3000, 20, 1_000_000, HOUR, "the same, of all on one network; then none"
        ),
        "activity.person": Figure(
            1000,
            10,
            100_000,
            HOUR,
            "batches of activity of one browser or account of which something is kept, by samples;"
            " then none",
        ),
        "activity.network": Figure(
            30_000, 20, 10_000_000, HOUR, "the same, of all on one network; then none"
        ),
        "record.key": Figure(
            100_000,
            100,
            100_000_000,
            DAY,
            "records that the site's systems hand over, move or end with one API key, by samples;"
            " then none",
        ),
        "record.network": Figure(
            100_000, 100, 100_000_000, HOUR, "the same, from one network, by samples; then none"
        ),
        "wide.48": Figure(2, 1, 100, None, _WIDE.format("/48")),
        "wide.32": Figure(20, 1, 1000, None, _WIDE.format("/32")),
    }
)
"""Every figure by its name; a test compares docs/api.md and docs/settings.md with them."""

DEFAULTS: Mapping[str, int] = MappingProxyType({name: one.default for name, one in FIGURES.items()})


def read(text: str) -> Mapping[str, int]:
    """Reads a setting: returns all figures, the defaults replaced by those that it names.

    Raises UnfitFigures for an unknown name, a value that is no number, or one out of bounds.
    """
    found = dict(DEFAULTS)
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in FIGURES:
            raise UnfitFigures(f"{name} is no limit: see docs/api.md")
        figure = FIGURES[name]
        fits = number.isascii() and number.isdigit() and len(number) < 10
        if not fits or not figure.low <= int(number) <= figure.high:
            raise UnfitFigures(f"{name} must be a number from {figure.low} to {figure.high}")
        found[name] = int(number)
    return MappingProxyType(found)


def limit(name: str, figures: Mapping[str, int] = DEFAULTS) -> Limit:
    """Returns the limit of that name. Raises ValueError for a factor."""
    window = FIGURES[name].window
    if window is None:
        raise ValueError(f"{name} is a factor")
    return Limit(figures[name], window)


def guesses(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on wrong passwords and wrong codes of a second factor. A right one is not counted."""
    return _limits("guess", figures, strict=False)


def codes(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on short codes of a verification mail.

    A code has eight digits, and three may be valid at once for an address (one for each mail of a
    day), so a guesser succeeds with a chance of 60 in 10^8 an hour.
    """
    return _limits("code", figures, strict=True)


def mails(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on mails that anyone may cause to an address that may be unproven.

    Whether an address is proven is looked up by the mail worker, out of the caller's sight, so
    known and unknown addresses are counted alike. A network may cause many, since a university is
    one network.
    """
    return _limits("mail", figures, strict=True, closed=True)


def resets(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on mails with a link for a new password, counted apart from other mails.

    An attacker cannot use up an owner's share of them with other mails, and every mail that counts
    here has put a working link into the owner's mailbox.
    """
    return _limits("reset", figures, strict=True, closed=True)


def returns(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on resuming a stopped account: each time costs mails and work."""
    return _limits("return", figures, strict=True, subject="person")


def captures(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on captures, each of which is a ledger entry; no limit applies to a refusal."""
    return _limits("capture", figures, strict=True, closed=True, subject="person")


def signatures(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on receipts, each of which is signed when it is fetched."""
    return _limits("signature", figures, strict=True, closed=True, subject="person")


def messages(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on messages to support, feedback and the like: each is a record that is kept."""
    return _limits("message", figures, strict=True, closed=True, subject="person")


def activity(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on batches of activity of which something is kept."""
    return _limits("activity", figures, strict=True, closed=True, subject="person")


def records(figures: Mapping[str, int] = DEFAULTS) -> Limits:
    """Limits on records that systems of the site hand over, each of which is kept for long."""
    return _limits("record", figures, strict=True, closed=True, subject="key")


def factor(figures: Mapping[str, int] = DEFAULTS) -> Limit:
    """Limit on wrong codes of one account's second factor, from any network.

    Only codes sent with the right password count, so an attacker without it cannot lock the owner
    out.
    """
    return limit("factor.account", figures)


TOLD_AFTER = 5
"""The number of wrong codes of a second factor after which its owner is told, once a window."""


def _limits(
    action: str,
    figures: Mapping[str, int],
    *,
    strict: bool,
    closed: bool = False,
    subject: str = "address",
) -> Limits:
    pair = f"{action}.pair"
    return Limits(
        action,
        limit(pair, figures) if pair in FIGURES else None,
        limit(f"{action}.{subject}", figures),
        limit(f"{action}.network", figures),
        strict=strict,
        closed=closed,
        wide_48=figures["wide.48"],
        wide_32=figures["wide.32"],
    )


GUESSES, CODES, MAILS, RESETS = guesses(), codes(), mails(), resets()
"""The limits of a stage that sets no figures."""

__all__ = [
    "CODES",
    "DEFAULTS",
    "FIGURES",
    "GUESSES",
    "MAILS",
    "NEVER",
    "RESETS",
    "TOLD_AFTER",
    "Figure",
    "Limit",
    "Limits",
    "Rate",
    "UnfitFigures",
    "activity",
    "allowed",
    "around",
    "captures",
    "codes",
    "factor",
    "guesses",
    "limit",
    "mails",
    "messages",
    "place",
    "read",
    "records",
    "resets",
    "returns",
    "signatures",
]
