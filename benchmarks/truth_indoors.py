"""Truth for refocusing, indoors: a room of many depths, see-through leaves, a head with thin hairs."""

import numpy as np
import truth_textures as textures
from truth_scene import Surface, TruthLens, TruthScene, Window
from truth_shapes import box, curve, ellipsoid, joined, quad, ribbon, sheet, tube, turned_on_lathe, upright

_GREY = (0.6, 0.6, 0.6)
_BOOKS = (0.1, 0.2, 0.14), (0.4, 0.08, 0.06), (0.08, 0.12, 0.3)


def interior() -> TruthScene:
    """A room: a laid table close by, columns behind one another, a picture on the far wall, boards running away."""
    left, right, floor, ceiling, back = -1.75, 1.75, 0.85, -1.4, 6.4
    room = [
        Surface(
            quad((left, floor, back), (right, floor, back), (left, floor, 0.2)).repeated(1, 1.6), textures.planks(1)
        ),
        Surface(
            quad((left, ceiling, back), (right, ceiling, back), (left, floor, back)).repeated(2, 1.4),
            textures.mottled(2, (0.42, 0.36, 0.26), 0.1),
        ),
        Surface(
            quad((left, ceiling, 0.2), (left, ceiling, back), (left, floor, 0.2)).repeated(3, 1),
            textures.stripes(3, [(0.45, 0.32, 0.2), (0.14, 0.2, 0.26), (0.5, 0.45, 0.36)], 12),
        ),
        Surface(
            quad((right, ceiling, back), (right, ceiling, 0.2), (right, floor, back)).repeated(2.4, 1),
            textures.bricks(4),
        ),
        Surface(quad((left, ceiling, 0.2), (right, ceiling, 0.2), (left, ceiling, back)), textures.mottled(5, _GREY)),
        Surface(upright(0.42, -0.45, back - 0.03, 1.5, 1.1), textures.painting(6)),
        Surface(upright(-1.1, -0.35, back - 0.03, 0.8, 1.0), textures.painting(61)),
    ]
    marble = textures.mottled(7, (0.55, 0.5, 0.44), 0.16)
    for x, z in ((-0.55, 2.3), (0.98, 3.2), (-0.3, 4.5)):
        flutes = np.linspace(ceiling, floor, 60)
        shaft = tube(np.column_stack([np.full(60, x), flutes, np.full(60, z)]), 0.1 + 0.01 * flutes, 40)
        plinth = box(x, floor - 0.08, z, 0.36, 0.16, 0.36, 0.3)
        room.append(Surface(joined(shaft.repeated(3, 1), plinth), marble))
    top = 0.17
    cloth = textures.stripes(8, [(0.55, 0.12, 0.09), (0.62, 0.56, 0.46), (0.12, 0.16, 0.3), (0.62, 0.56, 0.46)], 28)
    table = [
        Surface(box(0.05, top + 0.015, 1.2, 0.8, 0.03, 0.62, 0.12).repeated(1, 1), cloth),
        Surface(
            joined(*(box(0.12 + x, 0.53, 1.25 + z, 0.05, 0.66, 0.05) for x in (-0.42, 0.3) for z in (-0.25, 0.22))),
            textures.planks(9),
        ),
    ]
    height = np.linspace(-0.2, 0, 40)
    belly = 0.022 + 0.035 * np.sin(np.pi * np.clip((height + 0.2) / 0.2, 0, 1) ** 1.4) + 0.006 * np.cos(25 * height)
    vase = turned_on_lathe(np.column_stack([belly, height]))
    table.append(Surface(vase.moved(-0.2, top, 1.1).repeated(6, 2), textures.stripes(10, [(0.1, 0.25, 0.4), _GREY], 3)))
    table.append(
        Surface(ellipsoid(0.1, top - 0.045, 0.98, (0.045, 0.045, 0.045)), textures.mottled(11, (0.6, 0.22, 0.04), 0.12))
    )
    table.append(
        Surface(ellipsoid(0.02, top - 0.055, 1.36, (0.055, 0.055, 0.055)), textures.mottled(12, (0.25, 0.4, 0.06)))
    )
    for number, (x, z, yaw) in enumerate(((0.3, 1.25, 0.5), (0.31, 1.24, 0.2), (0.3, 1.25, 0.9))):
        book = box(x, top - 0.017 - 0.034 * number, z, 0.17, 0.033, 0.13, yaw)
        table.append(
            Surface(book, textures.stripes(13 + number, [_BOOKS[number], (0.7, 0.66, 0.55), _BOOKS[number]], 6))
        )
    stems = [
        tube(
            curve([(-0.2, top - 0.15, 1.1), (-0.2 + 0.4 * dx, top - 0.3, 1.1), (-0.2 + dx, top - 0.4 - dy, 1.1 + dz)]),
            0.0025,
        )
        for dx, dy, dz in ((-0.1, 0.0, 0.05), (0.02, 0.08, -0.04), (0.11, 0.02, 0.02), (-0.03, 0.06, 0.08))
    ]
    table.append(Surface(joined(*stems), textures.mottled(16, (0.12, 0.22, 0.05))))
    blooms = [ellipsoid(0, 0, 0, (0.024, 0.018, 0.024)).moved(*stem.vertices_m[23]) for stem in stems]
    table.append(Surface(joined(*blooms), textures.mottled(17, (0.65, 0.18, 0.25), 0.25)))
    lights = (
        Window(
            quad((-1.0, ceiling + 0.02, 1.0), (1.0, ceiling + 0.02, 1.0), (-1.0, ceiling + 0.02, 2.6)), (3.0, 2.8, 2.4)
        ),
        Window(
            quad((1.0, ceiling + 0.02, 4.9), (-1.0, ceiling + 0.02, 4.9), (1.0, ceiling + 0.02, 3.7)), (5.0, 4.6, 4.2)
        ),
        Window(quad((-1.3, -0.9, -0.3), (0.1, -1.2, -0.5), (-1.3, 0.1, -0.3)), (2.2, 2.4, 2.8)),
    )
    lenses = TruthLens(1.1, 1.4), TruthLens(4.4, 2.0), TruthLens(2.1, 2.8, (0.04, -0.02, 0.02))
    return TruthScene("interior", 50, (*room, *table), lenses, lights, sky=(0.05, 0.05, 0.05), bounces=2)


