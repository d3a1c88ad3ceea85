"""Requests and exports as JSON, in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant, optional_instant
from chalicelib.requests.model import Request
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.requests.service import Issued


def request_shown(request: Request) -> Json:
    """Returns the JSON of a request, for its person."""
    return {
        "id": request.id,
        "right": request.right,
        "status": str(request.status),
        "received_at": instant(request.received_at),
        "due_at": instant(request.due_at),
        "completed_at": optional_instant(request.completed_at),
        "history": [{"at": instant(at), "status": str(status)} for at, status in request.history],
    }


def export_shown(issued: "Issued") -> Json:
    """Returns the JSON of an export's address, with its end."""
    return {"url": issued.url, "expires_at": instant(issued.expires_at)}
