"""Pictures for surfaces, made in code: (h, w, 3) or (h, w, 4) float32, linear light, not premultiplied."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

Colour = tuple[float, float, float]


def noise(seed: int, shape: tuple[int, int], sizes_px: tuple[float, ...]) -> np.ndarray:
    """Seamless noise of several sizes, mean 0 and deviation 1."""
    random = np.random.default_rng(seed)
    y, x = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])
    total = np.zeros(shape)
    for size_px in sizes_px:
        kept = np.exp(-2 * (np.pi * size_px) ** 2 * (x**2 + y**2))
        layer = np.fft.irfft2(np.fft.rfft2(random.standard_normal(shape)) * kept, shape)
        layer -= layer.mean()
        total += layer / layer.std()
    return total / total.std()


def mottled(seed: int, colour: Colour, strength: float = 0.15, size: int = 512) -> np.ndarray:
    """One colour with structure of all sizes: plaster, stone, skin."""
    grey = 1 + strength * noise(seed, (size, size), (1, 3, 10, 40))
    tint = 1 + 0.3 * strength * np.dstack([noise(seed + k, (size, size), (6, 30)) for k in (1, 2, 3)])
    return _ready(np.array(colour) * grey[..., None] * tint)


def bricks(seed: int, rows: int = 14, columns: int = 7, size: int = 1024) -> np.ndarray:
    """A wall of bricks, each of its own colour, with pale joints; seamless for even rows."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    row = np.floor(y * rows)
    across = x * columns + 0.5 * (row % 2)
    joint = np.minimum(_to_edge(y * rows) / rows, _to_edge(across) / columns) * size
    tone = random.uniform(0.55, 1.35, (rows, columns))[row.astype(int), np.floor(across).astype(int) % columns]
    tint = random.uniform(-0.06, 0.06, (rows, columns))[row.astype(int), np.floor(across).astype(int) % columns]
    wall = np.array([0.36, 0.13, 0.075]) * tone[..., None] + tint[..., None] * [0.4, 0.6, 0.8]
    rough = 1 + 0.16 * noise(seed, y.shape, (1, 2, 6))[..., None]
    mortar = np.clip(3.5 - joint, 0, 1)[..., None]
    return _ready((wall * (1 - mortar) + np.array([0.42, 0.38, 0.33]) * mortar) * rough)


def planks(seed: int, count: int = 8, size: int = 1024) -> np.ndarray:
    """Floor boards that run down the texture, with grain and dark gaps."""
    random = np.random.default_rng(seed)
    _, x = np.mgrid[:size, :size] / size
    board = np.floor(x * count).astype(int)
    tone = random.uniform(0.7, 1.25, count)[board]
    grain = gaussian_filter(random.standard_normal(x.shape), (60, 0.8), mode="wrap")
    grain = tone * (1 + 0.22 * grain / grain.std() + 0.08 * noise(seed, x.shape, (2, 20)))
    gap = np.clip(_to_edge(x * count) / count * size / 3, 0.25, 1)
    return _ready(np.array([0.36, 0.2, 0.09]) * (grain * gap)[..., None])


def tiles(seed: int, first: Colour, second: Colour, count: int = 8, size: int = 1024) -> np.ndarray:
    """A chequered floor of two stones."""
    y, x = np.mgrid[:size, :size] / size
    odd = ((np.floor(x * count) + np.floor(y * count)) % 2)[..., None]
    joint = np.clip(np.minimum(_to_edge(x * count), _to_edge(y * count)) * size / count / 2.5, 0.3, 1)
    veins = 1 + 0.12 * noise(seed, x.shape, (1, 4, 25))
    return _ready((np.array(first) * odd + np.array(second) * (1 - odd)) * (joint * veins)[..., None])


def stripes(seed: int, colours: list[Colour], count: int, size: int = 512) -> np.ndarray:
    """Upright stripes of several colours, a woven fabric or wallpaper."""
    y, x = np.mgrid[:size, :size]
    which = np.floor(x / size * count).astype(int) % len(colours)
    weave = 1 + 0.06 * np.sin(np.pi * x) * np.sin(np.pi * y) + 0.07 * noise(seed, x.shape, (1, 12))
    return _ready(np.array(colours)[which] * weave[..., None])


