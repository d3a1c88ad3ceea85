"""Mails that come back and complaints: whose address it is gets no more, until it is another's.

The reports are the engine's own: its mailbox simulator bounces and complains as that of SES does,
over the topic and the queue that are deployed. What it cannot make up is published there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.publications.model import Status
from chalicelib.publications.service.told import tags_of
from chalicelib.publications.store import new_obligation
from infra.local.stack import SENDER
from tests.functions import letters, moves, owners, people, sinks, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.unsubscribing import NEWSLETTER, ask
from tests.functions.waiting import until
from tests.unit.feedback.samples import bounce, complaint

SIMULATOR = "simulator.amazonses.com"
KINDS = ("Bounce", "Complaint")


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    return make_key(stack, "mailings", "decisions")[1]


@pytest.fixture
def _reporting(stack: DeployedStack) -> Iterator[None]:
    """SES reports to the deployed topic; on AWS the configuration set has it do so."""
    ses = stack.client("ses")
    for kind in KINDS:
        ses.set_identity_notification_topic(
            Identity=SENDER, NotificationType=kind, SnsTopic=stack.outputs["FeedbackTopic"]
        )
    yield
    for kind in KINDS:
        ses.set_identity_notification_topic(Identity=SENDER, NotificationType=kind)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, decisions={NEWSLETTER: "granted"})


def publish(stack: DeployedStack, body: str) -> None:
    """SES publishes a report."""
    stack.client("sns").publish(TopicArn=stack.outputs["FeedbackTopic"], Message=body)


def suppressed(stack: DeployedStack, subject: str) -> str | None:
    (item,) = tables.of_kind(tables.partition(stack, subject), "standing")
    found: str | None = item.get("suppressed", {}).get("S")
    return found


def becomes(stack: DeployedStack, subject: str, reason: str) -> None:
    """Waits until somebody's address is suppressed for that reason."""
    assert until(lambda: suppressed(stack, subject) == reason), suppressed(stack, subject)


def said(stack: DeployedStack, event: str) -> list[dict[str, Any]]:
    """The lines that the function logged about something."""
    lines = [content for _, content in sinks.logs(stack, of="/feedback")]
    found = [json.loads(line) for line in lines if line.startswith(b'{"level"')]
    return [line for line in found if line["event"] == event]


@pytest.mark.usefixtures("_reporting")
class TestThroughTheWholeWay:
    def test_a_registration_whose_mail_comes_back(self, api: Api) -> None:
        email = f"bounce+{people.new_address().partition('@')[0]}@{SIMULATOR}"
        _, link = pending(api, email)
        subject = link.partition(".")[0]
        becomes(api.stack, subject, "bounce")
        ok(api.post("/v1/accounts/verification/resend", json={"email": email}), 202)
        assert people.mails(api.stack, email, 2), "who asks for the mail again gets it"

    def test_a_complaint_ends_all_mail_but_what_is_asked_for(self, api: Api, key: str) -> None:
        email = f"complaint+{people.new_address().partition('@')[0]}@{SIMULATOR}"
        _, link = pending(api, email, decisions={NEWSLETTER: "granted"})
        subject = link.partition(".")[0]
        becomes(api.stack, subject, "complaint")
        ok(api.post("/v1/accounts/verification", json=people.proof(link)))
        assert suppressed(api.stack, subject) is None, "whoever proves an address gets mail there"
        ada = people.sign_in(api, email)
        assert ask(api, key, subject).status_code == 200
        ok(api.post("/v1/password-resets", json={"email": email}), 202)
        letters.wait(api.stack, email, letters.RESET)
        becomes(api.stack, subject, "complaint")
        assert problem(ask(api, key, subject), 409)["reasons"] == ["suppressed"]
        assert owners.change_password(api, ada, owners.OTHER_PASSWORD).status_code == 204
        letters.all_sent(api.stack, subject)
        assert letters.about(api.stack, email, letters.PASSWORD_CHANGED) == []


def pending(api: Api, email: str, **members: Any) -> tuple[str, str]:
    """Somebody who registered with that address and has the mail unread."""
    people.register(api, email, **members)
    return email, people.link_token(people.mails(api.stack, email)[0])


