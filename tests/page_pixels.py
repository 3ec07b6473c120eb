"""What the page's canvas shows, and what can be measured in it."""

import base64

import numpy as np
from page_browser import Tab
from page_scenes import WIDTH_PX

from relens.photo import srgb_decode

# A copy of the canvas in the task that has drawn it: later the browser may have taken it away.
_SHOWN = """(samples) => new Promise((resolve) => {
    const stop = relens.live.onFrame((progress) => {
        if (progress.samples < samples) return;
        stop();
        const { width, height } = relens.live.canvas;
        const context = new OffscreenCanvas(width, height).getContext("2d");
        context.drawImage(relens.live.canvas, 0, 0);
        let text = "";
        const { data } = context.getImageData(0, 0, width, height);
        for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
        resolve([width, height, btoa(text)]);
    });
    relens.live.stroke(null);
})"""


def shown(tab: Tab, samples: int = 16) -> np.ndarray:
    """The canvas with what lies over it, drawn anew, once it has so many lens samples: (h, w, 3) 8-bit codes."""
    width, height, text = tab.do(_SHOWN, samples)
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3].copy()


def around(picture: np.ndarray, middle_px: tuple[float, float], half_px: float) -> np.ndarray:
    """A square of a picture of the sitter, around a column and row of the photo."""
    scale = picture.shape[1] / WIDTH_PX
    left, top = (round((at - half_px) * scale) for at in middle_px)
    side = round(2 * half_px * scale)
    return picture[top : top + side, left : left + side]


def light(codes: np.ndarray) -> np.ndarray:
    """Linear light of 8-bit display codes, as floats of 0 to 1."""
    return srgb_decode(codes.astype(np.float32) / 255)


def grain(codes: np.ndarray) -> float:
    """How much the light of a piece of texture varies, over its mean: its sharpness."""
    green = light(codes)[..., 1]
    return float(green.std() / green.mean())
