"""The site: health, and the description of the interface."""

from chalice.app import Blueprint

from chalicelib import settings
from chalicelib.accounts.contract import (
    address,
    credentials,
    profile,
    registration,
    second_factor,
    signin,
    warnings,
)
from chalicelib.activity import contract as activity
from chalicelib.audit import contract as audit
from chalicelib.consents.contract import operations as consents
from chalicelib.decisions import contract as decisions
from chalicelib.desk.contract import decisions as desk
from chalicelib.desk.contract import report as requests_report
from chalicelib.desk.contract import requests as desk_requests
from chalicelib.desk.contract import search
from chalicelib.disclosures import contract as disclosures
from chalicelib.holds import contract as holds
from chalicelib.messages import contract as messages
from chalicelib.notices import service as notices
from chalicelib.notices.contract import processing, versions
from chalicelib.origins import contract as origins
from chalicelib.publications.contract import announcements, drafts, publication
from chalicelib.receipts import contract as receipts
from chalicelib.records import contract as records
from chalicelib.requests.contract import course, results, submission, systems, verification
from chalicelib.retention.evidence import contract as retention_report
from chalicelib.retention.reviews import contract as reviews
from chalicelib.site import contract as site
from chalicelib.site import wellknown
from chalicelib.unsubscribe import contract as unsubscribe
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Operation
from chalicelib.web.view import Answer, Call, route
from chalicelib.webhooks import contract as webhooks
from functions.http.wiring import connect
from functions.pages import site as pages

connect()
bp = Blueprint(__name__)

OPERATIONS: tuple[Operation, ...] = (
    *registration.OPERATIONS,
    *warnings.OPERATIONS,
    *signin.OPERATIONS,
    *credentials.OPERATIONS,
    *second_factor.OPERATIONS,
    *profile.OPERATIONS,
    *address.OPERATIONS,
    *consents.OPERATIONS,
    *unsubscribe.OPERATIONS,
    *receipts.OPERATIONS,
    *decisions.OPERATIONS,
    *disclosures.OPERATIONS,
    *messages.OPERATIONS,
    *activity.OPERATIONS,
    *records.OPERATIONS,
    *versions.OPERATIONS,
    *submission.OPERATIONS,
    *verification.OPERATIONS,
    *course.OPERATIONS,
    *results.OPERATIONS,
    *systems.OPERATIONS,
    *announcements.OPERATIONS,
    *drafts.OPERATIONS,
    *publication.OPERATIONS,
    *audit.OPERATIONS,
    *webhooks.OPERATIONS,
    *desk_requests.OPERATIONS,
    *requests_report.OPERATIONS,
    *retention_report.OPERATIONS,
    *search.OPERATIONS,
    *holds.OPERATIONS,
    *reviews.OPERATIONS,
    *warnings.DESK_OPERATIONS,
    *origins.OPERATIONS,
    *desk.OPERATIONS,
    *processing.OPERATIONS,
    *site.OPERATIONS,
    *wellknown.OPERATIONS,
)
"""Every operation of the interface; the description lists exactly those that are served."""


@route(bp, site.HEALTH)
def health(_call: Call) -> Answer:
    """200 when the table answers and a notice is in force, else 503."""
    return Answer(200, {"status": "ok", "notice": notices.healthy()})


@route(bp, site.OPENAPI)
def openapi_document(_call: Call) -> Answer:
    """200 with OpenAPI 3.1."""
    from chalicelib.web.openapi import openapi

    document = openapi(OPERATIONS, notices.current(), settings.public_url())
    return Answer(200, document, {"Cache-Control": "public, max-age=60"})


handler = lambda_handler((bp, pages.bp), "site")
