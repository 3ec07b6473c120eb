"""Photographs of docs/how: the path of a picture, pupils, where samples go, layers, an edit."""

import math
from pathlib import Path

import numpy as np
from sample import (
    grey,
    half_photo,
    half_scene,
    over_checks,
    portrait_lens,
    save_sheet,
)

from relens import Camera, Intrinsics, Layer, Lens, Scene, shoot
from relens.aperture import Aperture
from relens.explain.contact_sheet import Tile
from relens.explain.depth_preview import depth_preview
from relens.render.focus import background_depth_m, subject_depth_m, visible_inverse_depth


def path(folder: Path) -> None:
    """The path of a picture: photo, depth, matte, what is behind, and two photographs."""
    photo, subject = half_photo(), half_scene()
    lens = portrait_lens(subject)
    face_m, wall_m = subject_depth_m(subject), background_depth_m(subject)
    frame = (slice(subject.border_px, -subject.border_px),) * 2
    alpha = 1 - np.prod([1 - layer.rgba[frame][..., 3] for layer in subject.layers if "subject" in layer.name], axis=0)
    # What is left when the person is taken away.
    behind = np.zeros_like(subject.layers[-1].rgba)
    for layer in [one for one in subject.layers if "subject" not in one.name]:
        behind += (1 - behind[..., 3:]) * layer.rgba
    taken = shoot(subject, lens, samples=128)
    beside = shoot(subject, lens, camera=subject.camera.moved(x_m=0.04), samples=128)
    tiles = [
        Tile(photo.linear, "1. photo", f"linear light, fx = {photo.intrinsics.fx_px:.0f} px"),
        Tile(depth_preview(visible_inverse_depth(subject)), "2. depth", f"face {face_m:.2f} m, wall {wall_m:.2f} m"),
        Tile(grey(alpha), "3. matte", "soft at hair"),
        Tile(over_checks(behind[frame]), "4. layers", f"{len(subject.layers)}; here what is behind him"),
        Tile(taken.linear, "5. photograph", "85 mm f/1.4 on the face"),
        Tile(beside.linear, "and from elsewhere", "4 cm to the right"),
    ]
    save_sheet(folder / "path.jpg", tiles, 6, 236)


def _dot(aperture: Aperture, corner: bool = False, axial_colour: float = 0, lateral_colour: float = 0) -> np.ndarray:
    """The blur of one bright point, 96 px across, in the picture's middle or corner; the light of it adds up to one."""
    size, border, fx_px, blur_px = 128, 64, 400.0, 96.0
    middle = size / 2
    # The field position is the way from the principal point over half the diagonal: this is the lower right corner.
    c_px = middle - (size / math.sqrt(2) / math.sqrt(2) if corner else 0)
    k = Intrinsics(fx_px, fx_px, c_px, c_px, size, size)
    row, column = np.mgrid[-border : size + border, -border : size + border] + 0.5
    spot = np.exp(-0.5 * ((row - middle) ** 2 + (column - middle) ** 2) / 2.4**2)
    light = spot / spot.sum() * 0.40 * math.pi / 4 * blur_px**2
    rgba = np.dstack([np.repeat(light[..., None], 3, axis=2), np.ones_like(light)]).astype(np.float32)
    pupil_m = blur_px / (fx_px * 0.5)
    scene = Scene(Camera(k), (Layer("dark", rgba, np.full(light.shape, 0.5, np.float32)),), border)
    lens = Lens(500, 0.5 / pupil_m, 1.0, aperture, axial_colour=axial_colour, lateral_colour=lateral_colour)
    picture = shoot(scene, lens, samples=8192)
    return picture.linear


