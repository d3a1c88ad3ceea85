"""What the web kernel needs of this software, said once for all HTTP functions."""

from chalicelib import settings
from chalicelib.idempotency import Answers, IdempotencyItem
from chalicelib.notices import service as notices
from chalicelib.web.wiring import wire


def _answers() -> Answers:
    notice = notices.current()
    rule = notice.rule(IdempotencyItem.KIND, "created")
    return Answers(notice, rule.ends)


def connect() -> None:
    """Tells the kernel who provides the notice in force, allowed origins and stored answers."""
    wire(notice=notices.current, idempotency=_answers, origins=settings.cors_origins)
