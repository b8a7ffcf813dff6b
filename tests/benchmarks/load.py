"""A small HTTP client for measurements: some connections, kept open, each asking again as soon as it was answered."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Result:
    """What came of one load: statuses by how often, and how long each answer took (seconds)."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which `share` of the answers came."""
        return sorted(self.times)[int(share * (len(self.times) - 1))] * 1000


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.index(b"\r", at)]))
    elif b"transfer-encoding: chunked" in lower:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return status


def _request(port: int, path: str, cookie: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    lines = {"Host": f"127.0.0.1:{port}", **({"Cookie": cookie} if cookie else {}), **(headers or {})}
    if body:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def _connection(port: int, request: bytes, until: float, pause: float, result: Result) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (began := time.perf_counter()) < until:
            status = await _ask(reader, writer, request)
            result.times.append(time.perf_counter() - began)
            result.statuses[status] = result.statuses.get(status, 0) + 1
            if pause:
                await asyncio.sleep(pause)
    finally:
        writer.close()


async def press(
    port: int,
    path: str,
    *,
    connections: int,
    seconds: float,
    cookie: str = "",
    pause: float = 0.0,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Result:
    """Ask for `path` on so many connections for so long; `pause` seconds between two requests of one connection.

    A `body` is JSON and makes it a POST.
    """
    result, request = Result(), _request(port, path, cookie, body, headers)
    began = time.perf_counter()
    await asyncio.gather(
        *(_connection(port, request, began + seconds, pause, result) for _number in range(connections))
    )
    result.seconds = time.perf_counter() - began
    return result


async def hold(port: int, path: str, count: int) -> list[asyncio.StreamWriter]:
    """Open `count` requests and leave them waiting."""
    writers = []
    for _number in range(count):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_request(port, path, ""))
        writers.append(writer)
    return writers
