"""Rules for texts that people write: line ends, spaces, visible characters. Pure."""

import re
import unicodedata
from collections.abc import Iterable

CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that no text may hold: controls, surrogates, separators of lines."""

_UNSEEN = CONTROL | {"Zs", "Cf", "Mn", "Mc", "Me"}
"""Unicode categories that show nothing by themselves: spaces, format characters and marks, which
need a character to stand on."""

_IGNORABLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""Characters of other categories that show nothing: Default_Ignorable_Code_Point (Unicode's
DerivedCoreProperties), Hangul fillers among them, and the braille pattern without a dot."""

_SPACE_CODES = (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
"""All of Unicode's Zs."""

_SPACES = "\t" + "".join(chr(code) for code in _SPACE_CODES)
"""A tab and all spaces, which a keyboard or a paste leaves unseen around a word."""


_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")
"""White space at which a line may be broken."""


_LINK = re.compile(
    r"(?<!!)\[([^\[\]\n]{1,300})\]\("
    r"(https?://[A-Za-z0-9][A-Za-z0-9.-]{0,190}(?::[0-9]{1,5})?(?:[/?#][^\s()<>\"\\]{0,600})?"
    r"|mailto:[^\s()<>\"\\?&]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,188})\)"
)
"""A link in a text: `[words](address)`. The address is one of the web, or of a mailbox. After an
exclamation mark it would be a picture, which is none."""

_MAILBOX = "mailto:"


def parts(text: str) -> Iterable[tuple[str, str | None]]:
    """Yields the parts of a text: words, and the address that they link to or None.

    A link is written `[words](https://address)` or `[words](mailto:address)`; what has another form
    or leads elsewhere is no link, and stays as it was written.
    """
    end = 0
    for found in _LINK.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], None
        yield found[1], found[2]
        end = found.end()
    if end < len(text):
        yield text[end:], None


def without_links(text: str) -> str:
    """Returns a text with the address of each link written out after its words."""
    if "](" not in text:
        return text
    return "".join(words if to is None else _written_out(words, to) for words, to in parts(text))


def _written_out(words: str, address: str) -> str:
    address = address.removeprefix(_MAILBOX)
    return words if words == address else f"{words} ({address})"


def lines(text: str) -> str:
    """Returns `text` with every line end (CR LF, CR) as LF. Forms of browsers send CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str) -> str:
    """Returns `text` with every run of white space as one space, and none around it.

    No-break spaces stay: French has a narrow one (U+202F) before its marks.
    """
    return _BREAKING.sub(" ", text).strip(" ")


def is_blank(text: str) -> bool:
    """Tells whether no character of a text is visible; an empty text is blank."""
    return not any(_is_seen(character) for character in text)


def has_control(text: str) -> bool:
    """Tells whether a text holds a control character other than a line feed."""
    return not CONTROL.isdisjoint(_categories(text))


def trimmed(word: str) -> str:
    """Returns a word without the spaces around it; line ends stay, for the caller to refuse."""
    return word.strip(_SPACES)


def _is_seen(character: str) -> bool:
    if unicodedata.category(character) in _UNSEEN:
        return False
    code = ord(character)
    return not any(first <= code <= last for first, last in _IGNORABLE)


def _categories(text: str) -> Iterable[str]:
    return {unicodedata.category(character) for character in text if character != "\n"}
