"""Schemas that the desk's contracts about versions of the notice share."""

from chalicelib.web.contract import Schema
from chalicelib.web.schemas import NOTICE_VERSION

MAX_DOCUMENT = 512 * 1024
"""Most bytes of a body with a document: the shipped one has about 150 KB."""

VERSION: Schema = {**NOTICE_VERSION, "description": "The version that a document is of."}

DOCUMENT: Schema = {
    "type": "object",
    "description": "A notice document of any shape: what is wrong with it, the compiler tells.",
}

EITHER = "The body holds either a `document`, or names a draft by its `version`"
