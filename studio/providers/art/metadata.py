"""Writes a picture with its sandbox facts in the metadata its format knows."""

from __future__ import annotations

import io
from collections.abc import Mapping
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngInfo

_SOFTWARE, _DESCRIPTION = 0x0131, 0x010E  # TIFF tags of EXIF 2.3, both ASCII


def encode(image: Image.Image, facts: Mapping[str, str], format: str) -> bytes:
    """PNG with text chunks, JPEG with EXIF, WebP with EXIF and XMP; raises ValueError for another format."""
    out = io.BytesIO()
    if format == "png":
        chunks = PngInfo()
        for name, value in facts.items():
            chunks.add_itxt(name, value)
        image.save(out, "PNG", pnginfo=chunks, compress_level=1)
    elif format == "jpeg":
        image.save(out, "JPEG", quality=90, subsampling=0, exif=_exif(facts), xmp=_xmp(facts))
    elif format == "webp":
        image.save(out, "WEBP", quality=88, method=3, exif=_exif(facts), xmp=_xmp(facts))
    else:
        raise ValueError(f"unknown picture format {format!r}")
    return out.getvalue()


def _exif(facts: Mapping[str, str]) -> bytes:
    exif = Image.Exif()
    exif[_SOFTWARE] = facts["Software"]
    exif[_DESCRIPTION] = (
        "; ".join(f"{name}: {value}" for name, value in facts.items()).encode("ascii", "replace").decode()
    )
    return exif.tobytes()


def _xmp(facts: Mapping[str, str]) -> bytes:
    fields = "".join(f"<sandbox:{name}>{escape(value)}</sandbox:{name}>" for name, value in facts.items())
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:sandbox="urn:northlight:sandbox">{fields}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()
