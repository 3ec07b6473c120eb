"""Builders of small photo files, as fixtures."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

_SCENES = Path(__file__).parents[2] / "scenes"


@pytest.fixture(scope="session")
def heic_portrait() -> Path:
    """A real portrait of an iPhone 14."""
    return _SCENES / "iphone14-portrait" / "portrait.heic"


@pytest.fixture(scope="session")
def jpeg_portrait() -> Path:
    """A real portrait of an iPhone XS."""
    return _SCENES / "iphone-xs-portrait" / "portrait.jpg"


@pytest.fixture(scope="session")
def corners() -> np.ndarray:
    """(32, 48, 3) uint8 with another colour in every quarter: no orientation looks like another."""
    picture = np.full((32, 48, 3), 128, np.uint8)
    picture[:16, :24] = 200, 60, 60
    picture[:16, 24:] = 60, 200, 60
    picture[16:, :24] = 60, 60, 200
    return picture


@pytest.fixture(scope="session")
def build_png() -> Callable[..., bytes]:
    """PNG bytes from integer samples (h, w, c) with 8 or 16 bits and further chunks, without any encoder's opinion."""

    def build(samples: np.ndarray, extra: list[tuple[bytes, bytes]] | None = None) -> bytes:
        height, width, channels = samples.shape
        bits, colour_type = samples.dtype.itemsize * 8, {1: 0, 2: 4, 3: 2, 4: 6}[channels]
        rows = b"".join(b"\0" + row.astype(samples.dtype.newbyteorder(">")).tobytes() for row in samples)
        header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
        chunks = [(b"IHDR", header), *(extra or []), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        packed = (struct.pack(">I", len(body)) + kind + body + _crc(kind + body) for kind, body in chunks)
        return b"\x89PNG\r\n\x1a\n" + b"".join(packed)

    return build


def _crc(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:apdi="http://ns.apple.com/pixeldatainfo/1.0/" xmlns:depthData="http://ns.apple.com/depthData/1.0/">
{}</rdf:Description></rdf:RDF></x:xmpmeta>"""
_DEPTH_XMP = """<apdi:AuxiliaryImageType>{kind}</apdi:AuxiliaryImageType><apdi:FloatMinValue>{low}</apdi:FloatMinValue>
<apdi:FloatMaxValue>{high}</apdi:FloatMaxValue><depthData:Accuracy>{accuracy}</depthData:Accuracy>
<depthData:IntrinsicMatrixReferenceWidth>{width}</depthData:IntrinsicMatrixReferenceWidth>
<depthData:IntrinsicMatrixReferenceHeight>{height}</depthData:IntrinsicMatrixReferenceHeight>
<depthData:IntrinsicMatrix><rdf:Seq>{matrix}</rdf:Seq></depthData:IntrinsicMatrix>"""
_MATTE_XMP = """<apdi:AuxiliaryImageType>depth</apdi:AuxiliaryImageType>
<apdi:AuxiliaryImageSubType>portraiteffectsmatte</apdi:AuxiliaryImageSubType>"""


@pytest.fixture(scope="session")
def build_phone_jpeg() -> Callable[..., bytes]:
    """A JPEG as phones write it: picture, depth and matte as frames of one MPO, the numbers in XMP, all as stored."""

    def build(
        picture: Image.Image,
        depth: Image.Image,
        matte: Image.Image,
        matrix: tuple[float, float, float, float],
        reference: tuple[int, int],
        orientation: int = 1,
        kind: str = "disparity",
        accuracy: str = "absolute",
    ) -> bytes:
        fx, fy, cx, cy = matrix
        numbers = "".join(f"<rdf:li>{number}</rdf:li>" for number in (fx, 0, 0, 0, fy, 0, cx, cy, 1))
        depth_xmp = _DEPTH_XMP.format(
            kind=kind, low=0.5, high=3.05, accuracy=accuracy, width=reference[0], height=reference[1], matrix=numbers
        )
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "Maker"
        return _mpo(
            [
                _jpeg(picture, exif=exif.tobytes()),
                _jpeg(depth, xmp=_XMP.format(depth_xmp).encode()),
                _jpeg(matte, xmp=_XMP.format(_MATTE_XMP).encode()),
            ]
        )

    return build


def _jpeg(image: Image.Image, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=98, **({"subsampling": 0} if image.mode == "RGB" else {}), **options)
    return file.getvalue()


def _mpo(frames: list[bytes]) -> bytes:
    # CIPA DC-007: an index of three tags in an APP2 segment right behind the start of the first frame.
    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack("<HHI", tag, kind, count) + value

    size = 8 + 2 + 36 + 4 + 16 * len(frames)
    segment = b"\xff\xe2" + struct.pack(">H", 2 + 4 + size) + b"MPF\0"
    sizes = [len(frames[0]) + len(segment) + size, *map(len, frames[1:])]
    # Offsets count from the byte order mark, 10 bytes into the file.
    offsets = [0] + [sum(sizes[:index]) - 10 for index in range(1, len(frames))]
    index = b"II*\0" + struct.pack("<IH", 8, 3)
    index += entry(0xB000, 7, 4, b"0100") + entry(0xB001, 4, 1, struct.pack("<I", len(frames)))
    index += entry(0xB002, 7, 16 * len(frames), struct.pack("<I", 50)) + bytes(4)
    for frame_size, offset in zip(sizes, offsets, strict=True):
        index += struct.pack("<IIIHH", 0, frame_size, offset, 0, 0)
    return frames[0][:2] + segment + index + frames[0][2:] + b"".join(frames[1:])
