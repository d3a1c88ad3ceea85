"""The API's documentation as a page for people, made from the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.pages.languages import languages
from chalicelib.web.components import resolved
from chalicelib.web.docs_words import ITALIAN
from chalicelib.web.pages import template


def docs_page(document: Mapping[str, Any], locale: str, offered: Sequence[str] = ()) -> str:
    """An accessible HTML page of an OpenAPI document: no script, nothing loaded from elsewhere.

    `locale` is one of the languages that the page is `offered` in; a text that has no translation
    stays English and is marked so.
    """
    language = locale if locale in _WORDS else "en"
    operations = [
        _operation(document, path, method, described, language)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]
    return template("docs.html.j2").render(
        words=_WORDS[language],
        locale=language,
        others=[other for other in offered or languages() if other != language],
        info=document["info"],
        server=document["servers"][0]["url"],
        operations=operations,
        schemes={
            name: _text(scheme["description"], language)
            for name, scheme in document["components"]["securitySchemes"].items()
        },
    )


def _operation(
    document: Mapping[str, Any],
    path: str,
    method: str,
    described: Mapping[str, Any],
    language: str,
) -> dict[str, Any]:
    parameters = [_resolved(document, one) for one in described["parameters"]]
    summary = described.get("x-summaries", {}).get(language)
    content = described.get("requestBody", {}).get("content", {})
    answers = [
        (status, _resolved(document, answer)) for status, answer in described["responses"].items()
    ]
    return {
        "anchor": re.sub(r"[^A-Za-z0-9_-]", "-", described["operationId"]),
        "method": method.upper(),
        "path": path,
        "summary": (summary, language) if summary else _text(described["summary"], language),
        "description": _text(_more_than(described), language),
        "security": [" + ".join(one) for one in described["security"] if one],
        "optional": {} in described["security"],
        "parameters": [
            (one["name"], one["in"], one["required"], _text(_meaning(one), language))
            for one in parameters
        ],
        "bodies": [
            (kind, _json(resolved(document, one["schema"]))) for kind, one in content.items()
        ],
        "examples": [_json(one["example"]) for one in content.values() if "example" in one][:1],
        "answers": [
            (status, _text(answer["description"], language), sorted(answer.get("content", {})))
            for status, answer in sorted(answers)
        ],
    }


def _more_than(described: Mapping[str, Any]) -> str:
    """An operation's description, where it says more than the summary."""
    said = str(described.get("description", ""))
    return "" if said == f"{described['summary']}." else said


def _meaning(parameter: Mapping[str, Any]) -> str:
    described = parameter.get("description") or parameter["schema"].get("description")
    return str(described or parameter["schema"].get("type", ""))


def _text(english: str, language: str) -> tuple[str, str]:
    """A text and the language it is in: the one asked for if there is a translation."""
    translated = ITALIAN.get(english) if language == "it" else None
    return (translated, language) if translated else (english, "en")


def _resolved(document: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = value.get("$ref")
    if reference is None:
        return value
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    resolved: Mapping[str, Any] = found
    return resolved


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


_WORDS = {
    "it": {
        "title": "Documentazione dell'API",
        "skip": "Vai al contenuto",
        "language": "Lingua",
        "it": "Italiano",
        "en": "English",
        "intro": (
            "Ogni operazione riceve e restituisce JSON in UTF-8. Gli errori sono documenti "
            "application/problem+json (RFC 9457) che elencano tutti i difetti trovati."
        ),
        "server": "Indirizzo di base",
        "operations": "Operazioni",
        "credentials": "Credenziali",
        "nobody": "nessuna",
        "optional": "facoltative",
        "parameters": "Parametri",
        "name": "Nome",
        "where": "Dove",
        "meaning": "Significato",
        "required": "obbligatorio",
        "body": "Corpo della richiesta",
        "example": "Esempio",
        "answers": "Risposte",
        "status": "Stato",
        "media": "Tipo di contenuto",
        "path": "percorso",
        "query": "query",
        "header": "intestazione",
    },
    "en": {
        "title": "API documentation",
        "skip": "Skip to content",
        "language": "Language",
        "it": "Italiano",
        "en": "English",
        "intro": (
            "Every operation takes and answers JSON in UTF-8. Errors are application/problem+json "
            "documents (RFC 9457) that list every defect found."
        ),
        "server": "Base address",
        "operations": "Operations",
        "credentials": "Credentials",
        "nobody": "none",
        "optional": "optional",
        "parameters": "Parameters",
        "name": "Name",
        "where": "Where",
        "meaning": "Meaning",
        "required": "required",
        "body": "Request body",
        "example": "Example",
        "answers": "Answers",
        "status": "Status",
        "media": "Media type",
        "path": "path",
        "query": "query",
        "header": "header",
    },
}