def apertures(folder: Path) -> None:
    """What one point of light becomes out of focus, for several pupils and colour errors."""
    up = -math.pi / 2
    tiles = [
        Tile(_dot(Aperture()), "disc", "blades 0"),
        Tile(_dot(Aperture(blades=6, rotation_rad=up)), "6 straight blades", "curvature 0"),
        Tile(_dot(Aperture(blades=8, rotation_rad=up, curvature=0.6)), "8 curved blades", "curvature 0.6"),
        Tile(_dot(Aperture(squeeze=2.0)), "anamorphic", "squeeze 2"),
        Tile(_dot(Aperture(cats_eye=0.6), corner=True), "cat's eye, corner", "0.6 pupil radii"),
        Tile(_dot(Aperture(profile=0.9)), "soap bubble", "profile +0.9"),
        Tile(_dot(Aperture(profile=-0.9)), "creamy", "profile -0.9"),
        Tile(_dot(Aperture(), axial_colour=0.02), "axial colour", "2 %"),
        Tile(_dot(Aperture(), corner=True, lateral_colour=0.02), "lateral colour, corner", "2 %"),
        Tile(_dot(Aperture(blades=5, rotation_rad=up, profile=0.5)), "5 blades and profile", "+0.5"),
    ]
    save_sheet(folder / "apertures.jpg", tiles, 5, 240)


def samples(folder: Path) -> None:
    """Where the engine spends its samples: the picture, its circle of confusion, its sample count."""
    subject = half_scene()
    picture = shoot(subject, portrait_lens(subject, 8), samples=128)
    coc, count = picture.coc_px, picture.sample_count
    most = float(np.nanmax(coc))
    steps = np.log2(np.maximum(count, 1)) / math.log2(128)
    tiles = [
        Tile(picture.linear, "85 mm f/8 on the face", "at most 128 samples a pixel"),
        Tile(grey(np.nan_to_num(coc) / most), "circle of confusion", f"black 0, white {most:.0f} px"),
        Tile(grey(steps), "samples taken", f"black 1, white {count.max()}; mean {count.mean():.0f}"),
    ]
    save_sheet(folder / "samples.jpg", tiles, 3, 400)


def layers(folder: Path) -> None:
    """All layers of the sample portrait, front to back, with the border that the photo does not show."""
    subject = half_scene()
    tiles = []
    for layer in subject.layers:
        seen = layer.rgba[..., 3] > 0.5
        near, far = (1 / np.quantile(layer.inverse_depth[seen], share) for share in (0.98, 0.02))
        words = f"{near:.2f} to {far:.2f} m, {seen.mean():.0%} of the grid"
        tiles.append(Tile(over_checks(layer.rgba), layer.name, words))
    save_sheet(folder / "layers.jpg", tiles, min(len(tiles), 4), 300)


def edit(folder: Path) -> None:
    """An edit of the wall's page: the page before and after, the picture from elsewhere, and the tiles shot again."""
    from relens.edit import Paint, Where
    from relens.render.retake import retake, take

    subject = half_scene()
    lens, camera = portrait_lens(subject), subject.camera.moved(x_m=0.03)
    # A stroke up the wall beside the head; what the head hides of the wall takes part.
    stroke = Where(brush_px=((905, 330), (905, 760)), radius_px=75)
    edited = Paint("#c04020", where=stroke)(subject)
    before = take(subject, lens, camera=camera, samples=64)
    after = retake(before, edited)
    changed = (before.picture.linear != after.picture.linear).any(axis=-1)
    page = max(subject.layers, key=lambda one: np.abs(one.rgba - edited.canonical[one.name]).sum()).name
    tiles = [
        Tile(over_checks(subject.canonical[page]), f"page {page}", "what the head hides is on it"),
        Tile(over_checks(edited.canonical[page]), "one stroke beside the head", "painted behind it, too"),
        Tile(after.picture.linear, "3 cm to the right, f/1.4", f"{after.reshot:.0%} of the tiles shot again"),
        Tile(grey(changed.astype(np.float32) * 0.9), "pixels that changed", f"white: {changed.mean():.0%}"),
    ]
    save_sheet(folder / "edit.jpg", tiles, 4, 340)


FIGURES = {"path": path, "apertures": apertures, "samples": samples, "layers": layers, "edit": edit}
