"""Registers every function: for packaging, for OpenAPI and for `chalice local`. Nothing else."""

from chalice.app import Chalice

from functions.commands import rehearsal
from functions.http import (
    accounts,
    activity,
    answers,
    consents,
    credentials,
    decisions,
    desk_notices,
    desk_reports,
    desk_requests,
    desk_subjects,
    messages,
    notices,
    profile,
    receipts,
    records,
    requests,
    sessions,
    site,
    unsubscribe,
    wellknown,
)
from functions.pages import accounts as accounts_pages
from functions.pages import consents as consents_pages
from functions.pages import credentials as credentials_pages
from functions.pages import desk_notices as desk_notices_pages
from functions.pages import desk_reports as desk_reports_pages
from functions.pages import desk_requests as desk_requests_pages
from functions.pages import desk_subjects as desk_subjects_pages
from functions.pages import messages as messages_pages
from functions.pages import notices as notices_pages
from functions.pages import profile as profile_pages
from functions.pages import receipts as receipts_pages
from functions.pages import requests as requests_pages
from functions.pages import sessions as sessions_pages
from functions.pages import site as site_pages
from functions.pages import unsubscribe as unsubscribe_pages
from functions.queues import announcements, erasure, feedback, fulfilment, mail, propagation
from functions.schedules import activation, deadlines, relay, retention

app = Chalice(app_name="riserbo", configure_logs=False, env={})
for module in (
    accounts,
    sessions,
    credentials,
    profile,
    consents,
    unsubscribe,
    receipts,
    decisions,
    records,
    messages,
    activity,
    notices,
    requests,
    answers,
    desk_requests,
    desk_notices,
    desk_subjects,
    desk_reports,
    site,
    wellknown,
):
    app.register_blueprint(module.bp)
for pages in (
    accounts_pages,
    consents_pages,
    credentials_pages,
    desk_reports_pages,
    desk_notices_pages,
    desk_requests_pages,
    desk_subjects_pages,
    messages_pages,
    notices_pages,
    profile_pages,
    receipts_pages,
    requests_pages,
    sessions_pages,
    site_pages,
    unsubscribe_pages,
):
    app.register_blueprint(pages.bp)
for events in (
    mail,
    feedback,
    fulfilment,
    erasure,
    announcements,
    propagation,
    retention,
    deadlines,
    relay,
    activation,
):
    app.register_blueprint(events.bp)
app.register_blueprint(rehearsal.bp)
