"""Metadata in the three containers of pictures, read and written without touching a pixel.

PNG: chunks (PNG specification 5, XMP in iTXt "XML:com.adobe.xmp", C2PA in caBX). JPEG: marker segments (XMP in APP1,
C2PA as JUMBF in APP11). WebP: RIFF chunks ("XMP ", "C2PA", flags in VP8X). Files are those `inspect` let in.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_XMP = b"XML:com.adobe.xmp"
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
MOST_XMP_IN_JPEG = 65_535 - 2 - len(JPEG_XMP)  # a segment tells its length in two bytes
MOST_READ = 4 * 1024 * 1024  # of one block of metadata
_APP0, _APP1, _APP11, _START_OF_SCAN = 0xE0, 0xE1, 0xEB, 0xDA
_VP8X_XMP, _VP8X_ALPHA = 0x04, 0x10


class Malformed(Exception):
    """The container is not built as its format says."""


@dataclass(frozen=True)
class Block:
    """One chunk or segment: its name, where it begins and ends in the file, and where its content lies."""

    name: bytes
    start: int
    end: int
    content: int
    size: int


def blocks(file: BinaryIO, extension: str) -> Iterator[Block]:
    """The chunks or segments of a picture in order, those of a JPEG up to its pixels. Raises Malformed."""
    return {"png": _png, "jpg": _jpeg, "webp": _webp}[extension](file)


def _png(file: BinaryIO) -> Iterator[Block]:
    at = len(PNG_HEAD)
    while True:
        size, name = struct.unpack(">I4s", _read(file, at, 8))
        yield Block(name, at, at + 12 + size, at + 8, size)
        if name == b"IEND":
            return
        at += 12 + size


def _jpeg(file: BinaryIO) -> Iterator[Block]:
    at = 2
    while True:
        mark, kind = _read(file, at, 2)
        if mark != 0xFF:
            raise Malformed
        if kind == 0xFF:  # any number of them may fill
            at += 1
            continue
        if kind == _START_OF_SCAN:
            yield Block(bytes([kind]), at, at, at, 0)
            return
        (size,) = struct.unpack(">H", _read(file, at + 2, 2))
        if size < 2:
            raise Malformed
        yield Block(bytes([kind]), at, at + 2 + size, at + 4, size - 2)
        at += 2 + size


def _webp(file: BinaryIO) -> Iterator[Block]:
    (declared,) = struct.unpack("<I", _read(file, 4, 4))
    at, end = 12, 8 + declared
    while at + 8 <= end:
        name, size = struct.unpack("<4sI", _read(file, at, 8))
        yield Block(name, at, at + 8 + size + (size & 1), at + 8, size)
        at += 8 + size + (size & 1)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) != size:
        raise Malformed
    return data


def content_of(file: BinaryIO, block: Block) -> bytes:
    """What a block holds, at most its first 4 MiB."""
    return _read(file, block.content, min(block.size, MOST_READ))


def is_xmp(block: Block, content: bytes, extension: str) -> bool:
    if extension == "png":
        return block.name == b"iTXt" and content.startswith(PNG_XMP + b"\0")
    if extension == "jpg":
        return block.name[0] == _APP1 and content.startswith(JPEG_XMP)
    return block.name == b"XMP "


def is_c2pa(block: Block, content: bytes, extension: str) -> bool:
    """Whether the block is a C2PA manifest store, or the first part of one."""
    if extension == "png":
        return block.name == b"caBX"
    if extension == "jpg":
        return block.name[0] == _APP11 and content.startswith(b"JP") and b"jumb" in content[:64] and b"c2pa" in content
    return block.name == b"C2PA"


def xmp_text(content: bytes, extension: str) -> bytes:
    """The packet out of the content of a block that `is_xmp`; empty where it cannot be read."""
    if extension == "jpg":
        return content[len(JPEG_XMP) :]
    if extension == "webp":
        return content
    rest = content[len(PNG_XMP) + 1 :]
    is_packed, texts = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
    text = texts[2] if len(texts) == 3 else b""
    if not is_packed:
        return text
    try:
        return zlib.decompressobj().decompress(text, MOST_READ)
    except zlib.error:
        return b""


def write_marked(
    source: BinaryIO,
    target: BinaryIO,
    extension: str,
    *,
    xmp: bytes,
    texts: Sequence[tuple[str, str]],
    size: tuple[int, int],
) -> None:
    """Copy a picture with this XMP packet in place of any it has; `texts` are for PNG, `size` in pixels for WebP.

    Pixels and all other metadata are copied byte for byte. Raises Malformed.
    """
    found = list(blocks(source, extension))
    if extension == "webp":
        _write_webp(source, target, found, xmp, size)
        return
    old = [block for block in found if is_xmp(block, content_of(source, block), extension)]
    first = _first_place(source, found, extension)
    new = _png_chunks(xmp, texts) if extension == "png" else _jpeg_segment(xmp)
    _copy(source, target, 0, first)
    target.write(new)
    at = first
    for block in old:
        if block.start >= first:
            _copy(source, target, at, block.start)
            at = block.end
    _copy(source, target, at, None)


def _first_place(source: BinaryIO, found: list[Block], extension: str) -> int:
    """Behind what has to be first: IHDR in a PNG; JFIF and Exif in a JPEG, where XMP never stands before them."""
    if extension == "png":
        return found[0].end
    at = 2
    for block in found:
        is_exif = block.name[0] == _APP1 and content_of(source, block).startswith(b"Exif\0")
        if block.name[0] != _APP0 and not is_exif:
            break
        at = block.end
    return at


def _png_chunks(xmp: bytes, texts: Sequence[tuple[str, str]]) -> bytes:
    made = [_png_text(PNG_XMP, xmp)]
    made += [_png_text(name.encode("latin-1"), text.replace("\0", "").encode(errors="replace")) for name, text in texts]
    return b"".join(made)


def _png_text(keyword: bytes, text: bytes) -> bytes:
    body = b"iTXt" + keyword + b"\0\0\0\0\0" + text  # not packed; no language, no translated keyword
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _jpeg_segment(xmp: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(JPEG_XMP) + len(xmp)) + JPEG_XMP + xmp


def _write_webp(source: BinaryIO, target: BinaryIO, found: list[Block], xmp: bytes, size: tuple[int, int]) -> None:
    """An extended file: VP8X with the flag for XMP, everything else as it was, XMP behind it."""
    kept = [block for block in found if block.name not in (b"VP8X", b"XMP ")]
    head = next((block for block in found if block.name == b"VP8X"), None)
    if head is not None:
        flags = bytearray(_read(source, head.content, 10))
        flags[0] |= _VP8X_XMP
    else:
        canvas = (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
        alpha = _VP8X_ALPHA if _has_alpha(source, kept) else 0
        flags = bytearray(bytes([_VP8X_XMP | alpha, 0, 0, 0]) + canvas)
    extended = b"VP8X" + struct.pack("<I", 10) + bytes(flags)
    tail = b"XMP " + struct.pack("<I", len(xmp)) + xmp + b"\0" * (len(xmp) & 1)
    length = 4 + len(extended) + sum(block.end - block.start for block in kept) + len(tail)
    target.write(b"RIFF" + struct.pack("<I", length) + b"WEBP" + extended)
    for block in kept:
        _copy(source, target, block.start, block.end)
    target.write(tail)


def _has_alpha(source: BinaryIO, kept: list[Block]) -> bool:
    """Of a simple file: only a lossless one can be transparent, and says so in its first bytes."""
    lossless = next((block for block in kept if block.name == b"VP8L"), None)
    return lossless is not None and bool(_read(source, lossless.content, 5)[4] & 0x10)


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int | None) -> None:
    source.seek(start)
    left = end - start if end is not None else -1
    while left and (part := source.read(min(left, 1 << 20) if left > 0 else 1 << 20)):
        target.write(part)
        left -= len(part) if left > 0 else 0
