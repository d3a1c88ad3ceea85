"""A system that takes part in requests: verifies each message, and answers with what it holds.

SECRET=whsec_… KEY=rsk_… HELD=held.json python receiver.py 8080

`HELD` is a file of `{"<subject>": [{"category": "…", "fields": {"…": "…"}}]}`.
"""

import base64
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen


def is_genuine(headers: Any, body: bytes) -> bool:
    """Verifies the signature, which is at most five minutes old (Standard Webhooks)."""
    message, at = headers["webhook-id"], headers["webhook-timestamp"] or ""
    if not at.isdigit() or abs(time.time() - int(at)) > 300:
        return False
    secret = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))
    signed = hmac.digest(secret, f"{message}.{at}.".encode() + body, "sha256")
    given = [one.removeprefix("v1,") for one in headers.get("webhook-signature", "").split()]
    return any(hmac.compare_digest(base64.b64encode(signed).decode(), one) for one in given)


def answer(asked: dict[str, Any]) -> None:
    """Answers a question. Sent twice it is the same answer, which changes nothing."""
    records = json.loads(Path(os.environ["HELD"]).read_text("utf-8")).get(asked["subject"], [])
    told: dict[str, Any] = {"recipient": asked["recipient"], "status": "nothing"}
    if records and asked["right"] in ("copy", "port"):
        wanted = [one for one in records if one["category"] in asked["categories"]]
        told |= {"status": "data", "records": wanted} if wanted else {}
    elif records:  # here a system corrects, restricts or erases what it holds
        told["status"] = "done"
    sent = {"Authorization": f"Bearer {os.environ['KEY']}", "Content-Type": "application/json"}
    sending = Request(asked["answer_url"], json.dumps(told).encode(), sent)  # noqa: S310 - signed
    urlopen(sending, timeout=30).close()  # noqa: S310


class Receiver(BaseHTTPRequestHandler):
    """Says at once that a message came, and works on it afterwards."""

    def do_POST(self) -> None:
        """Takes one message."""
        body = self.rfile.read(min(int(self.headers["Content-Length"]), 100_000))
        genuine = is_genuine(self.headers, body)
        self.send_response(204 if genuine else 401)
        self.end_headers()
        if genuine and (message := json.loads(body))["type"] == "request.asked":
            Thread(target=answer, args=(message["data"],)).start()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
