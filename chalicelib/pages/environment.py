"""The one environment of the templates of pages, mails and documents."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chalicelib.pages import formats
from chalicelib.pages.languages import right_to_left
from chalicelib.texts import parts

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from jinja2.runtime import Context
    from markupsafe import Markup

LANGUAGE: Final = "language"
"""The variable of a template's language."""

ZONE: Final = "zone"
"""The variable of the time zone in which a template writes moments."""

_ROOMS = Path(__file__).resolve().parent.parent

COMPILED: Final = Path(__file__).resolve().with_name("compiled")
"""The folder of the templates that packaging has compiled; there is none beside the sources."""


def template(name: str) -> Template:
    """Returns a template by its path in chalicelib, such as `mail/templates/copy_ready.it.txt.j2`.

    Values are escaped in HTML; a missing variable is an error at rendering (jinja2.UndefinedError).
    """
    return environment().get_template(name)


@cache
def environment() -> Environment:
    """Returns the environment, made once in a process."""
    from jinja2 import (
        BaseLoader,
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        ModuleLoader,
        StrictUndefined,
        pass_context,
        select_autoescape,
    )

    loaders: list[BaseLoader] = [ModuleLoader(COMPILED)] if COMPILED.is_dir() else []
    made = Environment(
        loader=ChoiceLoader([*loaders, FileSystemLoader(_ROOMS)]),
        # Entities would be seen in the plain text of a mail.
        autoescape=select_autoescape(disabled_extensions=("txt.j2",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["linked"] = _linked
    made.filters["day"] = pass_context(_moment)
    made.filters["date"] = pass_context(_day)
    made.filters["country_name"] = pass_context(_country)
    made.filters["right_to_left"] = right_to_left
    return made


def _moment(context: Context, value: datetime) -> str:
    return formats.moment(value, context[LANGUAGE], context[ZONE])


def _day(context: Context, value: date) -> str:
    # Its parts are read here, where a missing variable is an error of jinja2.
    return formats.day(date(value.year, value.month, value.day), context[LANGUAGE])


def _country(context: Context, code: str) -> str:
    return formats.country(code, context[LANGUAGE])


def _linked(text: str) -> Markup:
    """Returns a text in HTML, its links as links that tell nobody where their reader came from."""
    from markupsafe import Markup

    link = Markup('<a href="{}" rel="noreferrer noopener">{}</a>')
    return Markup("").join(
        words if to is None else link.format(to, words) for words, to in parts(text)
    )
