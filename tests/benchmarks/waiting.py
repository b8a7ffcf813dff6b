"""How long a page takes while 200 calls of /v1 wait for their pictures, in the product as `up` runs it.

    uv run python -m tests.benchmarks.waiting

Prints how long the sign-in page takes (p50, p95) with nobody waiting and with so many, what one more caller is told,
the memory of the whole studio, and how many orders came of it. Runs for about half a minute.
"""

import asyncio
import json
import os
import platform
import tempfile
import time
from datetime import date
from pathlib import Path

from tests.benchmarks.bench import fake_provider
from tests.benchmarks.load import Result, press
from tests.ops.studio_process import StudioProcess, manage

WAITING, SECONDS, PICTURE_SECONDS = 200, 5.0, 25.0
BODY = json.dumps({"model": "own-server", "prompt": "a lighthouse [fake:side=64]"}).encode()


async def call(port: int, key: str) -> tuple[int, dict[str, str]]:
    """Status and headers of one call."""
    head = f"POST /v1/images/generations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-API-Key: {key}\r\n"
    head += f"Connection: close\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + BODY)
    try:
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    finally:
        writer.close()
    headers = dict(line.lower().split(": ", 1) for line in answer[1:] if line)
    return int(answer[0].split()[1]), headers


async def page(port: int) -> Result:
    return await press(port, "/accounts/login/", connections=4, seconds=SECONDS, pause=0.05)


def shown(name: str, result: Result) -> str:
    return f"{name:<20}p50 {result.percentile(0.5):5.0f} ms   p95 {result.percentile(0.95):5.0f} ms"


def memory(studio: StudioProcess) -> float:
    return sum(process.memory_full_info().pss for process in studio.family()) / 1e6


async def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="northlight-bench-") as folder,
        fake_provider(seconds=PICTURE_SECONDS, kilobytes=0) as fake,
    ):
        settings = {
            "OPENAI_BASE_URL": f"{fake.url}/own/v1",
            "STUDIO_RATE_LIMIT": "1000/min",
            "STUDIO_PERSON_RATE_LIMIT": "1000/min",
        }
        studio = StudioProcess(Path(folder), **settings)
        try:
            studio.ready()
            manage(Path(folder), "grant_credits", "admin", "10000", "--reason", "a benchmark")
            key = manage(Path(folder), "create_api_key", "admin").stdout.strip()
            await press(studio.port, "/accounts/login/", connections=4, seconds=1)
            print(f"{date.today()}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
            print(f"{shown('nobody waits', await page(studio.port))}   {memory(studio):.0f} MB", flush=True)
            calls = [asyncio.create_task(call(studio.port, key)) for _number in range(WAITING)]
            began = time.monotonic()
            while fake.stats()["orders"] < WAITING and time.monotonic() - began < PICTURE_SECONDS / 2:
                await asyncio.sleep(0.2)
            print(f"{fake.stats()['orders']} orders after {time.monotonic() - began:.1f} s", flush=True)
            print(f"{shown(f'{WAITING} calls wait', await page(studio.port))}   {memory(studio):.0f} MB", flush=True)
            status, headers = await call(studio.port, key)
            print(f"one more is told {status}, Retry-After {headers.get('retry-after')}", flush=True)
            answers = await asyncio.gather(*calls)
            statuses = sorted({status for status, _headers in answers})
            print(f"answered {statuses} after {time.monotonic() - began:.1f} s; {fake.stats()['orders']} orders")
        finally:
            studio.close()


if __name__ == "__main__":
    asyncio.run(main())
