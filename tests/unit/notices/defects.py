"""Defects of the association's document, each with the places at which it has to be refused."""

from __future__ import annotations

from tests.unit.notices.defects_of_data import DATA
from tests.unit.notices.defects_of_statements import STATEMENTS
from tests.unit.notices.edits import Defect

REFUSALS: list[Defect] = [*DATA, *STATEMENTS]
