"""A telephone number in its normal form: all that was said, or a refusal that says why.

phonenumbers reads a text as a person would dial it: it turns letters into digits, and cuts off what
it does not understand. So a text is first taken apart here, and what it hands over is one number.
"""

import re
import unicodedata

_CODE = "must be a number with its country code, such as +39..."
_POSSIBLE = "must be one possible number with its country code"
_ONE = "must be one number, alone; an extension is written as in +390612345678;ext=12"

_NUMBER = re.compile(r"(?:tel:\s*)?(?P<main>\(?\+[\d\s().\-‐-―−/·]*\d)\)?(?P<rest>.*)", re.I | re.S)
"""A number from its country code to its last digit, written with the usual separators, and what
follows it."""

_EXTENSION = re.compile(
    r"""\s*\(?(?:
        (?:;\s*ext\s*=|[,;]?\s*(?:
            e?xtn?|ext(?:ensi[oó]n|ension)?|est(?:ensione)?|int(?:erno)?|internal|anexo|ramal
            |доб(?:авочный)?|durchwahl|dw|poste|klappe|apparat|app|kl|tst|toestel|x|\#|~
        )\s*[.:=]?)\s*(?P<named>\d{1,20})\s*\#?
        |(?:,+|;+)\s*(?P<pause>\d{1,6})\s*\#?
    )\s*\)?\s*""",
    re.I | re.X,
)
"""An extension, named (RFC 3966 `;ext=`, or a word of the languages around), or behind a comma or
semicolon as in a dial string, where longer digits are rather another number."""

_MAX = 250
"""Characters of a text in which a number is looked for (as phonenumbers has it)."""

_BREAK = re.compile(r"/|\s[-‐-―−]+\s")
"""The characters between an area code and a number, which also stand between two numbers."""

_AREA = 6
"""As many digits of a country's number before a break are a number by themselves: behind it begins
another number, or another end of it. Fewer are an area code."""


def normal_phone(text: str) -> str:
    """A number in E.164, such as `+390612345678`, with its extension as RFC 3966 writes it.

    `+390612345678;ext=12` is one with an extension. Raises ValueError, whose message says what is
    expected: of two numbers, of letters, of anything that would otherwise be lost.
    """
    import phonenumbers

    said = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.fullmatch(said) if len(said) <= _MAX else None
    if found is None:
        raise ValueError(_ONE if said.count("+") > 1 else _CODE)
    extension = _extension(found["rest"])
    try:
        number = phonenumbers.parse(found["main"], None)
    except phonenumbers.NumberParseException:
        raise ValueError(_CODE) from None
    if _holds_two(found["main"], len(str(number.country_code))):
        raise ValueError(_ONE)
    if number.extension or not phonenumbers.is_possible_number(number):
        raise ValueError(_POSSIBLE)
    normal: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.parse(normal, None) != number:  # a second trunk digit would go the next time
        raise ValueError(_POSSIBLE)
    return f"{normal};ext={extension}" if extension else normal


def _extension(rest: str) -> str:
    """The digits of an extension; empty where a number ends without."""
    if not rest.strip():
        return ""
    found = _EXTENSION.fullmatch(rest)
    if found is None:
        raise ValueError(_ONE)
    return "".join(str(unicodedata.digit(one)) for one in found["named"] or found["pause"])


def _holds_two(main: str, code: int) -> bool:
    """Whether two numbers stand side by side; `code` is how long the country's code is."""
    first, *rest = _BREAK.split(main)
    return len(rest) > 1 or (bool(rest) and len(re.sub(r"\D", "", first)) - code >= _AREA)
