"""The light of lamps too small and too bright for random lens rays to meet them often enough."""

import numpy as np
from truth_scene import HEIGHT_PX, WIDTH_PX, Lamp, TruthLens, TruthScene, fx_px, pupil_radius_m


def lamp_light(mi, scene: TruthScene, traced, lens: TruthLens | None, samples: int, seed: int) -> np.ndarray:
    """The lamps' own light in a picture: the part of the pupil from which each point of the picture sees each lamp.

    Random lens rays would hardly ever meet lamps so small. In the lamp's plane the ray from u on the pupil through the
    point with normalised coordinates m of the picture is at u (1 - z / F) + m z, so that the lamp's disc is a disc on
    the pupil: points are taken in the smaller of the two, and count where they lie in the other and see the lamp.
    """
    random = np.random.default_rng(seed)
    radius_m = 0.0 if lens is None else pupil_radius_m(scene, lens)
    light = np.zeros((HEIGHT_PX, WIDTH_PX, 3))
    eye = np.zeros(3) if lens is None else np.array(lens.eye_m)
    for lamp in scene.lamps:
        place, part, points, from_pupil = _lamp_points(scene, lamp, lens, eye, radius_m, samples, random)
        if not len(place):
            continue
        seen = part * _unhidden(mi, traced, from_pupil, points)
        share = np.bincount(place, seen, HEIGHT_PX * WIDTH_PX).reshape(HEIGHT_PX, WIDTH_PX) / samples
        light += share[..., None] * lamp.radiance
    return light


def _lamp_points(
    scene: TruthScene, lamp: Lamp, lens: TruthLens | None, eye, radius_m: float, samples: int, random
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pixels that may see a lamp, the share of the pupil each ray stands for, and its points on lamp and pupil."""
    focal_px, centre = fx_px(scene), np.array(lamp.place_m) - eye
    z = centre[2]
    spread = 0.0 if lens is None else 1 - z / lens.focus_distance_m
    reach_px = focal_px * (lamp.radius_m + abs(spread) * radius_m) / z + 2
    middle_px = focal_px * centre[:2] / z + [WIDTH_PX / 2, HEIGHT_PX / 2]
    low = np.clip(np.floor(middle_px - reach_px), 0, [WIDTH_PX, HEIGHT_PX]).astype(int)
    high = np.clip(np.ceil(middle_px + reach_px), 0, [WIDTH_PX, HEIGHT_PX]).astype(int)
    row, column = (np.repeat(axis.ravel(), samples) for axis in np.mgrid[low[1] : high[1], low[0] : high[0]])
    pixel = np.column_stack([column, row]) + random.random((len(row), 2))
    on_plane = (pixel - [WIDTH_PX / 2, HEIGHT_PX / 2]) / focal_px * z - centre[:2]  # from the lamp's middle
    # Random points of a unit disc.
    angle, out = 2 * np.pi * random.random(len(row)), np.sqrt(random.random(len(row)))
    unit = np.column_stack([out * np.cos(angle), out * np.sin(angle)])
    if abs(spread) * radius_m > lamp.radius_m:
        on_lamp = lamp.radius_m * unit
        u = (on_lamp - on_plane) / spread
        share = (lamp.radius_m / (spread * radius_m)) ** 2
        part = share * (np.linalg.norm(u, axis=1) <= radius_m)
    else:
        u = radius_m * unit
        on_lamp = u * spread + on_plane
        part = 1.0 * (np.linalg.norm(on_lamp, axis=1) <= lamp.radius_m)
    keep = part > 0
    points = np.column_stack([on_lamp, np.zeros(len(row))])[keep] + np.array(lamp.place_m)
    from_pupil = np.column_stack([u, np.zeros(len(row))])[keep] + eye
    return (row * WIDTH_PX + column)[keep], part[keep], points, from_pupil


def _unhidden(mi, traced, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """1 where nothing stands between two points, else 0; (n, 3) each."""
    way = end - start
    far = np.linalg.norm(way, axis=1)
    way = way / far[:, None]
    ray = mi.Ray3f(mi.Point3f(*_floats(mi, start)), mi.Vector3f(*_floats(mi, way)))
    ray.maxt = mi.Float((far * (1 - 1e-4) - 1e-3).astype(np.float32))
    return 1.0 - np.array(traced.ray_test(ray).numpy(), np.float64)


def _floats(mi, points: np.ndarray) -> list:
    return [mi.Float(np.ascontiguousarray(axis, np.float32)) for axis in points.T]
