"""Builders of photos with Google's depth: GDepth in standard and extended XMP, and Dynamic Depth containers."""

import base64
import hashlib
import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from relens.photo import Photo, read_photo

EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_STANDARD = b"http://ns.adobe.com/xap/1.0/\0"
_PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    "<rdf:Description {}>{}</rdf:Description></rdf:RDF></x:xmpmeta>"
)
_GDEPTH = 'xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/"'
_DD = "http://ns.google.com/photos/dd/1.0/"


def grey(levels: np.ndarray, kind: str = "PNG") -> bytes:
    """An encoded map of uint8 or uint16 levels."""
    file = io.BytesIO()
    options = {"quality": 100} if kind == "JPEG" else {}
    Image.fromarray(levels).save(file, kind, **options)
    return file.getvalue()


def picture(width: int = 48, height: int = 32, orientation: int = 1) -> bytes:
    """A small JPEG."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    ramp = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(ramp).save(file, "JPEG", exif=exif.tobytes())
    return file.getvalue()


def levels_of(metres: np.ndarray, near: float, far: float, inverse: bool, bits: int = 16) -> np.ndarray:
    """What developers.google.com/depthmap-metadata/encoding stores for these depths."""
    d_n = far * (metres - near) / (metres * (far - near)) if inverse else (metres - near) / (far - near)
    return np.rint(d_n * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(jpeg: bytes, segments: bytes) -> bytes:
    return jpeg[:2] + segments + jpeg[2:]


def packet(attributes: str, inner: str = "") -> bytes:
    return _PACKET.format(attributes, inner).encode()


def gdepth_jpeg(
    jpeg: bytes,
    depth: bytes,
    near: float,
    far: float,
    inverse: bool = True,
    extended: int = 0,
    more: dict[str, str] | None = None,
) -> bytes:
    """A JPEG with GDepth. extended: bytes of each part of the extended XMP that holds the data; 0 for none.

    more: further properties; Confidence goes where the data goes.
    """
    form = "RangeInverse" if inverse else "RangeLinear"
    facts = {"Format": form, "Near": str(near), "Far": str(far), "Mime": "image/png"} | (more or {})
    long = {"Data": base64.b64encode(depth).decode()}
    if "Confidence" in facts:
        long["Confidence"] = facts.pop("Confidence")
    if not extended:
        return with_segments(
            jpeg, segment(0xE1, _STANDARD + packet(f"{_GDEPTH} {_attributes('GDepth', facts | long)}"))
        )
    extension = packet(f"{_GDEPTH} {_attributes('GDepth', long)}")
    guid = hashlib.md5(extension).hexdigest().upper().encode()
    note = f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{guid.decode()}"'
    parts = segment(0xE1, _STANDARD + packet(f"{_GDEPTH} {note} {_attributes('GDepth', facts)}"))
    for offset in range(0, len(extension), extended):
        head = EXTENSION + guid + struct.pack(">II", len(extension), offset)
        parts += segment(0xE1, head + extension[offset : offset + extended])
    return with_segments(jpeg, parts)


def dynamic_depth_jpeg(
    jpeg: bytes,
    depth: bytes,
    facts: dict[str, str],
    model: dict[str, str] | None = None,
    confidence: bytes | None = None,
    padding: int = 0,
    before: bytes = b"",
) -> bytes:
    """A JPEG with a Dynamic Depth container behind it.

    facts: properties of the depth map. model: of the imaging model. before: an item between the picture and the depth.
    """
    items = [("video/mp4", before, "other")] if before else []
    items.append(("image/png", depth, "android/depthmap"))
    facts = {"ItemSemantic": "Depth", "DepthURI": "android/depthmap"} | facts
    if confidence is not None:
        items.append(("image/png", confidence, "android/confidencemap"))
        facts["ConfidenceURI"] = "android/confidencemap"
    listed = f'<rdf:li><C:Item I:Mime="image/jpeg" I:Length="0" I:Padding="{padding}" I:DataURI="primary"/></rdf:li>'
    for mime, data, uri in items:
        listed += f'<rdf:li><C:Item I:Mime="{mime}" I:Length="{len(data)}" I:DataURI="{uri}"/></rdf:li>'
    imaging = f"<Camera:ImagingModel {_attributes('M', model)}/>" if model else ""
    inner = (
        f"<D:Container><C:Directory><rdf:Seq>{listed}</rdf:Seq></C:Directory></D:Container>"
        f"<D:Cameras><rdf:Seq><rdf:li><D:Camera><Camera:DepthMap {_attributes('Z', facts)}/>{imaging}</D:Camera>"
        "</rdf:li></rdf:Seq></D:Cameras>"
    )
    names = {"D": "device", "C": "container", "I": "item", "Camera": "camera", "Z": "depthmap", "M": "imagingmodel"}
    spaces = " ".join(f'xmlns:{short}="{_DD}{name}/"' for short, name in names.items())
    primary = with_segments(jpeg, segment(0xE1, _STANDARD + packet(spaces, inner)))
    return primary + bytes(padding) + b"".join(data for _, data, _ in items)


def _attributes(prefix: str, facts: dict[str, str]) -> str:
    return " ".join(f'{prefix}:{name}="{value}"' for name, value in facts.items())


def read_written(folder: Path, data: bytes) -> Photo:
    path = folder / "google.jpg"
    path.write_bytes(data)
    return read_photo(path)


def metres_of(photo: Photo) -> np.ndarray:
    assert photo.embedded_depth is not None, photo.notes
    return 1 / photo.embedded_depth.inverse_depth