def painting(seed: int, size: int = 512) -> np.ndarray:
    """A picture in a frame: hills, a sun, strokes of a brush."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    picture = np.array([0.75, 0.5, 0.25]) * (1 - y[..., None]) + np.array([0.2, 0.35, 0.6]) * y[..., None]
    picture[np.hypot(x - 0.68, y - 0.3) < 0.1] = [0.9, 0.75, 0.3]
    for level in range(5):
        hill = 0.4 + 0.11 * level + 0.07 * np.sin(random.uniform(5, 12) * x + random.uniform(0, 6))
        picture[y > hill] = random.uniform(0.05, 0.45, 3) * (1 - 0.1 * level)
    for _ in range(260):
        at = random.uniform(0.05, 0.95, 2)
        end = at + random.normal(0, 0.03, 2)
        tone = picture[int(at[1] * size), int(at[0] * size)] * random.uniform(0.6, 1.6)
        ends = [tuple(int(v) for v in point * size) for point in (at, end)]
        cv2.line(picture, ends[0], ends[1], tone.tolist(), int(random.integers(2, 7)), cv2.LINE_AA)
    rim = np.maximum(np.abs(x - 0.5), np.abs(y - 0.5))
    picture[rim > 0.44] = [0.09, 0.05, 0.025]
    picture[rim > 0.475] = [0.35, 0.22, 0.08]
    return _ready(picture)


def posters(seed: int, size: int = 1024) -> np.ndarray:
    """A wall papered with printed sheets: blocks of colour, dots, lines like text."""
    random = np.random.default_rng(seed)
    wall = np.full((size, size, 3), 0.45)
    for _ in range(34):
        left, top = random.integers(-60, size - 40, 2)
        width, height = random.integers(110, 260, 2)
        paper = random.uniform(0.12, 0.75) * random.uniform(0.65, 1.2, 3)
        ink = random.uniform(0.02, 0.5) * random.uniform(0.3, 1.6, 3)
        _block(wall, left, top, left + width, top + height, paper)
        kind = random.integers(3)
        for line in range(12, height - 12, 14):
            if kind == 0:
                _block(wall, left + 10, top + line, left + 10 + random.integers(30, width - 10), top + line + 5, ink)
            elif kind == 1:
                for dot in range(14, width - 8, 18):
                    cv2.circle(wall, (int(left + dot), int(top + line)), 5, ink.tolist(), -1, cv2.LINE_AA)
        if kind == 2:
            radius = int(min(width, height) * 0.33)
            cv2.circle(wall, (int(left + width // 2), int(top + height // 2)), radius, ink.tolist(), 14, cv2.LINE_AA)
    return _ready(wall * (1 + 0.06 * noise(seed, (size, size), (1, 5, 40))[..., None]))


def facade(seed: int, rows: int = 6, columns: int = 9, size: int = 1024) -> np.ndarray:
    """A house front with dark windows in pale frames."""
    y, x = np.mgrid[:size, :size] / size
    front = np.array([0.3, 0.24, 0.19]) * (1 + 0.13 * noise(seed, x.shape, (1, 3, 30)))[..., None]
    off = np.maximum(np.abs((x * columns) % 1 - 0.5) / 0.26, np.abs((y * rows) % 1 - 0.5) / 0.33)
    front[off < 1.18] = [0.5, 0.47, 0.42]
    front[off < 1] = [0.03, 0.035, 0.045]
    return _ready(front)


def landscape(seed: int, width: int = 2048, height: int = 1365) -> np.ndarray:
    """A far view: sky with clouds over wooded hills and a meadow."""
    y, x = np.mgrid[:height, :width] / height
    high = np.clip(y / 0.5, 0, 1)[..., None]
    sky = np.array([0.16, 0.36, 0.85]) * (1 - high) + np.array([0.62, 0.78, 0.98]) * high
    cloud = gaussian_filter(noise(seed, x.shape, (12, 30, 90)), (2, 6))
    cloud = np.clip(cloud / cloud.std() - 0.3, 0, 1.4)[..., None] / 1.4
    view = sky * (1 - 0.8 * cloud) + 0.95 * 0.8 * cloud
    for level, tone in enumerate([(0.2, 0.27, 0.33), (0.1, 0.17, 0.11), (0.045, 0.1, 0.03)]):
        rough = noise(seed + 5 + level, (1, width), (3 + 2 * level, 14, 90, 260))[0]
        ridge = 0.46 + 0.07 * level + 0.02 * rough
        woods = 1 + 0.3 * noise(seed + 9 + level, x.shape, (2, 5 + 3 * level, 40))
        view = np.where((y > ridge)[..., None], np.array(tone) * woods[..., None], view)
    meadow = 1 + 0.25 * noise(seed + 20, x.shape, (1.5, 6, 60))
    edge = 0.7 + 0.01 * noise(seed + 21, (1, width), (5, 100))[0]
    return _ready(np.where((y > edge)[..., None], np.array([0.2, 0.26, 0.05]) * meadow[..., None], view))


def leaves(seed: int, kinds: int = 4, size: int = 256) -> np.ndarray:
    """Blades of several greens side by side, each with its rib along u and veins."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    blades = []
    for _ in range(kinds):
        green = np.array([random.uniform(0.05, 0.3), random.uniform(0.18, 0.38), random.uniform(0.015, 0.06)])
        off = np.abs(y - 0.5)
        vein = np.exp(-((_to_edge(14 * (x - 0.7 * off)) / 0.09) ** 2)) + 1.6 * np.exp(-((off / 0.025) ** 2))
        tone = 1 + 0.55 * vein + 0.22 * noise(int(random.integers(1 << 30)), x.shape, (1, 4, 25))
        blades.append(green * tone[..., None])
    return _ready(np.concatenate(blades, axis=1))


