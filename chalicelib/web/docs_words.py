"""Italian for the English texts that the OpenAPI document takes from the kernel.

The document itself stays English, as its readers are programs and programmers; the page shows what
has a translation in the reader's language. An operation's own summary is translated in its
contract (`summaries`).
"""

from __future__ import annotations

ITALIAN = {
    # Credentials
    "The token of POST /v1/sessions.": "Il token restituito da POST /v1/sessions.",
    "At least 128 random bits in base64url that stand for one browser.": (
        "Almeno 128 bit casuali in base64url, che identificano un singolo browser."
    ),
    "The API key of one of the controller's own systems.": (
        "La chiave API di uno dei sistemi del titolare."
    ),
    "The token of a session whose account works at the privacy desk.": (
        "Il token di una sessione il cui account fa parte dell'ufficio privacy."
    ),
    # Parameters
    "The language of texts (`it`, `it-IT` or `it_IT`); goes before Accept-Language. One that is "
    "not on offer is ignored.": (
        "La lingua dei testi (`it`, `it-IT` o `it_IT`); prevale su Accept-Language. Se non è tra "
        "quelle offerte, non conta."
    ),
    "Repeats of a request with the same key get the answer of the first, for 24 h.": (
        "Per 24 ore, chi ripete la richiesta con la stessa chiave riceve la risposta della prima."
    ),
    "How many items a page has at most.": "Il numero massimo di elementi per pagina.",
    "`next` of the page before.": "Il valore di `next` della pagina precedente.",
    # Problems
    "Something went wrong on our side.": "Si è verificato un errore da parte nostra.",
    "The request cannot be understood.": "La richiesta non è comprensibile.",
    "Valid credentials are needed.": "Servono credenziali valide.",
    "This is not allowed.": "L'operazione non è consentita.",
    "There is nothing here.": "A questo indirizzo non c'è nulla.",
    "This path does not take that method.": "Questo percorso non ammette il metodo usato.",
    "No acceptable media type.": "Nessun tipo di contenuto tra quelli accettati.",
    "This conflicts with the current state.": "L'operazione è in conflitto con lo stato attuale.",
    "The state has changed meanwhile.": "Nel frattempo lo stato è cambiato.",
    "The body is too large.": "Il corpo della richiesta è troppo grande.",
    "The body has an unsupported media type.": (
        "Il tipo di contenuto del corpo non è tra quelli ammessi."
    ),
    "This cannot be processed.": "La richiesta non può essere eseguita.",
    "Too many requests.": "Troppe richieste.",
    "Not available at the moment.": "Al momento il servizio non è disponibile.",
}
"""English text -> Italian text."""
