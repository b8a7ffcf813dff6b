"""What the fake vendor answers to each request."""

import hashlib
import json
import time
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes import dialects, faults, webhooks
from tests.fakes.dialects import DIALECTS, Dialect
from tests.fakes.orders import FakeOrder, Ledger
from tests.fakes.pictures import png
from tests.fakes.script import Script


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any  # with a FakeProvider as `fake`

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    @property
    def ledger(self) -> Ledger:
        found: Ledger = self.server.fake.ledger
        return found

    @property
    def origin(self) -> str:
        return f"http://{self.headers.get('Host', '127.0.0.1')}"

    @property
    def given_key(self) -> str:
        return self.headers.get("X-API-Key") or self.headers.get("Authorization", "").removeprefix("Bearer ")

    def do_GET(self) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[0] == "_stats":
            self.send(200, self.server.fake.stats())
        elif parts[:2] == ["v2", "jobs"] and len(parts) == 3:
            self.job(parts[2])
        elif parts == ["v2", "jobs"]:
            self.jobs(dict(parse_qsl(urlsplit(self.path).query)))
        elif parts[0] == "photos":
            self.photo(parts[-1])
        elif parts[0] == "cdn":
            self.picture(parts[-1])
        elif parts in (["v2", "models"], ["v1", "models"], ["models"], ["v1", "models", "deprecations"]):
            self.models(parts)
        elif parts == ["v2", "me"]:
            self.send(200, {"user": None, "team": {"id": "t", "name": "Team", "credits": 1000, "plan": "pro"}})
        else:
            faults.error(self, 404, "Not found")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/v2/uploads":
            self.upload(raw)
            return
        with suppress(ValueError):
            body = json.loads(raw)
            if self.path == "/_script":
                self.server.fake.script(**body)
                self.send(200, {})
                return
            if self.path == "/v2/images/generate":
                self.generate(body)
                return
            if dialect := DIALECTS.get(self.path):
                self.generations(dialect, body)
                return
        faults.error(self, 404, "Not found")

    def send(self, status: int, body: Any, **headers: str) -> None:
        faults.answer(self, status, json.dumps(body).encode(), **headers)

    def is_known(self, form: str = "string") -> bool:
        """Whether the key is right; otherwise 401 was said."""
        if self.given_key and self.server.fake.key in ("", self.given_key):
            return True
        faults.error(self, 401, "Invalid API key" if self.given_key else "API key is required", form=form)
        return False

    def place(self, key: str, body: dict[str, Any], form: str = "string") -> FakeOrder | None:
        """The order of this key, or None where a fault was all the answer."""
        asked_by = self.headers.get("X-Client-Request-Id", "")
        self.ledger.asked.append((asked_by, self.headers.get("Idempotency-Key", "")))
        script = self.ledger.script_of(key, str(body.get("prompt", "")))
        fault = script.fault("submit")
        order = None
        if fault is None or fault.accepts:
            order = self.ledger.take(key, body, client_request_id=asked_by)
        if fault is not None:
            self.fault(fault.name, script, form)
            return None
        if order is None:
            faults.error(self, 409, "This idempotency key was used with another request")
        return order

    def fault(self, name: str, script: Script | None = None, form: str = "string") -> None:
        script = script or Script()
        told = {"retry_after": script.get("retry-after"), "code": script.get("code")}
        form = script.get("error") or form
        faults.happen(self, name, key=self.given_key, stopped=self.server.fake.stopped, form=form, **told)

    def generate(self, body: dict[str, Any]) -> None:
        """Apiframe: takes the order and says so."""
        self.ledger.count("submit")
        key = self.headers.get("Idempotency-Key") or f"none-{uuid.uuid4()}"
        order = self.place(key, body) if self.is_known() else None
        if order is not None:
            webhooks.taken(order, self.origin, self.given_key)
            given = next(iter(self.ledger.orders)) if order.script.get("id") == "taken" else order.id
            self.send(202, {"jobId": given, "status": "QUEUED" if order.submits == 1 else order.status})

    def jobs(self, asked: dict[str, str]) -> None:
        """The list of orders, newest first, a page at a time; `ledger.list_fault` is done to it once."""
        self.ledger.count("list")
        fault, self.ledger.list_fault = self.ledger.list_fault, ""
        if not self.is_known():
            return
        if fault:
            self.fault(fault)
            return
        if asked.get("scope") == "team" and self.ledger.is_member_key:
            faults.error(self, 403, "Only an admin may list the team's jobs")
            return
        orders = sorted(self.ledger.orders.values(), key=lambda order: (order.made_at, order.id), reverse=True)
        first, size = int(asked.get("cursor", "0")), int(asked["limit"])
        page = [{**order.as_json(self.origin), "input": None} for order in orders[first : first + size]]
        more = first + size < len(orders)
        self.send(200, {"jobs": page, "nextCursor": str(first + size) if more else None, "hasMore": more})

    def job(self, job_id: str) -> None:
        self.ledger.count("poll")
        order = self.ledger.orders.get(job_id)
        if not self.is_known():
            return
        if order is None:
            faults.error(self, 404, "Job not found")
            return
        order.polls += 1
        fault = order.script.fault("poll")
        if fault is not None:
            self.fault(fault.name, order.script)
        else:
            self.send(200, order.as_json(self.origin))
            webhooks.asked(order, self.origin, self.given_key)

    def generations(self, dialect: Dialect, body: dict[str, Any]) -> None:
        """A synchronous vendor: answers when the pictures are there."""
        self.ledger.count("submit")
        if dialect.needs_key and not self.is_known(dialect.form):
            return
        if wrong := dialects.refusal(dialect, body):
            faults.error(self, 400, wrong, form=dialect.form)
            return
        name = hashlib.sha256(json.dumps(body["prompt"]).encode()).hexdigest()  # what a script counts over
        order = self.place(f"{name}-{uuid.uuid4().hex}", body, dialect.form)
        if order is None:
            return
        order.key_given = self.given_key
        while order.share < 1 and not self.server.fake.stopped.is_set():
            time.sleep(max(0.001, min(0.5, order.left)))  # hundreds of these must not keep the machine busy
        if failed := dialects.failure(order):
            status, text, code = failed
            faults.error(self, status, text, form=order.script.get("error") or dialect.form, code=code)
            return
        status, said, headers = dialects.answer(dialect, order, self.origin, self.server.fake.kilobytes)
        self.send(status, said, **headers)

    def models(self, parts: list[str]) -> None:
        """The lists of models, which need no key; with an ETag."""
        self.ledger.count("list")
        lists = self.server.fake.lists
        if lists.fault and parts[-1] == "models":
            self.fault(lists.fault)
            return
        body = json.dumps(lists.answer(parts, self.path)).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        if self.headers.get("If-None-Match") == etag:
            self.ledger.count("not-modified")
            faults.answer(self, 304, b"", ETag=etag)
        else:
            faults.answer(self, 200, body, ETag=etag)

    def upload(self, raw: bytes) -> None:
        """Apiframe: keeps one file of a form for a while, under an address of its own."""
        self.ledger.count("upload")
        if not self.is_known():
            return
        if self.server.fake.upload_faults:
            self.fault(self.server.fake.upload_faults.pop(0))
            return
        content = raw.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
        url = f"{self.origin}/uploads/{uuid.uuid4()}.png"
        self.ledger.uploads[url] = content
        told = {"id": str(uuid.uuid4()), "kind": "image", "contentType": "image/png", "byteSize": len(content)}
        self.send(201, {**told, "url": url, "expiresAt": "2026-11-21T11:00:00.000Z"})

    def photo(self, name: str) -> None:
        """Somebody's own server: a picture under any name, but for the names of what goes wrong."""
        self.ledger.count("photo")
        number = self.ledger.requests["photo"]
        if name == "page":
            faults.answer(self, 200, b"<html>Not a picture</html>", "image/png")
        elif name == "gone":
            faults.error(self, 404, "Not found")
        elif name == "large":
            faults.answer(self, 200, bytes(26 * 1024 * 1024), "image/png")
        elif name == "busy" or (name == "busy-once" and number == 1):
            faults.error(self, 503, "Later")
        else:
            faults.answer(self, 200, png(48, 32, text=name), "image/png")

    def picture(self, name: str) -> None:
        self.ledger.count("image")
        order = self.ledger.orders.get(name.rpartition("-")[0])
        if order is None:
            faults.error(self, 404, "Not found")
            return
        fault = order.script.fault("image")
        content = png(*order.size, text=name, kilobytes=self.server.fake.kilobytes)
        if fault is None:
            faults.answer(self, 200, content, "image/png")
        elif fault.name == "truncated":
            faults.answer(self, 200, content[: len(content) // 2], "image/png")
        elif fault.name == "html":
            faults.answer(self, 200, b"<html>Not a picture</html>", "text/html")
        else:
            self.fault(fault.name, order.script)