def pane_leaf(seed: int, colour: Colour, size: int = 512) -> np.ndarray:
    """A translucent leaf: opacity 0.3 to 0.7 with denser veins, a soft rim, nothing around it."""
    y, x = 2 * np.mgrid[:size, :size] / size - 1
    off = np.abs(x) / np.maximum(0.78 * np.sqrt(np.clip(1 - np.abs(y) ** 1.6, 0, 1)), 1e-6)
    inside = np.clip((1 - off) * 9, 0, 1) * np.clip((0.97 - np.abs(y)) * 12, 0, 1)
    vein = np.exp(-((_to_edge(7 * (y - 0.8 * np.abs(x))) / 0.07) ** 2)) + np.exp(-((x / 0.02) ** 2))
    opacity = inside * np.clip(0.42 + 0.06 * noise(seed, x.shape, (4, 40)) + 0.25 * vein, 0.3, 0.7)
    tone = np.array(colour) * (1 + 0.5 * vein + 0.12 * noise(seed + 1, x.shape, (2, 20)))[..., None]
    return np.dstack([_ready(tone), opacity.astype(np.float32)])


def soft_strand(colour: Colour, size: int = 64) -> np.ndarray:
    """A ribbon that is opaque along its middle and fades to both sides (v)."""
    y = np.mgrid[:size, :size][0] / (size - 1)
    tone = np.broadcast_to(np.array(colour), (size, size, 3))
    return np.dstack([_ready(tone), np.sin(np.pi * y).astype(np.float32)])


def face(seed: int, skin: Colour, size: int = 1024) -> np.ndarray:
    """A face of sorts around an ellipsoid: eyes and mouth where u is a half, skin elsewhere."""
    picture = mottled(seed, skin, 0.1, size).astype(np.float64)
    middle, ink = size // 2, (0.03, 0.02, 0.02)
    for side in (-1, 1):
        eye = (middle + side * size // 14, int(0.46 * size))
        cv2.ellipse(picture, eye, (size // 34, size // 50), 0, 0, 360, (0.8, 0.8, 0.78), -1, cv2.LINE_AA)
        cv2.circle(picture, eye, size // 64, ink, -1, cv2.LINE_AA)
        brow = (eye[0], eye[1] - size // 28)
        cv2.ellipse(picture, brow, (size // 26, size // 80), 0, 180, 360, ink, size // 110, cv2.LINE_AA)
    lips = (middle, int(0.66 * size))
    cv2.ellipse(picture, lips, (size // 20, size // 70), 0, 0, 360, (0.4, 0.08, 0.07), -1, cv2.LINE_AA)
    return _ready(picture)


def _to_edge(place: np.ndarray) -> np.ndarray:
    """Distance to the nearest whole number."""
    return np.abs(place - np.round(place))


def _block(picture: np.ndarray, left: int, top: int, right: int, bottom: int, colour: np.ndarray) -> None:
    picture[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = colour


def _ready(colour: np.ndarray) -> np.ndarray:
    return np.clip(colour, 0.01, 0.9).astype(np.float32)
