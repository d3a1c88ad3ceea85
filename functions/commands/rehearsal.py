"""The command `rehearsal`: the part of `make rehearse` that needs the stage's own rights."""

from typing import Any

from chalice.app import Blueprint

from chalicelib.rehearsal.service import answer

bp = Blueprint(__name__)


@bp.lambda_function(name="rehearsal")
def rehearsal(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answers one question about a person of the mailbox simulator. Raises NotRehearsed."""
    return answer(event)
