"""Reviews for the sweep: what was decided about a due record, and that one waits."""

from chalicelib.retention.reviews.service.wait import Look, Wait, look

__all__ = ["Look", "Wait", "look"]
