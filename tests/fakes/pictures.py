"""Real PNG files, each with its own bytes, quick to make hundreds of."""

import io
import random
import struct
import zlib
from functools import cache

from PIL import Image


@cache
def _base(width: int, height: int, kilobytes: int) -> bytes:
    """A picture of at least so many kilobytes: a gradient with as much grain as that takes, and noise nobody draws."""
    flat = Image.linear_gradient("L").resize((width, height))
    picture = Image.merge(
        "RGB", [flat, flat.transpose(Image.Transpose.ROTATE_180), Image.new("L", (width, height), 90)]
    )
    if kilobytes:
        rows = min(height, kilobytes * 1024 // (3 * width) + 1)
        grain = random.Random(7).randbytes(3 * width * rows)
        picture.paste(Image.frombytes("RGB", (width, rows), grain), (0, 0))
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    drawn = file.getvalue()
    missing = kilobytes * 1024 - len(drawn)
    return drawn if missing <= 0 else _with_chunk(drawn, b"paDs" + random.Random(8).randbytes(missing))


def png(width: int, height: int, *, text: str, kilobytes: int = 0) -> bytes:
    """A PNG of this size whose bytes no other `text` has."""
    base = _base(width, height, kilobytes)
    return _with_chunk(base, b"tEXtComment\x00" + text.encode("latin-1", "replace"))


def _with_chunk(data: bytes, content: bytes) -> bytes:
    """Its type and what is in it, behind the signature and IHDR."""
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return data[:33] + chunk + data[33:]
