"""Truth for refocusing, outdoors: leaves before a landscape, people behind a fence, a street at night."""

from itertools import pairwise

import numpy as np
import truth_textures as textures
from truth_scene import Colour, Lamp, Surface, TruthLens, TruthScene, Window
from truth_shapes import Shape, box, curve, ellipsoid, joined, leaf, quad, tube, turned_on_lathe, upright


def foliage() -> TruthScene:
    """Twigs with hundreds of leaves at arm's length and a bush farther off, before a far landscape."""
    random = np.random.default_rng(20)
    twigs, blades = [], []
    for number in range(26):
        z = random.uniform(0.9, 2.6)
        reach = 0.24 * z
        side = -1 if number % 3 else 1
        start = np.array([side * reach, random.uniform(-0.8, 1.1) * reach, z + random.uniform(-0.2, 0.2)])
        end = np.array([side * reach * random.uniform(-0.6, 0.5), random.uniform(-0.75, 0.65) * reach, z])
        middle = (start + end) / 2 + random.normal(0, 0.03, 3) * z + [0, -0.03 * z, 0]
        path = curve([start, middle, end], 26)
        twigs.append(tube(path, np.linspace(0.0038, 0.001, 26)))
        for place in range(3, 26):
            for _ in range(int(random.integers(1, 3))):
                blades.append(_blade(random, path[place], random.uniform(0.03, 0.065)))
    bush = []
    for _ in range(620):
        at = random.normal(0, 1, 3) * [0.45, 0.3, 0.3] + [0.55, 0.95, 6]
        bush.append(_blade(random, at, random.uniform(0.07, 0.12)))
    trunk_path = curve([(-1.05, 2, 7.6), (-0.95, 0.2, 7.5), (-1.12, -1.0, 7.6), (-0.9, -2.0, 7.6)])
    surfaces = (
        Surface(joined(*twigs), textures.mottled(21, (0.16, 0.1, 0.06), 0.3)),
        Surface(joined(*blades), textures.leaves(22)),
        Surface(joined(*bush), textures.leaves(23)),
        Surface(tube(trunk_path, 0.14, 30).repeated(3, 2), textures.mottled(24, (0.14, 0.1, 0.07), 0.35)),
        Surface(upright(0, 0, 80, 38, 25.4), textures.landscape(25)),
    )
    lenses = TruthLens(1.2, 2.0), TruthLens(6.0, 2.8), TruthLens(1.7, 2.8, (-0.04, 0.02, 0.03))
    return TruthScene("foliage", 85, surfaces, lenses, sky=(0.42, 0.5, 0.62), sun=((-0.45, 0.6, 0.65), 2.1))


def _blade(random: np.random.Generator, at_m: np.ndarray, length_m: float) -> Shape:
    kind = int(random.integers(4))
    blade = leaf(length_m, length_m * random.uniform(0.32, 0.5), random.uniform(0.1, 0.5), random.uniform(0, 0.8))
    turned = blade.turned(roll_rad=random.uniform(-1, 1)).turned(random.uniform(0, 6.28), random.uniform(-1.3, -0.2))
    return turned.within(kind / 4 + 0.002, 0, (kind + 1) / 4 - 0.002, 1).moved(*at_m)


