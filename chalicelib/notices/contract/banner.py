"""The operation that serves the banner's script."""

from typing import Final

from chalicelib.web.contract import Auth, Operation, Response

JAVASCRIPT: Final = "text/javascript"
"""The media type of the script (RFC 9239)."""

BRIEFLY: Final = "public, max-age=300"
"""The caching of the script with the catalogue, which another version of the notice changes."""

FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""The caching of the script under its digest: a year (RFC 8246)."""

BANNER = Operation(
    id="getBanner",
    method="GET",
    path="/v1/{script}",
    summary="The consent banner of a website, as one script",
    description=(
        "There are two addresses. `/v1/sdk.js` holds the catalogue of the notice in force, with "
        "its evidence in every language, so that a page needs one request. "
        "`/v1/sdk-{digest}.js` is the same script without a catalogue, which it fetches itself; "
        "`digest` is the beginning of its SHA-256, so that a site can pin it (subresource "
        "integrity). Any other name is not found."
    ),
    auth=Auth.NONE,
    answers={
        200: Response(
            "The script, readable as it is.",
            media_types=(JAVASCRIPT,),
            headers={
                "ETag": "Of this script.",
                "Cross-Origin-Resource-Policy": "`cross-origin`: any site may load it.",
                "Access-Control-Allow-Origin": "`*`: a browser may check its integrity.",
            },
        )
    },
    problems=frozenset({503}),
    form=True,
    public=True,
)
"""`form` is for the refusals alone: a person who opens another address below `/v1` sees a page."""
