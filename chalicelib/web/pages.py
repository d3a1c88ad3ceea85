"""The shell of the few pages that people see from here: no script, nothing from elsewhere.

A page behind a link of a mail changes nothing on GET (mail scanners follow links): it shows what
would happen and a form that posts the token to the same path, without what the query held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from chalicelib.errors import Problem

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@dataclass(frozen=True, slots=True)
class FormField:
    """An input that a person fills in: `type` as HTML has it, `autocomplete` likewise.

    `minimum` and `maximum` are lengths in characters, 0 for none. A password has no maximum here:
    a browser would cut a longer one when it is pasted, and say nothing. `errors` are the reasons
    why what was sent in this field was refused, in the page's language.
    """

    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    minimum: int = 0
    maximum: int = 320
    required: bool = True
    hint: str = ""
    errors: tuple[str, ...] = ()

    @property
    def described_by(self) -> str:
        """Ids of the elements that explain the field, the errors first; for `aria-describedby`."""
        explained = {"errors": self.errors, "hint": self.hint}
        return " ".join(f"{part}-{self.name}" for part, text in explained.items() if text)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that posts to `action`, an address relative to the page's own (`answer_to`).

    `hidden` are values sent along unseen, such as a link's token; `lead` is a paragraph before it.
    """

    button: str
    action: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[FormField, ...] = ()
    lead: str = ""

    @property
    def refused(self) -> bool:
        """Whether the page shows again what was refused."""
        return any(field.errors for field in self.fields)


def answer_to(path: str, locale: str) -> str:
    """Where the form of the page at `path` posts: to the same path, which answers in `locale`.

    It is relative, so it holds below every stage and host that serves the page. A form without
    an action would post to the page's whole address, its query included.
    """
    return f"{quote(path.rpartition('/')[2], safe='')}?{urlencode({'lang': locale})}"


def page(
    title: str,
    paragraphs: tuple[str, ...] | list[str],
    locale: str,
    form: Form | None = None,
    site: str = "",
    second: Form | None = None,
    links: Sequence[tuple[str, str]] = (),
) -> str:
    """A whole HTML page from plain texts, all of which are escaped.

    `locale` becomes the page's language, `site` is the name of whose page it is; `second` is a
    form for another way, `links` are what can be opened from it, each with its address. Where the
    form was refused, the name of the page says so first, since that is read out first.
    """
    mark = f"{_REFUSED.get(locale, _REFUSED['en'])}: " if form and form.refused else ""
    return template("page.html.j2").render(
        title=title,
        mark=mark,
        paragraphs=list(paragraphs),
        locale=locale,
        forms=[one for one in (form, second) if one],
        site=site,
        links=links,
    )


def problem_page(problem: Problem, locale: str, request_id: str = "") -> str:
    """A refusal for a person: what happened in their language, without technical detail."""
    words = _WORDS.get(locale, _WORDS["en"])
    title, text = words.get(problem.status) or words[500 if problem.status >= 500 else 400]
    paragraphs = [text]
    if problem.status >= 500 and request_id:
        paragraphs.append(f"{_REFERENCE.get(locale, _REFERENCE['en'])}: {request_id}")
    return page(title, paragraphs, locale)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("chalicelib.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Template:
    """A template of this package, with everything escaped."""
    return _environment().get_template(name)


_REFUSED = {"it": "Errore", "en": "Error"}
_REFERENCE = {"it": "Riferimento da comunicarci", "en": "Reference to tell us"}

_WORDS: dict[str, dict[int, tuple[str, str]]] = {
    "it": {
        400: (
            "Richiesta non valida",
            (
                "Qualcosa nei dati inviati non va. Torni alla pagina precedente, controlli i campi "
                "e riprovi."
            ),
        ),
        401: ("Accesso necessario", "Per continuare deve prima accedere al Suo account."),
        403: ("Operazione non consentita", "Non ha il permesso di eseguire questa operazione."),
        404: ("Pagina non trovata", "A questo indirizzo non c'è nulla. Controlli il collegamento."),
        409: (
            "Operazione già in corso",
            (
                "La stessa operazione è in corso o è già stata conclusa. Attenda qualche istante e "
                "riprovi."
            ),
        ),
        413: ("Invio troppo grande", "I dati inviati superano la dimensione consentita."),
        422: (
            "Collegamento non più valido",
            (
                "Il collegamento è stato già usato, è scaduto oppure è stato sostituito da uno più "
                "recente. Se Le serve ancora, ne richieda uno nuovo."
            ),
        ),
        429: ("Troppi tentativi", "Ha fatto troppi tentativi. Attenda qualche minuto e riprovi."),
        500: (
            "Servizio momentaneamente non disponibile",
            "Si è verificato un errore da parte nostra. Riprovi tra qualche minuto.",
        ),
    },
    "en": {
        400: (
            "The request is not valid",
            "Something in what was sent is not right. Go back, check the fields and try again.",
        ),
        401: ("Please sign in", "To go on, you first have to sign in to your account."),
        403: ("Not allowed", "You do not have permission to do this."),
        404: ("Page not found", "There is nothing at this address. Please check the link."),
        409: (
            "Already in progress",
            "The same thing is being done or has been done already. Wait a moment and try again.",
        ),
        413: ("Too large", "What was sent is larger than allowed."),
        422: (
            "This link no longer works",
            (
                "The link was used, has expired, or was replaced by a newer one. If you still "
                "need it, please ask for another."
            ),
        ),
        429: ("Too many attempts", "There were too many attempts. Wait some minutes, try again."),
        500: (
            "Not available right now",
            "Something went wrong on our side. Please try again in a few minutes.",
        ),
    },
}
