"""The only place where keys of the tables are built (docs/table.md lists them).

No key holds a direct identifier: subjects are random ids, addresses keyed hashes, secrets
fingerprints.
"""

import hashlib

LANES = 16
"""Shards of each lane of the due index: they spread the writes and bound a sweep's Queries."""

API_KEYS = "K"
LISTED_KEY_PREFIX = "key#"
RECIPIENTS = "R"
ENDPOINT_PREFIX = "endpoint#"
RECEIPT_KEYS = "J"
PUBLIC_KEYS = "public"
NOTICES = "N"
POINTER = "pointer"
VERSION_PREFIX = "version#"
DRAFT_PREFIX = "draft#"
CONFIRMATIONS_PREFIX = "confirmations#"
DOCUMENT = "document"
DRAFT = "draft"
APPROVAL = "approval"
AMENDMENTS = "amendments"
DESK = "D"
AUDIT = "T"
EVIDENCE = "E"
OPEN_SHELF = "open"
HOLDS_SHELF = "holds"
REVIEWS_SHELF = "reviews"
UNREACHED_SHELF = "unreached"
UNTOLD_SHELF = "untold"
HEAD = "head"
MEMBER_PREFIX = "member#"


def subject(subject_id: str) -> str:
    """Partition of everything about one subject, in each table."""
    return f"S#{subject_id}"


def subject_of(pk: str) -> str:
    """Returns the subject of a partition: the inverse of `subject`."""
    return pk.removeprefix("S#")


def claim(address_mac: str) -> str:
    """Partition of the claim on an address, by the keyed hash of the address."""
    return f"A#{address_mac}"


def idempotency(digest: str) -> str:
    """Partition of a stored answer, by the hash of caller, operation and key."""
    return f"I#{digest}"


def limit(digest: str) -> str:
    """Partition of a counter of tries, by the hash of action, address and network."""
    return f"L#{digest}"


def api_key(key_id: str) -> str:
    """Partition of one API key; `API_KEYS` is the partition that lists all of them."""
    return f"K#{key_id}"


def api_key_of(pk: str) -> str:
    """Returns the API key of a partition: the inverse of `api_key`."""
    return pk.removeprefix("K#")


def listed_key(key_id: str) -> str:
    """Sort key of an API key in the list of keys."""
    return f"{LISTED_KEY_PREFIX}{key_id}"


def recipient(recipient_id: str) -> str:
    """Partition of the deliveries to one recipient; `RECIPIENTS` is that of all endpoints."""
    return f"R#{recipient_id}"


def endpoint(recipient_id: str) -> str:
    """Sort key of a recipient's endpoint in the list of endpoints."""
    return f"{ENDPOINT_PREFIX}{recipient_id}"


def endpoint_of(sk: str) -> str:
    """Returns the recipient of an endpoint: the inverse of `endpoint`."""
    return sk.removeprefix(ENDPOINT_PREFIX)


def member(subject_id: str) -> str:
    """Sort key of a member of the desk, in the partition `DESK`, which lists all of them."""
    return f"{MEMBER_PREFIX}{subject_id}"


def register(request_id: str) -> str:
    """Partition of the entry by which a request is found by its id alone."""
    return f"Q#{request_id}"


def registered(pk: str) -> str:
    """Returns the request of a partition of the register: the inverse of `register`."""
    return pk.removeprefix("Q#")


def contact(address_mac: str) -> str:
    """Partition that leads to the requests of an address without an account, by its keyed hash."""
    return f"C#{address_mac}"


def closed_shelf(month: str) -> str:
    """The shelf of the requests that were closed in a month, such as `2026-11`."""
    return f"closed#{month}"


def received_shelf(month: str) -> str:
    """The shelf of the entries of the requests that were received in a month."""
    return f"received#{month}"


def code(fingerprint: str) -> str:
    """Sort key of a code that a member of the desk used, or of their tries."""
    return f"code#{fingerprint}"


def member_of(sk: str) -> str:
    """Returns the subject of a member's sort key: the inverse of `member`."""
    return sk.removeprefix(MEMBER_PREFIX)


def notice(version: str) -> str:
    """Partition of one version's document."""
    return f"N#{version}"


def notice_version(version: str) -> str:
    """Sort key of a version in the list of versions."""
    return f"{VERSION_PREFIX}{sortable(version)}"


def sortable(version: str) -> str:
    """Returns a version in a form that sorts: the number on the day in two digits. Idempotent.

    A text that is no version is returned as it is; no item lies under such a key.
    """
    day, _, number = version.partition(".")
    counted = number.isascii() and number.isdigit() and len(number) < 4
    return f"{day}.{int(number):02d}" if counted else version


def notice_draft(version: str) -> str:
    """Sort key of a draft in the list of drafts."""
    return f"{DRAFT_PREFIX}{sortable(version)}"


def notice_confirmations(digest: str) -> str:
    """Sort key of a list of confirmations, beside the list of versions."""
    return f"{CONFIRMATIONS_PREFIX}{digest}"


def record(retention_class: str, kind: str, record_id: str = "") -> str:
    """Sort key of a record: class first, so that a class is one `begins_with`."""
    return f"{retention_class}#{kind}#{record_id}"


def of_class(retention_class: str) -> str:
    """The beginning of the sort keys of all records of a class."""
    return f"{retention_class}#"


def record_id(sk: str) -> str:
    """Returns the id at the end of a record's sort key."""
    return sk.rsplit("#", 1)[1]


def sequence(number: int) -> str:
    """A ledger number in a form that sorts: twelve digits."""
    return f"{number:012d}"


def lane(name: str, spread: str) -> str:
    """The shard of a lane of the due index, by the hash of a partition or another text."""
    shard = hashlib.sha256(spread.encode()).digest()[0] % LANES
    return f"{name}#{shard:02d}"


def shards(name: str) -> tuple[str, ...]:
    """All shards of a lane, in order."""
    return tuple(f"{name}#{shard:02d}" for shard in range(LANES))


def shard_in(name: str, shard: str) -> str:
    """The shard of another lane with the number of a shard, so that its items stay as spread."""
    return f"{name}#{shard.rsplit('#', 1)[1]}"
