"""Every way an HTTP server can go wrong, done to one request."""

import json
import socket
import struct
import time
import zlib
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler
from threading import Event


@cache
def bomb(megabytes: int) -> bytes:
    """Zeros by the megabyte, as a small gzip file."""
    packer = zlib.compressobj(6, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json", **headers: str
) -> None:
    """One whole answer in one write; names of headers have `_` for `-`."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    handler.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)


def error(
    handler: BaseHTTPRequestHandler,
    status: int,
    text: str,
    *,
    form: str = "string",
    code: str = "",
    retry_after: str = "",
) -> None:
    """An error in one of the forms vendors write: string, envelope, detail, details, message."""
    headers = {"Retry_After": retry_after} if retry_after else {}
    forms: dict[str, dict[str, object]] = {
        "string": {"error": text} | ({"creditsRequired": 21, "creditsAvailable": 3} if status == 402 else {}),
        "envelope": {"error": {"message": text, "type": "invalid_request_error", "param": None, "code": code or None}},
        "detail": {"detail": text},
        "details": {"detail": [{"loc": ["body", "prompt"], "msg": text, "type": "value_error"}]},
        "message": {
            "message": text,
            "path": handler.path,
            "requestId": "r",
            "statusCode": str(status),
            "timestamp": "t",
        },
    }
    answer(handler, status, json.dumps(forms[form]).encode(), **headers)


def happen(
    handler: BaseHTTPRequestHandler,
    name: str,
    *,
    key: str,
    stopped: Event,
    retry_after: str = "",
    form: str = "string",
    code: str = "",
) -> None:
    """Do the fault `name` to the request that was just read. Unknown names raise KeyError."""
    if name.isdecimal():
        error(handler, int(name), f"Scripted status {name}", form=form, code=code, retry_after=retry_after)
        return
    faults = {
        "reset": lambda: _reset(handler, begin=True),
        "reset-early": lambda: _reset(handler, begin=False),
        "close": lambda: None,
        "hang": lambda: stopped.wait(600),
        "invalid-json": lambda: answer(handler, 200, b"<html>Bad gateway</html>"),
        "missing": lambda: answer(handler, 200, b"{}"),
        "array": lambda: answer(handler, 200, b"[]"),
        "redirect": lambda: answer(handler, 302, b"", Location="http://127.0.0.1:1/"),
        "drip": lambda: _drip(handler, stopped),
        "huge": lambda: _huge(handler),
        "bomb": lambda: answer(handler, 200, bomb(64), Content_Encoding="gzip"),
        "key": lambda: error(handler, 400, f"The key {key} may not do that. " + "x" * 2000, form=form, code=key),
    }
    faults[name]()
    if name in ("reset", "reset-early", "close", "hang", "drip", "huge"):
        handler.close_connection = True


def _reset(handler: BaseHTTPRequestHandler, *, begin: bool) -> None:
    """RST instead of an end, after the first bytes of an answer or before any."""
    if begin:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        time.sleep(0.02)  # the bytes must be on their way before the reset overtakes them
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # server_close() would shut down first, which is a FIN; the rfile keeps the descriptor, so both are closed here
    handler.rfile.close()
    handler.connection.close()
    handler.close_connection = True


def _drip(handler: BaseHTTPRequestHandler, stopped: Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n")
    with suppress(OSError):
        while not stopped.wait(0.2):
            handler.wfile.write(b" ")


def _huge(handler: BaseHTTPRequestHandler) -> None:
    """A gigabyte without a length, as long as anybody listens."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    with suppress(OSError):
        for _ in range(1024):
            handler.wfile.write(chunk)
