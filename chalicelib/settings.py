"""The one place where the environment is read, lazily: a function reads only what it uses."""

import os
from collections.abc import Mapping

LOCAL = "local"
PRODUCTION = "production"
BOTOCORE = "botocore"


class MissingSetting(RuntimeError):
    """A function was deployed without a setting that it needs; the message is the name."""


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSetting(name)
    return value


def stage() -> str:
    """The stage of this deployment: local, dev, staging or production."""
    return _required("RISERBO_STAGE")


def records_table() -> str:
    """Name of the table of people's records and of the work on them."""
    return _required("RISERBO_RECORDS_TABLE")


def access_table() -> str:
    """Name of the table of claims, passwords, sessions, roles and API keys."""
    return _required("RISERBO_ACCESS_TABLE")


def links_table() -> str:
    """Name of the table of mailed links and codes."""
    return _required("RISERBO_LINKS_TABLE")


def limits_table() -> str:
    """Name of the table of counts of tries."""
    return _required("RISERBO_LIMITS_TABLE")


def keys_table() -> str:
    """Name of the table of the subjects' data keys."""
    return _required("RISERBO_KEYS_TABLE")


def exports_bucket() -> str:
    """Name of the bucket of people's copies of their data."""
    return _required("RISERBO_EXPORTS_BUCKET")


def erasures_bucket() -> str:
    """Name of the write-once bucket that holds the log of erasures."""
    return _required("RISERBO_ERASURES_BUCKET")


def class_key(retention_class: str) -> str:
    """ARN of the KMS key that wraps the data keys of a retention class."""
    return _required(f"RISERBO_KEY_{retention_class.upper()}")


def address_key() -> str:
    """ARN of the KMS key whose MAC finds an address."""
    return _required("RISERBO_ADDRESS_KEY")


def notice_key() -> str:
    """ARN of the KMS key whose MAC proves which notice was served."""
    return _required("RISERBO_NOTICE_KEY")


def receipt_key() -> str:
    """ARN of the KMS key that signs receipts."""
    return _required("RISERBO_RECEIPT_KEY")


def callback_key() -> str:
    """ARN of the KMS key that wraps the secrets with which callbacks are signed."""
    return _required("RISERBO_CALLBACK_KEY")


def link_key() -> str:
    """ARN of the KMS key whose MAC signs the links that end mails."""
    return _required("RISERBO_LINK_KEY")


def queue_url(queue: str) -> str:
    """URL of the queue of that name (mail, fulfilment, retention, announcements, propagation)."""
    return _required(f"RISERBO_{queue.upper()}_QUEUE_URL")


def public_url() -> str:
    """The public base URL of this deployment, without a slash at the end."""
    return _required("RISERBO_PUBLIC_URL").rstrip("/")


def mail_sender() -> str:
    """The address that mail comes from."""
    return _required("RISERBO_MAIL_SENDER")


def mail_configuration() -> str | None:
    """Name of the SES configuration set that reports bounces and complaints; None without one."""
    return os.environ.get("RISERBO_MAIL_CONFIGURATION") or None


def mail_rate() -> float:
    """Mails a second that SES takes of this account, as the stage was deployed with it."""
    return float(os.environ.get("RISERBO_MAIL_RATE") or 14)


def country_header() -> str | None:
    """Name of the request header in which the CDN in front sends the country (ISO 3166-1).

    None where no CDN stands in front: then no country is kept. None too where any client could send
    that header, which is on every stage but the local one without a secret of the CDN's.
    """
    return _believed("RISERBO_COUNTRY_HEADER")


def address_header() -> str | None:
    """Name of the request header in which the CDN in front sends the client's address.

    None where no CDN stands in front, or where any client could send that header: then the caller
    is the client.
    """
    return _believed("RISERBO_ADDRESS_HEADER")


def proxy_secret_hashes() -> frozenset[str]:
    """Hex SHA-256 of the secrets by which the CDN in front proves itself; empty without one.

    There are two while a secret is replaced.
    """
    value = os.environ.get("RISERBO_PROXY_SECRET_HASH", "")
    return frozenset(found.strip() for found in value.split(",") if found.strip())


def _believed(header: str) -> str | None:
    name = os.environ.get(header) or None
    if name is None:
        return None
    return name if proxy_secret_hashes() or os.environ.get("RISERBO_STAGE") == LOCAL else None


def security_contact() -> str | None:
    """The URI for reports of vulnerabilities (RFC 9116); None for the notice's own contact."""
    return os.environ.get("RISERBO_SECURITY_CONTACT") or None


def cors_origins() -> frozenset[str]:
    """The web origins whose pages may call this deployment; empty when none may."""
    value = os.environ.get("RISERBO_CORS_ORIGINS", "")
    return frozenset(origin.strip() for origin in value.split(",") if origin.strip())


def confirmations() -> str | None:
    """Digest of the list of what the controller has confirmed of the notice; None for an empty one.

    The list itself lies in the table of records, since no environment has room for it.
    """
    return os.environ.get("RISERBO_CONFIRMATIONS") or None


def limits() -> str:
    """A stage's own figures of limits: `name=number`, separated by commas.

    Names and bounds stand in `chalicelib.limits.model`.
    """
    return os.environ.get("RISERBO_LIMITS", "")


def transport() -> str:
    """The way of frequent calls to AWS: `botocore`, or else the project's own transport."""
    return os.environ.get("RISERBO_TRANSPORT", "")


def of_aws() -> Mapping[str, str]:
    """The variables in which botocore too finds regions, addresses, credentials and traces."""
    return os.environ


def clock_file() -> str | None:
    """Path of the file that moves the clock: only ever given in the local stage."""
    path = os.environ.get("RISERBO_CLOCK_FILE")
    return path if path and os.environ.get("RISERBO_STAGE") == LOCAL else None
