"""AWS clients other than DynamoDB's, made at first use and shared by all code of a process."""

from functools import cache, partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 10
ATTEMPTS = 4


@cache
def _client(service: str, attempts: int = ATTEMPTS) -> Any:
    from chalicelib.storage.transport import calls

    lean = {"kms": calls.KMS, "sqs": calls.SQS}.get(service)
    whole = partial(_whole, service, attempts)
    place = calls.place_of(lean) if lean else None
    if lean is None or place is None:
        return whole()
    from chalicelib.storage.transport.client import Client

    make = partial(
        calls.Transport,
        lean,
        place,
        attempts=attempts,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
    )
    return Client(lean, make, whole)


def _whole(service: str, attempts: int) -> Any:
    import boto3
    from botocore.config import Config

    from chalicelib.storage.transport import calls

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "path"} if service == "s3" else None,
        user_agent=calls.user_agent(),
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]


def kms() -> "KMSClient":
    """The client of KMS: wraps data keys and computes keyed hashes."""
    client: KMSClient = _client("kms")
    return client


def s3() -> "S3Client":
    """The client of S3: exports and the log of erasures."""
    client: S3Client = _client("s3")
    return client


def ses() -> "SESClient":
    """The client of SES.

    It is the first version of the API: the second drops custom headers on the local engine.
    """
    client: SESClient = _client("ses")
    return client


def ses_once() -> "SESClient":
    """The client of SES without retries: a lost answer is an error, and not a second mail."""
    client: SESClient = _client("ses", attempts=1)
    return client


def sqs() -> "SQSClient":
    """The client of SQS."""
    client: SQSClient = _client("sqs")
    return client
