"""Evidence of what a person was shown: verified when a decision comes with it, or not kept."""

from dataclasses import replace

from chalicelib import logs
from chalicelib.consents.model import NOT_VERIFIED, Choice, Shown
from chalicelib.consents.service.act import Act
from chalicelib.errors import Finding, Unprocessable
from chalicelib.notices import proof
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.service import evidence as served

REFUSED = (
    "is not what was served: another version or language than is told here, over 48 hours old, or "
    "not made here; show the notice again, or leave it out"
)


def language(evidence: str | None, notice: Notice) -> str | None:
    """The language of the words that evidence is about, if the notice has it."""
    said = None if evidence is None else proof.read(evidence)
    return said.locale if said is not None and said.locale in notice.locales else None


def verified(act: Act, notice: Notice) -> Act:
    """Returns the act with evidence that holds, or with a mark in its place where it does not.

    Raises Unprocessable where a yes comes with evidence that does not hold, since it is unknown
    whether its person was shown those words. A refusal counts with any evidence.
    """
    shown = act.shown
    agrees = Choice.GRANTED in act.choices.values()
    if shown.evidence is None or _holds(shown, notice, agrees):
        return act
    if agrees:
        raise Unprocessable(
            "This is no proof of what was shown.",
            type="evidence-not-verified",
            findings=(Finding("/evidence", REFUSED),),
        )
    return replace(act, shown=replace(shown, evidence=NOT_VERIFIED))


def _holds(shown: Shown, notice: Notice, agrees: bool) -> bool:
    said = proof.read(shown.evidence or "")
    if said is None or said.version != shown.notice_version:
        return False
    try:
        same = shown.notice_version == notice.version
        words = notice if same else notices.version(shown.notice_version)
        return served.holds(said, words, shown.locale)
    except Exception as error:
        if agrees:
            raise
        logs.failure("consents.evidence_not_checked", error)  # a refusal waits for nothing
        return False