def glass() -> TruthScene:
    """See-through leaves of opacity 0.3 to 0.7 and strands that fade at their sides, before papered walls."""
    random = np.random.default_rng(50)
    panes = []
    for number, (x, y, z, size, roll, colour) in enumerate(
        [
            (-0.12, -0.03, 0.95, 0.17, 0.5, (0.55, 0.2, 0.02)),
            (0.1, 0.05, 1.1, 0.2, -0.5, (0.12, 0.36, 0.04)),
            (0.0, -0.08, 1.4, 0.2, 1.3, (0.5, 0.05, 0.06)),
            (0.2, -0.08, 1.25, 0.16, 0.1, (0.08, 0.2, 0.5)),
            (-0.06, 0.09, 1.2, 0.15, -1.0, (0.5, 0.4, 0.03)),
        ]
    ):
        bend = np.linspace(-0.5, 0.5, 25)
        across, down = np.meshgrid(bend, bend)
        points = np.stack([size * across, size * down, 0.06 * size * np.cos(3 * across)], axis=-1)
        pane = sheet(points).turned(random.uniform(-0.3, 0.3), 0.1, roll).moved(x, y, z)
        panes.append(Surface(pane, textures.pane_leaf(51 + number, colour), is_foreground=True))
    strands = []
    for _ in range(34):
        z = random.uniform(0.9, 1.5)
        x = random.uniform(-0.22, 0.22) * z
        sway = random.normal(0, 0.02, 4)
        points = [(x + sway[k], (-0.2 + 0.13 * k) * z, z + 0.5 * sway[-1 - k]) for k in range(4)]
        strands.append(ribbon(curve(points, 40), z * random.uniform(0.8, 3.2) / 1209))
    strand = Surface(joined(*strands), textures.soft_strand((0.3, 0.22, 0.12)), is_foreground=True)
    behind = [
        Surface(quad((-1.2, -0.7, 3.2), (1.3, -0.7, 2.5), (-1.2, 0.75, 3.2)).repeated(1.3, 0.8), textures.posters(54)),
        Surface(
            ellipsoid(-0.26, 0.16, 2.1, (0.1, 0.1, 0.1)), textures.stripes(55, [(0.6, 0.5, 0.1), (0.1, 0.2, 0.4)], 14)
        ),
        Surface(box(0.34, 0.2, 2.2, 0.2, 0.3, 0.2, 0.5), textures.bricks(56, 6, 3)),
        Surface(quad((-1.2, 0.3, 3.4), (1.3, 0.3, 3.4), (-1.2, 0.36, 1.2)).repeated(2, 2), textures.planks(57)),
    ]
    lenses = TruthLens(1.0, 2.0), TruthLens(2.6, 2.8), TruthLens(1.45, 2.8, (-0.03, 0.02, 0.02))
    lights = (Window(quad((-1.7, -1.2, -0.7), (-0.4, -1.3, -0.9), (-1.7, 0.1, -0.5)), (9.0, 8.7, 8.0)),)
    return TruthScene("glass", 85, (*panes, strand, *behind), lenses, lights, sky=(0.35, 0.35, 0.38))