def fence() -> TruthScene:
    """Chain link at arm's length; two people of sorts, a ball and a brick wall behind it."""
    pitch, radius, z = 0.075, 0.0014, 0.72
    wires = []
    for number in range(-13, 13):
        corners = np.arange(-9, 10)
        # Every wire goes up in zigzag and hooks into its neighbours' corners, before one and behind the other.
        odd = (corners + number) % 2
        x = (number + odd) * pitch / 2 + radius * (2 * odd - 1)
        path = np.column_stack([x, corners * pitch / 2, z + radius * (1 - 2 * odd)])
        fine = np.concatenate([np.linspace(a, b, 8, endpoint=False) for a, b in pairwise(path)])
        wires.append(tube(fine, radius))
    rail = tube(np.column_stack([np.linspace(-0.5, 0.5, 20), np.full(20, -0.142), np.full(20, z + 0.012)]), 0.0045, 20)
    floor = 1.05
    surfaces = [
        Surface(joined(*wires).turned(roll_rad=0.03), textures.mottled(30, (0.5, 0.52, 0.5), 0.2)),
        Surface(rail.repeated(12, 1), textures.mottled(31, (0.35, 0.37, 0.36), 0.25)),
        Surface(quad((-3, -2.2, 4.6), (3, -2.2, 4.6), (-3, floor, 4.6)).repeated(2.4, 1.5), textures.bricks(32)),
        Surface(
            quad((-3, floor, 4.6), (3, floor, 4.6), (-3, floor, 0.5)).repeated(4, 3),
            textures.mottled(33, (0.3, 0.29, 0.26), 0.2),
        ),
        Surface(upright(0.75, -0.25, 4.57, 0.9, 0.75), textures.posters(34)),
        Surface(
            ellipsoid(-0.05, 0.47, 3.3, (0.13, 0.13, 0.13)),
            textures.stripes(35, [(0.7, 0.12, 0.06), (0.75, 0.72, 0.6)], 8),
        ),
        Surface(box(-0.05, 0.84, 3.3, 0.4, 0.48, 0.4, 0.4), textures.planks(36)),
    ]
    jumper = textures.stripes(37, [(0.08, 0.16, 0.4), (0.6, 0.58, 0.5)], 40)
    coat = textures.mottled(38, (0.4, 0.28, 0.06), 0.2)
    surfaces += _person(-0.33, -0.27, 2.2, jumper, (0.5, 0.3, 0.2), 0.25, 39)
    surfaces += _person(0.42, -0.35, 2.9, coat, (0.26, 0.15, 0.1), -0.2, 40)
    lenses = TruthLens(2.2, 2.8), TruthLens(0.72, 2.0), TruthLens(2.9, 2.8, (0.03, 0.02, 0.0))
    lights = (Window(quad((-3, -3, -1), (1, -3.4, -1), (-3, -2.2, 2.2)), (2.6, 2.5, 2.3)),)
    return TruthScene("fence", 50, tuple(surfaces), lenses, lights, sky=(0.42, 0.46, 0.52))


def _person(x: float, y: float, z: float, cloth: np.ndarray, skin: Colour, yaw_rad: float, seed: int) -> list[Surface]:
    """Head, hair, a long coat and its sleeves; (x, y, z) is the middle of the head."""
    head = ellipsoid(0, 0, 0, (0.08, 0.112, 0.098)).turned(yaw_rad)
    hair = ellipsoid(0, -0.026, 0.026, (0.088, 0.104, 0.096)).turned(yaw_rad)
    neck = tube(np.array([[0, 0.06, 0.01], [0, 0.12, 0.015], [0, 0.2, 0.02]]), 0.048, 24)
    outline = curve(
        [(0.05, 0.17, 0), (0.14, 0.2, 0), (0.19, 0.27, 0), (0.175, 0.45, 0), (0.155, 0.62, 0), (0.22, 1.3, 0)], 60
    )
    coat = turned_on_lathe(outline[:, :2])
    coat = Shape(coat.vertices_m * [1, 1, 0.65], coat.normals, coat.uv, coat.triangles).turned(yaw_rad)
    sleeves, hands = [], []
    for side in (-1, 1):
        path = curve([(side * 0.12, 0.25, 0), (side * 0.21, 0.3, 0), (side * 0.27, 0.52, 0), (side * 0.24, 0.76, -0.1)])
        sleeves.append(tube(path, np.linspace(0.055, 0.042, 24), 24).turned(yaw_rad))
        hands.append(ellipsoid(side * 0.24, 0.8, -0.115, (0.035, 0.055, 0.03)).turned(yaw_rad))
    return [
        Surface(head.moved(x, y, z), textures.face(seed, skin)),
        Surface(hair.moved(x, y, z), textures.mottled(seed + 1, (0.07, 0.045, 0.03), 0.35)),
        Surface(joined(neck, *hands).moved(x, y, z), textures.mottled(seed + 2, skin, 0.08)),
        Surface(joined(coat, *sleeves).moved(x, y, z), cloth),
    ]


