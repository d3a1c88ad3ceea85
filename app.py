"""Registers every function: for packaging, for OpenAPI and for `chalice local`. Nothing else."""

from chalice.app import Chalice

from functions.http import (
    accounts,
    consents,
    credentials,
    desk,
    notices,
    profile,
    requests,
    sessions,
    site,
    wellknown,
)
from functions.queues import announcements, fulfilment, mail
from functions.schedules import activation, relay, retention

app = Chalice(app_name="riserbo", configure_logs=False, env={})
for module in (
    accounts,
    sessions,
    credentials,
    profile,
    consents,
    notices,
    requests,
    desk,
    site,
    wellknown,
):
    app.register_blueprint(module.bp)
for events in (mail, fulfilment, announcements, retention, relay, activation):
    app.register_blueprint(events.bp)
