"""Which pixels are people: a mask from the selfie network, brought to the photo's edges."""

import numpy as np
from jaxtyping import Float32

from relens.face.crop import Pyramid, Square, cut
from relens.face.face import Face
from relens.face.networks import run
from relens.photo import Photo, srgb_encode

_INPUT_PX = 256
# The network knows people that fill the frame. Around one who does not, it also looks at a square of so many widths of
# the face, its middle so many below the face.
_BODY_WIDTHS, _BELOW_WIDTHS = 7.0, 2.0
_FILLS_THE_FRAME = 0.6
# The guided filter's window, in cells of the network's mask, and the contrast under which colours count as one.
_WINDOW_CELLS = 5
_CONTRAST = 0.014
# Where the network is this sure, colours have no say.
_SURE = 0.97
# Islands and holes under this part of the picture are neither people nor gaps between them.
_SPECK = 2e-3


def person_mask(photo: Photo, faces: tuple[Face, ...] = (), longest_px: int = 1024) -> Float32[np.ndarray, "h w"]:
    """Coverage of all people together, 0 to 1, in the photo's aspect and at most `longest_px` long.

    The network sees the whole photo squashed to its square, and each person who is small in it again, larger; it
    answers with 256 by 256 cells. A guided filter lets the mask follow the photo's edges.

    faces: who else to look at. Raises MissingPackageError without the extra `portrait`.
    """
    import cv2

    scale = min(1.0, longest_px / max(photo.width_px, photo.height_px))
    size = (max(1, round(photo.width_px * scale)), max(1, round(photo.height_px * scale)))
    small = cv2.resize(photo.linear, size, interpolation=cv2.INTER_AREA) if scale < 1 else photo.linear
    encoded = srgb_encode(np.clip(small, 0, 1))
    squashed = cv2.resize(encoded, (_INPUT_PX, _INPUT_PX), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(_look(squashed), size, interpolation=cv2.INTER_LINEAR)
    for face in faces:
        side_px = _BODY_WIDTHS * face.width_px * scale
        if side_px < _FILLS_THE_FRAME * min(size):
            middle = face.centre_px.astype(np.float64) * scale + np.array([0, _BELOW_WIDTHS * face.width_px * scale])
            square = Square(middle, side_px)
            mask = np.maximum(mask, _placed(_look(cut(Pyramid.of(encoded), square, _INPUT_PX)), square, size))
    guided = guided_filter(mask, encoded, 2 * round(_WINDOW_CELLS * max(size) / _INPUT_PX / 2) + 1)
    refined = np.where((mask > _SURE) | (mask < 1 - _SURE), mask, guided)
    return _without_specks(np.clip(refined, 0, 1).astype(np.float32))


def _look(picture: np.ndarray) -> np.ndarray:
    return run("selfie_segmentation", picture)[0][..., 0]


def _placed(mask: np.ndarray, square: Square, size: tuple[int, int]) -> np.ndarray:
    """The mask of a square, upright, in the whole picture."""
    import cv2

    step = square.side_px / _INPUT_PX
    corner = square.centre_px - square.side_px / 2
    # OpenCV counts pixel centres from 0, the house from 0.5.
    offset = corner + (step - 1) / 2
    matrix = np.array([[step, 0, offset[0]], [0, step, offset[1]]])
    return cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def guided_filter(
    mask: Float32[np.ndarray, "h w"], guide: Float32[np.ndarray, "h w 3"], window_px: int
) -> Float32[np.ndarray, "h w"]:
    """The mask as a linear function of colour around every pixel.

    Source: He et al., "Guided Image Filtering", TPAMI 2013, section 3.4.
    """
    import cv2

    def mean(plane: np.ndarray) -> np.ndarray:
        return cv2.blur(plane, (window_px, window_px), borderType=cv2.BORDER_REFLECT)

    colour, level = mean(guide), mean(mask)
    together = mean(guide * mask[..., None]) - colour * level[..., None]
    variance = np.empty((*mask.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(3):
            variance[..., i, j] = mean(guide[..., i] * guide[..., j]) - colour[..., i] * colour[..., j]
    variance += np.float32(_CONTRAST**2) * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(variance, together[..., None])[..., 0]
    offset = level - (slope * colour).sum(axis=-1)
    return ((mean(slope) * guide).sum(axis=-1) + mean(offset)).astype(np.float32)


def _without_specks(mask: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    import cv2

    for inside, value in ((mask >= 0.5, 0.0), (mask < 0.5, 1.0)):
        _, labels, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=4)
        small = stats[:, cv2.CC_STAT_AREA] < _SPECK * mask.size
        small[0] = False
        mask = np.where(small[np.asarray(labels, np.intp)], np.float32(value), mask)
    return mask
