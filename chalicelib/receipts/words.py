"""The software's own words in a receipt's document, in Italian and English."""

from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, Mapping[str, Any]] = {
    "it": {
        "title": "Ricevuta delle Sue scelte",
        "skip": "Vai al contenuto",
        "intro": (
            "Questo documento dice che cosa ha deciso sull'uso dei Suoi dati, quando, e su quale "
            "testo dell'informativa. È firmato: lo conservi, chiunque può verificarlo."
        ),
        "later": (
            "Firmato è ciò che ha deciso allora. L'ultima colonna delle scelte dice che cosa ne "
            "vale al momento della firma; in seguito lo dicono le preferenze del sito."
        ),
        "receipt": "La ricevuta",
        "item": "Voce",
        "detail": "Dettaglio",
        "number": "Numero",
        "decided_at": "Data della scelta",
        "where": "Dove",
        "received": "Arrivata a noi",
        "notice": "Informativa",
        "version": "versione {version}, in vigore dal {day}",
        "language": "Lingua del testo mostrato",
        "languages": {"it": "italiano", "en": "inglese"},
        "evidence": "Prova del testo mostrato",
        "evidences": {
            "verified": "verificata: versione {version}, servita nell’ora che inizia {hour}",
            "not_verified": "quella ricevuta non reggeva e non è stata conservata",
            "none": "nessuna",
        },
        "controller": "Titolare del trattamento",
        "decisions": "Che cosa ha deciso",
        "purpose": "Finalità",
        "decision": "Scelta",
        "how": "Come",
        "until": "Vale fino al",
        "no_end": "finché non cambia idea",
        "now": "Che cosa vale ora",
        "nothing": "Questa voce non contiene scelte.",
        "about": "A che cosa si riferiscono le scelte",
        "basis": "Base giuridica",
        "data": "Dati usati",
        "receivers": "Chi li riceve",
        "nobody": "nessuno",
        "kept": "I dati, e per quanto si conservano",
        "category": "Categoria",
        "listed": "Dati",
        "retention": "Conservazione",
        "recipients": "Chi riceve i dati",
        "recipient": "Destinatario",
        "role": "Ruolo",
        "place": "Paese",
        "transfer": "Garanzie per il trasferimento",
        "no_transfer": "nessun trasferimento",
        "change": "Se cambia idea",
        "change_text": (
            "Può ritirare un consenso o cambiare una scelta in ogni momento, con la stessa "
            "facilità con cui ha deciso: dalle preferenze del sito, o scrivendo a {contact}. Ciò "
            "che è stato fatto prima resta lecito."
        ),
        "proof": "Come verificare la ricevuta",
        "proof_text": (
            "Il testo qui sotto è la ricevuta firmata (JSON Web Signature, ES256). Per verificarla "
            "la si invia a {verify}, oppure si usa un qualunque programma che conosca questo "
            "formato, con la chiave pubblica {keys}. Non servono altri Suoi dati."
        ),
        "signed": "Ricevuta firmata",
        "chain": "Posto nel registro delle scelte",
        "seq": "Numero nel registro",
        "digest": "Impronta dell'informativa",
        "commitment": "Impronta della scelta",
        "previous": "Impronta della voce precedente",
        "hash": "Impronta di questa voce",
        "signed_at": "Firmata il",
        "moment": "%d/%m/%Y, %H:%M:%S",
        "day": "%d/%m/%Y",
        "states": {
            "granted": "Consenso dato",
            "denied": "Consenso negato",
            "withdrawn": "Consenso ritirato",
            "objected": "Opposizione",
        },
        "effects": {
            "granted": "Consenso in vigore",
            "denied": "Consenso negato",
            "withdrawn": "Consenso ritirato",
            "objected": "Opposizione",
            "expired": "Consenso scaduto",
            "not_asked": "Nessuna scelta in vigore",
            "ask_again": "Da chiedere di nuovo: l'informativa è cambiata",
            "disowned": "Account disconosciuto: i dati non si usano",
            "deactivated": "Account fermato: i dati non si usano",
            "erased": "Dati cancellati",
            "suppressed": "Nessuna e-mail: l'indirizzo non ne riceve o non ne vuole",
            "unverified": "Indirizzo non confermato",
            "undeclared": "Finalità non più prevista",
        },
        "origins": {
            "own": "scelta Sua",
            "signal": "segnale del browser (Global Privacy Control)",
            "joined": "scelta fatta in un browser, unita all'account all'accesso",
        },
        "sources": {
            "banner": "banner dei cookie",
            "preference_centre": "centro preferenze del sito",
            "api": "servizio del sito",
            "registration": "registrazione",
            "verification": "prova dell'indirizzo",
            "preferences": "preferenze dell'account",
            "link": "collegamento in un messaggio",
            "signal": "segnale del browser",
            "sign_in": "accesso all'account",
            "desk": "ufficio privacy",
        },
        "channels": {
            "mail": "per e-mail",
            "email": "per e-mail",
            "post": "per posta",
            "phone": "per telefono",
            "in_person": "di persona",
        },
    },
    "en": {
        "title": "Receipt of your choices",
        "skip": "Skip to content",
        "intro": (
            "This document says what you decided about the use of your data, when, and on which "
            "text of the privacy notice. It is signed: keep it, anybody can verify it."
        ),
        "later": (
            "Signed is what you decided then. The last column of the choices says what holds of "
            "it at the time of signing; later on, the site's preferences say so."
        ),
        "receipt": "The receipt",
        "item": "Item",
        "detail": "Detail",
        "number": "Number",
        "decided_at": "Decided on",
        "where": "Where",
        "received": "Reached us",
        "notice": "Privacy notice",
        "version": "version {version}, in force from {day}",
        "language": "Language of the text shown",
        "languages": {"it": "Italian", "en": "English"},
        "evidence": "Proof of the text shown",
        "evidences": {
            "verified": "verified: version {version}, served in the hour that began {hour}",
            "not_verified": "what was received did not hold, and was not kept",
            "none": "none",
        },
        "controller": "Controller",
        "decisions": "What you decided",
        "purpose": "Purpose",
        "decision": "Choice",
        "how": "How",
        "until": "Holds until",
        "no_end": "until you change your mind",
        "now": "What holds now",
        "nothing": "This entry holds no choices.",
        "about": "What the choices are about",
        "basis": "Legal basis",
        "data": "Data used",
        "receivers": "Who receives it",
        "nobody": "nobody",
        "kept": "The data, and how long it is kept",
        "category": "Category",
        "listed": "Data",
        "retention": "Retention",
        "recipients": "Who receives the data",
        "recipient": "Recipient",
        "role": "Role",
        "place": "Country",
        "transfer": "Safeguards for the transfer",
        "no_transfer": "no transfer",
        "change": "If you change your mind",
        "change_text": (
            "You can withdraw a consent or change a choice at any time, as easily as you made it: "
            "in the site's preferences, or by writing to {contact}. What was done before stays "
            "lawful."
        ),
        "proof": "How to verify the receipt",
        "proof_text": (
            "The text below is the signed receipt (JSON Web Signature, ES256). To verify it, send "
            "it to {verify}, or use any program that knows this format with the public key "
            "{keys}. No other data of yours is needed."
        ),
        "signed": "Signed receipt",
        "chain": "Place in the ledger of choices",
        "seq": "Number in the ledger",
        "digest": "Digest of the notice",
        "commitment": "Digest of the choice",
        "previous": "Hash of the entry before",
        "hash": "Hash of this entry",
        "signed_at": "Signed on",
        "moment": "%Y-%m-%d, %H:%M:%S",
        "day": "%Y-%m-%d",
        "states": {
            "granted": "Consent given",
            "denied": "Consent refused",
            "withdrawn": "Consent withdrawn",
            "objected": "Objection",
        },
        "effects": {
            "granted": "Consent in force",
            "denied": "Consent refused",
            "withdrawn": "Consent withdrawn",
            "objected": "Objection",
            "expired": "Consent ended",
            "not_asked": "No choice in force",
            "ask_again": "To be asked again: the notice has changed",
            "disowned": "Account disowned: the data is not used",
            "deactivated": "Account stopped: the data is not used",
            "erased": "Data erased",
            "suppressed": "No e-mail: the address gets none, or wants none",
            "unverified": "Address not confirmed",
            "undeclared": "Purpose no longer in the notice",
        },
        "origins": {
            "own": "your own choice",
            "signal": "your browser's signal (Global Privacy Control)",
            "joined": "made in a browser, joined to the account at sign-in",
        },
        "sources": {
            "banner": "cookie banner",
            "preference_centre": "the site's preference centre",
            "api": "the site's service",
            "registration": "registration",
            "verification": "proof of the address",
            "preferences": "account preferences",
            "link": "link in a message",
            "signal": "browser's signal",
            "sign_in": "sign-in to the account",
            "desk": "privacy office",
        },
        "channels": {
            "mail": "by e-mail",
            "email": "by e-mail",
            "post": "by post",
            "phone": "by phone",
            "in_person": "in person",
        },
    },
}
"""By language: labels, texts with places to fill in, names for the ledger's codes."""


def named(names: Mapping[str, str], code: str) -> str:
    """What a code is called, or the code where it has no name yet."""
    return names.get(code, code)
