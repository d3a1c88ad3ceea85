"""A shop with the consent banner, as a server: for tests, and for people with `make demo`.

The page has a loud stylesheet, a strict Content-Security-Policy, and what waits for a yes: a script
for each class of cookies that the notice asks about, a map, a picture that counts, a stylesheet.
The parameters of its address change it: `?types` asks for Trusted Types, `?bare` allows only the
banner to run, `?link` has a link of its own to the choices, `?lang=en` changes the page's language,
and what begins with `data-` becomes an option of the banner.
"""

from __future__ import annotations

import base64
import html
import json
import secrets
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from infra.local.place import Place

PORT: Final = 3000
"""The local stack lets websites call that stand at this port of `localhost`."""

HOST: Final = "127.0.0.1"

_SITE: Final = Path(__file__).parent / "site"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".gif": "image/gif",
}
_PIXEL: Final = base64.b64decode("R0lGODlhAQABAAAAACwAAAAAAQABAAA=")
_SECONDS: Final = 0.15
"""How long the first script that waits takes to arrive, so that the next ones are there before."""

Served = tuple[str, bytes, dict[str, str]]
"""The type of an answer, its bytes, and more headers."""


class Shop:
    """What the shop serves. `base` is the address of the product, without a slash at the end.

    `catalogue` is the body of its `GET /v1/cookies`, which is asked for where it is not given.
    """

    def __init__(self, base: str = "", catalogue: dict[str, Any] | None = None) -> None:
        self.base = base
        self.pages: dict[str, Served] = {}
        self.asked: list[str] = []
        self._catalogue: tuple[str, dict[str, Any]] = ("", {})
        if catalogue is not None:
            self._catalogue = base, catalogue

    def answer(self, address: str) -> Served | None:
        """Returns what stands at an address, a path with its query; None where nothing does."""
        self.asked.append(address)
        parts = urlsplit(address)
        name = parts.path.removeprefix("/")
        if parts.path in self.pages:
            return self.pages[parts.path]
        if name == "pixel.gif":
            return _TYPES[".gif"], _PIXEL, {}
        found = _SITE / name
        if "/" not in name and found.suffix in (".css", ".js", ".html") and found.is_file():
            return _TYPES[found.suffix], found.read_bytes(), {}
        if name.endswith(".js"):
            time.sleep(_SECONDS if name.removesuffix(".js") == self._asked_about()[0] else 0)
            return _TYPES[".js"], (_SITE / "optional.js").read_bytes(), {}
        return self._page(dict(parse_qsl(parts.query, keep_blank_values=True)))

    def _page(self, query: dict[str, str]) -> Served:
        nonce, asked_about = secrets.token_urlsafe(16), self._asked_about()
        options = "".join(
            f' {html.escape(name)}="{html.escape(value)}"'
            for name, value in query.items()
            if name.startswith("data-")
        )
        link = ' · <a href="#" data-riserbo-settings>Le Sue scelte</a>'
        text = Template((_SITE / "shop.html").read_text("utf-8")).substitute(
            base=self.base,
            nonce=nonce,
            lang=html.escape(query.get("lang", "it")),
            options=options,
            first=asked_about[0],
            last=asked_about[-1],
            scripts="\n".join(self._script(name, nonce) for name in asked_about),
            settings=link if "link" in query else "",
        )
        return (
            _TYPES[".html"],
            text.encode(),
            {"Content-Security-Policy": self._policy(query, nonce)},
        )

    def _policy(self, query: dict[str, str], nonce: str) -> str:
        own = "" if "bare" in query else f" 'nonce-{nonce}'"
        policy = (
            f"default-src 'none'; script-src {self.base}/{own}; connect-src {self.base}/; "
            "style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'"
        )
        if "types" in query:
            policy += "; require-trusted-types-for 'script'; trusted-types riserbo"
        return policy

    def _script(self, name: str, nonce: str) -> str:
        """Returns the script of a class, which keeps what the notice declares for it."""
        keeps = [
            {
                "name": str(one.get("pattern", one["name"])).replace("*", "7f3a"),
                "means": one.get("means", "cookie"),
                "path": one.get("path", "/"),
                "domain": f"; domain={one['domain']}" if "domain" in one else "",
            }
            for one in self._read()["cookies"]
            if one["class"] == name and one.get("party") == "first"
        ]
        return (
            f'<script type="text/plain" data-riserbo="{name}" data-src="/{name}.js" '
            f'data-name="{name}" data-keeps="{html.escape(json.dumps(keeps))}" nonce="{nonce}">'
            "</script>"
        )

    def _asked_about(self) -> list[str]:
        """Returns the classes that need a yes, in the order of the notice."""
        return [str(one["id"]) for one in self._read()["classes"] if not one["exempt"]]

    def _read(self) -> dict[str, Any]:
        if self._catalogue[0] != self.base:
            with urllib.request.urlopen(f"{self.base}/v1/cookies", timeout=60) as answer:
                self._catalogue = self.base, json.load(answer)
        return self._catalogue[1]


@contextmanager
def served(shop: Shop, port: int = 0) -> Iterator[int]:
    """Serves a shop on this machine and gives the port, a free one where it is 0."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body, more = shop.answer(self.path) or ("text/plain", b"", {})
            self.send_response(200)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), **more}
            for name, value in {**headers, "Cache-Control": "no-store"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> int:
    """Serves the shop beside `make run` until Ctrl-C; 1 where the product does not run."""
    endpoint = Place.chosen().endpoint
    if not endpoint.exists():
        sys.stderr.write("The local stack does not run: start it with `make run`.\n")
        return 1
    try:
        with served(Shop(endpoint.read_text().strip()), PORT):
            sys.stdout.write(f"shop: http://localhost:{PORT}\n")
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    except OSError as taken:
        sys.stderr.write(f"The shop could not be served at port {PORT}: {taken}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