def rods() -> TruthScene:
    """A head of sorts with 160 hairs from 0.2 to 1.5 pixels wide, before a papered wall."""
    random = np.random.default_rng(80)
    middle, radii = np.array([-0.01, 0.02, 1.25]), np.array([0.075, 0.098, 0.085])
    head = ellipsoid(0, 0, 0, tuple(radii)).turned(0.2).moved(*middle)
    scalp = ellipsoid(0, -0.014, 0.016, tuple(radii * [1.05, 0.98, 1.05])).moved(*middle)
    hairs = []
    for _ in range(160):
        angle, lean = random.uniform(-2.3, 2.3), random.normal(0, 0.5)
        way = np.array([np.sin(angle), -np.cos(angle), np.sin(lean)])
        way /= np.linalg.norm(way)
        root = middle + 0.95 * radii * way
        length, curl = random.uniform(0.04, 0.12), random.normal(0, 0.5, 3)
        tip = root + length * way + 0.02 * curl + [0, 0.25 * length, 0]
        path = curve([root, root + 0.5 * length * way + 0.006 * curl[::-1], tip], 30)
        width_m = random.uniform(0.2, 1.5) * 1.25 / 1209
        hairs.append(tube(path, 0.5 * width_m * np.linspace(1, 0.6, 30), 8))
    neck = tube(middle + np.array([[0, 0.07, 0.01], [0, 0.13, 0.02], [0, 0.2, 0.03]]), 0.045, 30)
    surfaces = (
        Surface(head, textures.face(81, (0.5, 0.31, 0.22)), is_foreground=True),
        Surface(scalp, textures.mottled(82, (0.12, 0.06, 0.03), 0.35), is_foreground=True),
        Surface(joined(*hairs), textures.mottled(83, (0.2, 0.1, 0.045), 0.2), is_foreground=True),
        Surface(neck, textures.mottled(84, (0.5, 0.31, 0.22), 0.08), is_foreground=True),
        Surface(upright(0, 0, 2.5, 1.9, 1.3).repeated(1.2, 0.82), textures.posters(85)),
    )
    lenses = TruthLens(1.2, 2.0), TruthLens(2.5, 2.8), TruthLens(1.2, 2.8, (0.03, -0.02, 0.02))
    lights = (Window(quad((-1.8, -1.6, -0.3), (-0.4, -2.0, -0.5), (-1.8, -0.4, -0.3)), (5.5, 5.2, 4.8)),)
    return TruthScene("rods", 85, surfaces, lenses, lights, sky=(0.45, 0.47, 0.5))
