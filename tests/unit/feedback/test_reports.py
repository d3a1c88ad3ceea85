"""What SES reports: read in both of its forms, and nothing else taken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.feedback.model import NotFeedback, Report, read
from chalicelib.publications.service.told import tags_of, version_of
from tests.unit.feedback.samples import ADDRESS, bounce, complaint

BASES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
JSON = st.recursive(
    BASES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["eventType", "mail", "bounce", "complaint", "destination", "tags"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@pytest.mark.parametrize("form", ["eventType", "notificationType"])
def test_a_permanent_bounce_counts_in_either_form(form: str) -> None:
    assert read(bounce(form=form)) == Report("bounce", (ADDRESS,), lost=True)


@pytest.mark.parametrize("kind", ["Transient", "Undetermined", "", None])
def test_a_bounce_that_may_pass_does_not(kind: str | None) -> None:
    assert read(bounce(kind=kind)).reason is None


@pytest.mark.parametrize("said", ["abuse", "fraud", "virus", "other", None])
def test_a_complaint_counts(said: str | None) -> None:
    assert read(complaint(said)) == Report("complaint", (ADDRESS,))


def test_who_says_that_it_is_no_spam_does_not_complain() -> None:
    assert read(complaint("not-spam")).reason is None


def test_it_is_about_where_the_mail_was_sent_to() -> None:
    """Its owner may have it forwarded to an address that nobody here has."""
    assert read(bounce(reported=["elsewhere@example.net"])).addresses == (ADDRESS,)
    both = [ADDRESS, "other@example.com"]
    found = read(bounce(destination=both, reported=["other@example.com"]))
    assert found.addresses == ("other@example.com",)


def test_a_report_does_not_show_whom_it_is_about() -> None:
    assert ADDRESS not in repr(read(bounce()))


@pytest.mark.parametrize("version", ["2027-03-01", "2027-03-01.1", "2027-03-01.12"])
def test_the_version_that_a_mail_told_of_comes_back(version: str) -> None:
    tags = tags_of(version)
    assert all(text.replace("_", "").replace("-", "").isalnum() for text in tags.values())
    told = {name: [said] for name, said in tags.items()}
    given = {**told, "ses:configuration-set": ["riserbo-dev"], "ses:caller-identity": ["a", "b"]}
    assert version_of(read(bounce(tags=given)).tags) == version
    assert version_of(read(bounce()).tags) is None


NOT_ONES = [
    "",
    "{",
    "null",
    "[]",
    "1",
    "{}",
    "[" * 100_000,
    json.dumps({"eventType": "Delivery", "mail": {"destination": [ADDRESS]}}),
    json.dumps({"eventType": "Open", "mail": {"destination": [ADDRESS]}}),
    json.dumps({"eventType": "Bounce"}),
    json.dumps({"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": []}),
    json.dumps({"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {}}),
    bounce(destination=[1]),
    bounce(destination=["a" * 400]),
    bounce(destination=[], reported=None),
    json.dumps({"subject": "a" * 26, "job": "b" * 26}),
    json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.example"}),
]


@pytest.mark.parametrize("body", NOT_ONES, ids=range(len(NOT_ONES)))
def test_what_is_no_report_is_refused(body: str) -> None:
    with pytest.raises(NotFeedback):
        read(body)


@given(JSON)
def test_whatever_comes_is_read_or_refused(value: Any) -> None:
    try:
        found = read(json.dumps(value))
    except NotFeedback:
        return
    assert found.reason in ("bounce", "complaint", None)
