"""Takes out of a picture's metadata where it was taken; everything else stays byte for byte, and so does its length.

Places stand in Exif (its GPS directory), in XMP, in IPTC's datasets (in the APP13 of a JPEG), and in what ImageMagick
makes of all three in the text chunks of a PNG.
"""

import io
import re
import struct
import zlib
from contextlib import suppress

from studio.jobs.containers import Block, Malformed, blocks, content_of, is_xmp, xmp_text

_GPS = 0x8825  # the tag of Exif's first directory that leads to where it was taken
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes of a value by type
_EXIF = b"Exif\0\0"
_ADOBE = b"http://ns.adobe.com/"  # XMP in a JPEG, and what of it did not fit into one segment
_IN_XMP = re.compile(
    rb"GPS(?:Latitude|Longitude|Position|Dest|MapDatum)|Location(?:Created|Shown)"
    rb"|Iptc4xmpCore:(?:Location|CountryCode)|photoshop:(?:City|State|Country)"
)
_IN_IPTC = re.compile(rb"\x1c\x02[\x5a\x5c\x5f\x64\x65]([\x00-\x7f].)", re.S)  # city, place in it, state, country
_IN_TEXT = re.compile(rb"(?:Raw profile type|exif:GPS)")
_APP1, _APP13 = 0xE1, 0xED


def without_place(data: bytes, extension: str) -> bytes | None:
    """The picture without it, of the same length; None where nothing says where it was taken.

    Of a file that is not built as its format says, as much is looked at as stands before that.
    """
    file, changed = io.BytesIO(data), bytearray(data)
    with suppress(Malformed):
        for block in blocks(file, extension):
            _clear(changed, file, block, extension)
    return bytes(changed) if changed != data else None


def _clear(data: bytearray, file: io.BytesIO, block: Block, extension: str) -> None:
    if extension == "jpg" and block.name[0] not in (_APP1, _APP13):
        return
    if extension != "jpg" and block.name not in (b"eXIf", b"EXIF", b"XMP ", b"tEXt", b"zTXt", b"iTXt"):
        return
    whole = slice(block.content, block.content + block.size)
    if (block.end if extension == "png" else whole.stop) > len(data):
        raise Malformed
    content = bytes(data[whole])
    new = _cleared(content, content_of(file, block), block, extension)
    if new == content:
        return
    data[whole] = new
    if extension == "png":
        if _IN_TEXT.match(content):
            data[block.start + 4 : block.start + 8] = b"tEXt"
        data[block.end - 4 : block.end] = struct.pack(">I", zlib.crc32(data[block.start + 4 : block.end - 4]))


def _cleared(content: bytes, first: bytes, block: Block, extension: str) -> bytes:
    """What stands in place of the content of one block, of the same length. `first`: as much as is read of any."""
    if block.name in (b"eXIf", b"EXIF") or (extension == "jpg" and content.startswith(_EXIF)):
        start = len(_EXIF) if content.startswith(_EXIF) else 0
        return content[:start] + _exif(content[start:])
    if extension == "jpg" and content.startswith(_ADOBE):
        name, nul, packet = content.partition(b"\0")
        return name + nul + b" " * len(packet) if _IN_XMP.search(packet) else content
    if extension == "jpg":
        return _iptc(content) if block.name[0] == _APP13 else content
    if is_xmp(block, first, extension):
        head = b"XML:com.adobe.xmp" + b"\0" * 5 if extension == "png" else b""
        is_told = _IN_XMP.search(xmp_text(first, extension))
        return (head + b" " * len(content))[: len(content)] if is_told else content
    return (b"Comment\0" + b" " * len(content))[: len(content)] if _IN_TEXT.match(content) else content


def _iptc(content: bytes) -> bytes:
    data = bytearray(content)
    for found in _IN_IPTC.finditer(content):
        end = min(len(data), found.end() + int.from_bytes(found[1], "big"))
        data[found.end() : end] = b" " * (end - found.end())
    return bytes(data)


def _exif(tiff: bytes) -> bytes:
    """Exif's TIFF without its GPS directory: the values blank, the entry that leads there taken out.

    Head and first directory are written last, from what they were: a crafted file may let the values lie on them.
    """
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return tiff  # no program finds its way through it
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    found = next(((at, value) for at, tag, _kind, _count, value in _entries(tiff, order, first) if tag == _GPS), None)
    if found is None:
        return tiff
    at, place = found
    data = bytearray(tiff)
    _blank(data, order, place)
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    end = min(len(tiff), first + 2 + 12 * count + 4)  # entries behind it, and where the next directory is, move up
    data[:8] = tiff[:8]
    data[first:end] = struct.pack(f"{order}H", count - 1) + tiff[first + 2 : at] + tiff[at + 12 : end] + bytes(12)
    return bytes(data)


def _entries(data: bytes | bytearray, order: str, start: int) -> list[tuple[int, int, int, int, int]]:
    """(where it stands, tag, type, count, value or where it is) of one directory, as far as there is any of it."""
    if start + 2 > len(data):
        return []
    (count,) = struct.unpack_from(f"{order}H", data, start)
    places = range(start + 2, min(start + 2 + 12 * count, len(data) - 11), 12)
    return [(at, *struct.unpack_from(f"{order}HHII", data, at)) for at in places]


def _blank(data: bytearray, order: str, start: int) -> None:
    """A directory and its values; none of the bytes twice, of which thousands of entries may have the same millions."""
    entries = _entries(data, order, start)
    done = 0
    for value, size in sorted((value, _SIZES.get(kind, 1) * count) for _at, _tag, kind, count, value in entries):
        begin, end = max(value, done), value + size
        if size > 4 and begin < end <= len(data):
            data[begin:end] = bytes(end - begin)
            done = end
    for at, *_entry in entries:
        data[at : at + 12] = bytes(12)
    if entries:
        data[start : start + 2] = bytes(2)