def night() -> TruthScene:
    """A dark street with lamps hundreds of times as bright as the picture's white."""
    random = np.random.default_rng(60)
    warm, cold, red, green = (1.0, 0.62, 0.26), (0.7, 0.85, 1.0), (1.0, 0.08, 0.04), (0.15, 1.0, 0.35)
    floor = 1.3
    surfaces = [
        Surface(
            quad((-6, floor, 60), (6, floor, 60), (-6, floor, 0.4)).repeated(3, 16),
            textures.mottled(61, (0.12, 0.12, 0.13), 0.3),
        ),
        Surface(quad((-3.4, -7, 1.5), (-3.4, -7, 45), (-3.4, floor, 1.5)).repeated(4, 1), textures.facade(62)),
        Surface(quad((3.4, -7, 45), (3.4, -7, 1.5), (3.4, floor, 45)).repeated(4, 1), textures.facade(63)),
        Surface(upright(0, -8, 60, 60, 30), textures.mottled(64, (0.1, 0.11, 0.16), 0.3)),
        Surface(box(1.25, 0.82, 6.5, 1.5, 0.9, 3.4, -0.06), textures.mottled(65, (0.3, 0.03, 0.03), 0.12)),
        Surface(box(1.25, 0.2, 6.7, 1.25, 0.5, 1.8, -0.06), textures.mottled(66, (0.03, 0.035, 0.045), 0.2)),
        Surface(
            tube(np.column_stack([np.full(20, 0.52), np.linspace(0.05, 1.3, 20), np.full(20, 2.0)]), 0.06, 30),
            textures.stripes(67, [(0.5, 0.08, 0.05), (0.55, 0.53, 0.5)], 7),
        ),
        Surface(ellipsoid(0.52, 0.05, 2.0, (0.075, 0.06, 0.075)), textures.mottled(68, (0.3, 0.3, 0.32), 0.2)),
    ]
    coat = textures.stripes(69, [(0.25, 0.2, 0.14), (0.12, 0.1, 0.09)], 34)
    surfaces += _person(-0.36, -0.05, 1.7, coat, (0.45, 0.28, 0.2), 0.3, 70)
    lamps, poles = [], []
    for side in (-1, 1):
        for number in range(5):
            z = 5.0 * 1.5**number + (1.2 if side > 0 else 0)
            x, y = side * 2.3, -1.5 - 0.04 * z
            lamps.append(Lamp((x, y, z), 0.07, _bright(warm, 420), lights_scene=0 < number < 4))
            poles.append(
                tube(np.column_stack([np.full(20, x), np.linspace(y, floor, 20), np.full(20, z + 0.06)]), 0.04, 20)
            )
    surfaces.append(Surface(joined(*poles), textures.mottled(71, (0.06, 0.06, 0.06), 0.2)))
    lamps += [Lamp((1.25 + dx, 0.85, 4.72 - 0.06 * dx), 0.05, _bright(red, 60)) for dx in (-0.62, 0.62)]
    for _ in range(22):
        z = random.uniform(12, 44)
        tone = (warm, cold, red, green)[int(random.integers(4))]
        place = (random.uniform(-0.24, 0.24) * z * 0.55, random.uniform(-1.2, 0.8), z)
        lamps.append(
            Lamp(place, random.uniform(0.03, 0.08), _bright(tone, random.uniform(60, 300)), lights_scene=False)
        )
    lenses = TruthLens(1.7, 1.4), TruthLens(6.0, 2.0), TruthLens(1.7, 2.0, (0.04, 0.02, 0.0))
    return TruthScene("night", 50, tuple(surfaces), lenses, lamps=tuple(lamps), sky=(0.055, 0.063, 0.09), bounces=1)


def _bright(tone: tuple[float, float, float], radiance: float) -> tuple[float, float, float]:
    return (tone[0] * radiance, tone[1] * radiance, tone[2] * radiance)
