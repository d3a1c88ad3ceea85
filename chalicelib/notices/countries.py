"""Countries in a notice: ISO 3166-1 alpha-2 codes, and the Union and the Economic Area whole."""

from __future__ import annotations

from typing import Final

UNION: Final = "EU"
"""The code that ISO 3166-1 reserves for the European Union: an unnamed place in it."""

AREA: Final = "EEA"
"""An unnamed place in the European Economic Area; no code of ISO 3166-1."""

_MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

EEA: Final = frozenset(_MEMBER_STATES.split()) | {"IS", "LI", "NO", UNION, AREA}
"""The European Economic Area: the Member States, Iceland, Liechtenstein, Norway."""

_ELSEWHERE = (
    "AD AE AF AG AI AL AM AO AQ AR AS AU AW AX AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT BV "
    "BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ FK "
    "FM FO GA GB GD GE GF GG GH GI GL GM GN GP GQ GS GT GU GW GY HK HM HN HT ID IL IM IN IO IQ IR "
    "JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LK LR LS LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MU MV MW MX MY MZ NA NC NE NF NG NI NP NR NU NZ OM PA PE PF PG PH PK PM "
    "PN PR PS PW PY QA RE RS RU RW SA SB SC SD SG SH SJ SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA "
    "ZM ZW"
)

KOSOVO: Final = "XK"
"""A code outside ISO 3166-1, which leaves it to its users; the European Commission uses it."""

COUNTRIES: Final = (EEA - {UNION, AREA}) | frozenset(_ELSEWHERE.split()) | {KOSOVO}
"""Every country that can be named."""

MISTAKEN: Final = {"UK": "GB", "EL": "GR"}
"""Codes that the institutions of the Union use in texts, with those of ISO 3166-1."""