class TestWhatSesPublishes:
    def test_a_bounce_reaches_who_holds_the_address(self, api: Api, ada: Person) -> None:
        publish(api.stack, bounce(ada.email.upper()))
        becomes(api.stack, ada.subject, "bounce")
        before = tables.partition(api.stack, ada.subject)
        count = len(said(api.stack, "feedback.suppressed"))
        publish(api.stack, bounce(ada.email))
        assert until(lambda: tables.waiting(api.stack, "FeedbackQueueUrl") == 0)
        assert tables.partition(api.stack, ada.subject) == before
        assert len(said(api.stack, "feedback.suppressed")) == count
        shown = ok(api.get("/v1/account", headers=ada.headers))
        assert shown["state"] == "active", "the account itself is as it was"

    def test_another_address_gets_mail_again(self, api: Api, key: str, ada: Person) -> None:
        publish(api.stack, complaint(address=ada.email))
        becomes(api.stack, ada.subject, "complaint")
        assert ask(api, key, ada.subject).status_code == 409
        target = moves.moved(api, ada)
        assert suppressed(api.stack, ada.subject) is None
        assert ask(api, key, ada.subject).status_code == 200
        ok(api.post("/v1/password-resets", json={"email": target}), 202)
        letters.wait(api.stack, target, letters.RESET)

    def test_a_new_password_by_a_mail_shows_that_mail_comes(self, api: Api, ada: Person) -> None:
        publish(api.stack, bounce(ada.email))
        becomes(api.stack, ada.subject, "bounce")
        ok(api.post("/v1/password-resets", json={"email": ada.email}), 202)
        token = letters.token(letters.wait(api.stack, ada.email, letters.RESET))
        body = {"token": token, "password": owners.OTHER_PASSWORD}
        assert api.call("PUT", "/v1/password-resets", json=body).status_code == 204
        assert suppressed(api.stack, ada.subject) is None
        letters.wait(api.stack, ada.email, letters.PASSWORD_CHANGED)

    def test_a_mail_about_a_version_that_comes_back_is_noted(self, api: Api, ada: Person) -> None:
        now, version = datetime.now(UTC), "2099-01-01.2"
        item = new_obligation(ada.subject, version, (), now, now)
        item.status, item.sent_at, item.tries = str(Status.SENT), now, 1
        tables.put(api.stack, item.serialize())
        tags = {name: [text] for name, text in tags_of(version).items()}
        publish(api.stack, bounce(ada.email, tags=tags))

        def noted() -> bool:
            (shown,) = ok(api.get("/v1/account/notices", headers=ada.headers))["items"]
            return shown["status"] == "bounced" and shown["bounced_at"] is not None

        assert until(noted)
        assert suppressed(api.stack, ada.subject) == "bounce"

    def test_what_may_pass_changes_nothing(self, api: Api, ada: Person) -> None:
        before = len(said(api.stack, "feedback.passing"))
        publish(api.stack, bounce(ada.email, kind="Transient"))
        assert until(lambda: len(said(api.stack, "feedback.passing")) > before)
        assert suppressed(api.stack, ada.subject) is None

    def test_an_address_that_nobody_has_is_told_without_it(self, api: Api) -> None:
        before, began = len(said(api.stack, "feedback.unknown")), sinks.now()
        publish(api.stack, bounce("nemo.quisquam@example.net"))
        assert until(lambda: len(said(api.stack, "feedback.unknown")) > before)
        places = [*sinks.logs(api.stack, began), *sinks.items(api.stack)]
        assert sinks.found_in(places, ["nemo.quisquam"]) == []

    def test_one_that_is_no_report_is_given_back_and_the_others_are_taken(
        self, api: Api, ada: Person
    ) -> None:
        records = [
            {"messageId": name, "receiptHandle": name, "body": body, "eventSource": "aws:sqs"}
            for name, body in (("bad", '{"hello": 1}'), ("good", bounce(ada.email)))
        ]
        answer = api.stack.client("lambda").invoke(
            FunctionName=api.stack.function_name("feedback"),
            Payload=json.dumps({"Records": records}).encode(),
        )
        told = json.loads(answer["Payload"].read())
        assert told == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
        assert suppressed(api.stack, ada.subject) == "bounce"


def test_mails_are_handed_over_to_be_reported_and_never_to_be_watched(stack: DeployedStack) -> None:
    name = stack.environment()["RISERBO_MAIL_CONFIGURATION"]
    found = stack.client("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=name
    )["EventDestinations"]
    (told,) = found
    assert (told["Enabled"], sorted(told["MatchingEventTypes"])) == (True, ["BOUNCE", "COMPLAINT"])
    assert told["SnsDestination"] == {"TopicArn": stack.outputs["FeedbackTopic"]}
