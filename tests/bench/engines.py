"""The two local engines that the cost book counts on.

Each is right about what the other gets wrong: the local AWS engine about the units of writes and
transactions, DynamoDB Local about those of reads. Keys, queues, buckets and mail are always the
local AWS engine's. Neither runs a function of ours: those run in the measuring process, so that
nobody else takes its messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from boto3 import Session

from infra.local.engine import HOST, REGION, Engine
from infra.local.place import Place
from infra.stacks import DATA, Stacks

SENDER = "privacy@riserbo.example"
TABLES = ("Records", "Access", "Links", "Limits", "Keys")
_CLASSES = ("core", "account", "marketing", "transaction", "support", "evidence")


@dataclass(frozen=True, slots=True)
class Services:
    """A running local AWS engine with the data stack, its queues and a sender."""

    url: str
    outputs: Mapping[str, str]
    queues: Mapping[str, str]
    place: Place

    def client(self, service: str, endpoint: str | None = None) -> Any:
        """A client of the administrator's, of this engine or of another endpoint."""
        session = _session()
        return session.client(service, endpoint_url=endpoint or self.url)  # type: ignore[call-overload]

    def environment(self, dynamodb: str | None = None) -> dict[str, str]:
        """What a function's environment holds; `dynamodb` puts the tables on another engine.

        The clock is right until somebody moves it: looking at its file costs CPU on no other stage.
        """
        out = self.outputs
        return {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb or self.url,
            "RISERBO_STAGE": "local",
            **{f"RISERBO_{one.upper()}_TABLE": out[f"{one}Table"] for one in TABLES},
            "RISERBO_EXPORTS_BUCKET": out["ExportsBucket"],
            "RISERBO_ERASURES_BUCKET": out["ErasuresBucket"],
            **{f"RISERBO_KEY_{one.upper()}": out[f"Key{one.title()}"] for one in _CLASSES},
            "RISERBO_ADDRESS_KEY": out["AddressKey"],
            "RISERBO_NOTICE_KEY": out["NoticeKey"],
            "RISERBO_RECEIPT_KEY": out["ReceiptKey"],
            "RISERBO_LINK_KEY": out["LinkKey"],
            "RISERBO_CALLBACK_KEY": out["CallbackKey"],
            **{f"RISERBO_{name.upper()}_QUEUE_URL": url for name, url in self.queues.items()},
            "RISERBO_PUBLIC_URL": f"http://{HOST}",
            "RISERBO_MAIL_SENDER": SENDER,
        }


@contextmanager
def services(folder: Path) -> Iterator[Services]:
    """A fresh local AWS engine with its data in `folder`, stopped at the end."""
    place = Place(folder)
    folder.mkdir(parents=True, exist_ok=True)
    engine = Engine(place)
    engine.start()
    try:
        session = _session()
        outputs = Stacks(session, "local", engine.url).deploy_data()
        sqs = session.client("sqs", endpoint_url=engine.url)
        names = ("mail", "fulfilment", "retention", "announcements", "propagation")
        queues = {name: _queue(sqs, f"bench-{name}") for name in names}
        ses = session.client("ses", endpoint_url=engine.url)
        ses.verify_email_identity(EmailAddress=SENDER)
        yield Services(engine.url, outputs, queues, place)
    finally:
        engine.stop()


def _queue(sqs: Any, name: str) -> str:
    """The URL of a new queue, which has its dead letters as in the app stack."""
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    policy = {"deadLetterTargetArn": found["Attributes"]["QueueArn"], "maxReceiveCount": 5}
    attributes = {"RedrivePolicy": json.dumps(policy)}
    url: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url


def _session() -> Session:
    return Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)


def tables() -> dict[str, dict[str, Any]]:
    """The tables of `infra/data.yaml` by the output that names them, as CreateTable takes them."""
    resources = yaml.safe_load(DATA.read_text("utf-8"))["Resources"]
    wanted = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    return {
        f"{name}Table": {key: value for key, value in properties.items() if key in wanted}
        for name, properties in ((name, resources[name]["Properties"]) for name in TABLES)
    }


def kms_keys() -> int:
    """How many KMS keys a stage has."""
    resources = yaml.safe_load(DATA.read_text("utf-8"))["Resources"].values()
    return sum(one["Type"] == "AWS::KMS::Key" for one in resources)


def due_projection() -> frozenset[str] | None:
    """The attributes that the index `due` holds beside its keys; None when it holds all."""
    projection = tables()["RecordsTable"]["GlobalSecondaryIndexes"][0]["Projection"]
    if projection["ProjectionType"] == "ALL":
        return None
    return frozenset(projection.get("NonKeyAttributes", ()))


def create_tables(client: Any, outputs: Mapping[str, str]) -> None:
    """Makes the data stack's tables, under the same names, on an engine without CloudFormation."""
    for output, properties in tables().items():
        client.create_table(TableName=outputs[output], **properties)
