"""Pictures of docs/limits.md: each shows a failure as it is, beside what should be there where that is known."""

from pathlib import Path

import numpy as np
from sample import (
    SEATED,
    SELFIE,
    crop,
    enlarged,
    grey,
    half_photo,
    half_scene,
    over_checks,
    portrait_lens,
    save_sheet,
)

from relens import Camera, Intrinsics, Layer, Lens, Photo, Scene, find_depth, shoot
from relens.explain.contact_sheet import Tile
from relens.explain.depth_preview import depth_preview
from relens.explain.reduce import reduced
from relens.photo.highlights import recover_highlights
from relens.render.focus import background_depth_m, visible_inverse_depth

_EAR = (230, 700, 530, 1000)
_CHEEK = (250, 430, 850, 1030)


def wall(folder: Path) -> None:
    """The portrait prior's guess of the wall against the phone's measurement, and how unsure it says it is."""
    photo = half_photo(SELFIE)
    phone = find_depth(photo, "phone").inverse_depth
    prior = find_depth(photo, "portrait")
    guess = prior.inverse_depth
    near_m, far_m = (float(1 / np.quantile(plane, 0.1)) for plane in (phone, guess))
    assert prior.uncertainty is not None
    unsure = np.nan_to_num(prior.uncertainty)
    import cv2

    measured = cv2.resize(phone, guess.shape[::-1], interpolation=cv2.INTER_LINEAR)
    off = np.abs(np.log(np.maximum(measured, 1e-3) / np.maximum(guess, 1e-3)))
    tiles = [
        Tile(photo.linear, "photo", "iPhone 14, with measured depth"),
        Tile(depth_preview(phone), "phone", f"far end at {near_m:.2f} m"),
        Tile(depth_preview(guess), "portrait prior", f"a plain wall at {far_m:.2f} m, a guess"),
        Tile(grey(off / 0.7), "off by", "white: a factor of 2"),
        Tile(grey(unsure / 0.7), "says it may be off by", "white: a factor of 2"),
    ]
    save_sheet(folder / "wall.jpg", tiles, 5, 280)


def ear(folder: Path) -> None:
    """A phone's coarse depth puts parts of an ear before the face; they are sharp where the ear should be soft."""
    photo, scene = half_photo(SEATED), half_scene(SEATED)
    assert photo.embedded_depth is not None
    raw = photo.embedded_depth.inverse_depth
    scale = raw.shape[1] / photo.width_px
    box = tuple(round(edge * scale) for edge in _EAR)
    depth = visible_inverse_depth(scene)
    lens = portrait_lens(scene)
    taken = shoot(scene, lens, samples=256)
    coc = crop(taken.coc_px, _EAR)
    size = f"{raw.shape[1]} x {raw.shape[0]} for the whole photo"
    blur = f"blur {np.nanmin(coc):.0f} to {np.nanmax(coc):.0f} px"
    tiles = [
        Tile(crop(photo.linear, _EAR), "photo", "an ear beside the jaw"),
        Tile(depth_preview(enlarged(crop(raw, box), 4)), "phone's depth", size),
        Tile(depth_preview(crop(depth, _EAR)), "as lifted", "snapped to the photo's edges"),
        Tile(crop(taken.linear, _EAR), f"85 mm f/1.4 at {lens.focus_distance_m:.2f} m", blur),
    ]
    save_sheet(folder / "ear.jpg", tiles, 4, 340)


def laid_bare(folder: Path) -> None:
    """A camera move far beyond what the scene was lifted for: repeated wall, torn border, stretched cheek."""
    scene = half_scene(SELFIE)
    lens = portrait_lens(scene, 16)
    tiles = [Tile(half_photo(SELFIE).linear, "photo", "")]
    for x_m in (0.03, 0.07, 0.15):
        taken = shoot(scene, lens, camera=scene.camera.moved(x_m=x_m), samples=64)
        unseen = 1 - float(taken.alpha.mean())
        caption = "within reach" if x_m < 0.07 else f"{'at' if x_m == 0.07 else 'twice'} the reach of 7 cm"
        shown = over_checks(np.dstack([taken.linear, taken.alpha]))
        tiles.append(Tile(shown, f"{x_m * 100:.0f} cm to the right", f"{caption}; {unseen:.1%} shows nothing"))
    save_sheet(folder / "laid-bare.jpg", tiles, 4, 340)


def stretched(folder: Path) -> None:
    """The side of a near face, which the photo saw at a slant, turned towards the camera."""
    scene = half_scene(SELFIE)
    lens = portrait_lens(scene, 16)
    face_m = lens.focus_distance_m
    tiles = []
    for x_m in (0.0, -0.06, -0.12):
        # The principal point follows, so that the face stays in the middle of the crop.
        from relens.render.sheared import sheared

        camera = sheared(scene.camera, x_m, 0.0, face_m)
        taken = shoot(scene, lens, camera=camera, samples=64)
        title = "from the photo's place" if x_m == 0 else f"from {-x_m * 100:.0f} cm to the left"
        angle = np.degrees(np.arctan2(-x_m, face_m))
        shown = over_checks(crop(np.dstack([taken.linear, taken.alpha]), _CHEEK))
        tiles.append(Tile(shown, title, f"{abs(angle):.0f} degrees round the face"))
    save_sheet(folder / "stretched.jpg", tiles, 3, 420)


def hair(folder: Path) -> None:
    """Loose hair: what the phone's matte keeps, what the face networks' mask keeps, and both before another wall."""
    from relens.matte.matte import cut_out

    photo = half_photo(SEATED)
    box = (560, 720, 960, 1120)
    tiles = [Tile(crop(photo.linear, box), "photo", "loose hair")]
    wall_colour = np.array([0.05, 0.18, 0.30], np.float32)
    for source, title in (("phone", "phone's matte"), ("people", "--matte people")):
        found = cut_out(photo, source)
        assert found.alpha is not None
        alpha = crop(found.alpha, box)
        own = photo.linear if found.foreground is None else found.foreground
        laid = crop(own, box) * alpha[..., None] + (1 - alpha[..., None]) * wall_colour
        share = f"{found.alpha.mean():.1%} of the photo"
        tiles += [Tile(grey(alpha), title, share), Tile(laid, "before a blue wall", title)]
    save_sheet(folder / "hair.jpg", tiles, 5, 280)


def baked(folder: Path) -> None:
    """The phone's own blur: with a pupil as small as can be, the wall is as soft as it was."""
    photo, scene = half_photo(SELFIE), half_scene(SELFIE)
    taken = shoot(scene, Lens(85, 128, background_depth_m(scene)), samples=16)
    far, near = (740, 60, 1100, 420), (420, 560, 780, 920)
    blur = f"blur {np.median(crop(taken.coc_px, far)):.1f} px: it stays soft"
    tiles = [
        Tile(crop(photo.linear, near), "the face, photo", "every pore"),
        Tile(crop(photo.linear, far), "the door frame, photo", "the phone's simulated f/4.5"),
        Tile(crop(taken.linear, far), "focused on it, f/128", blur),
    ]
    save_sheet(folder / "baked.jpg", tiles, 3, 380)


def _lights(peak: float) -> np.ndarray:
    """A dim wall with small lamps whose light is `peak` times white, linear."""
    rng = np.random.default_rng(7)
    height, width = 420, 560
    row, column = np.mgrid[0:height, 0:width] + 0.5
    light = (0.02 + 0.05 * row / height)[..., None] * np.array([1.0, 0.8, 0.6])
    for _ in range(16):
        x, y, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(1.2, 2.6)
        colour = np.array([1.0, rng.uniform(0.55, 0.9), rng.uniform(0.25, 0.7)])
        light += (np.exp(-0.5 * ((column - x) ** 2 + (row - y) ** 2) / size**2))[..., None] * peak * colour
    return light.astype(np.float32)


def clipped(folder: Path) -> None:
    """Lamps in the blur: of true light, of a photo that clipped them, and of a photo with its highlights raised."""
    light = _lights(24.0)
    height, width = light.shape[:2]
    k = Intrinsics.centred(560.0, width, height)

    def shot(linear: np.ndarray) -> np.ndarray:
        rgba = np.dstack([linear, np.ones((height, width), np.float32)])
        scene = Scene(Camera(k), (Layer("wall", rgba, np.full((height, width), 0.25, np.float32)),))
        return shoot(scene, Lens(135, 1.4, 1.0), samples=1024).linear

    photo = Photo(np.clip(light, 0, 1), k)
    tiles = [
        Tile(photo.linear, "the photo", "lamps 24 times brighter than white"),
        Tile(shot(light), "blurred, true light", "what a lens would have given"),
        Tile(shot(photo.linear), "blurred, clipped", "--highlights off"),
        Tile(shot(recover_highlights(photo, "auto").linear), "blurred, raised", "--highlights auto"),
    ]
    save_sheet(folder / "clipped.jpg", tiles, 4, 340)


def mirror(folder: Path) -> None:
    """A mirror: light comes from as far behind it as what it shows is before it; a depth map has the mirror itself."""
    face = reduced(half_photo(SELFIE).linear, 300)[40:400, ::-1]
    height, width, border = 480, 420, 40
    size = height + 2 * border, width + 2 * border
    row, column = np.indices(size)
    paper = 0.30 + 0.10 * ((row // 10 + column // 10) % 2)
    inside = np.zeros(size, bool)
    inside[border + 60 : border + 60 + face.shape[0], border + 60 : border + 60 + face.shape[1]] = True
    around = np.zeros(size, bool)
    around[border + 44 : border + 76 + face.shape[0], border + 44 : border + 76 + face.shape[1]] = True
    room = np.repeat(paper[..., None], 3, axis=2) * [1.0, 0.85, 0.6]
    room[around] = [0.16, 0.07, 0.03]
    shown = np.full((*size, 3), 0.4)
    shown[border + 60 : border + 60 + face.shape[0], border + 60 : border + 60 + face.shape[1]] = face
    k = Intrinsics.centred(520.0, width, height)
    whole = room.copy()
    whole[inside] = shown[inside]

    def layer(name: str, colour: np.ndarray, alpha: np.ndarray, z_m: float) -> Layer:
        rgba = np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)
        return Layer(name, rgba, np.full(size, 1 / z_m, np.float32))

    one = np.ones(size)
    truth = Scene(Camera(k), (layer("wall", room, ~inside * 1.0, 1.0), layer("reflected", shown, one, 2.2)), border)
    believed = Scene(Camera(k), (layer("wall", whole, one, 1.0),), border)
    lens = Lens(85, 2.8, 1.0)
    tiles = [
        Tile(whole[border:-border, border:-border].astype(np.float32), "the photo", "a mirror on a wall at 1 m"),
        Tile(shoot(truth, lens, samples=256).linear, "what a lens sees", "focus 1 m; the face is at 2.2 m"),
        Tile(shoot(believed, lens, samples=256).linear, "what relens gives", "all at the mirror's 1 m"),
    ]
    save_sheet(folder / "mirror.jpg", tiles, 3, 380)


def moving(folder: Path) -> None:
    """Motion blur is of the camera alone: everything streaks by its parallax, and nobody in the photo moves."""
    from relens.moving_camera import MovingCamera
    from relens.progress import silent
    from relens.render.choose import open_engine
    from relens.render.engine import SampleBlock
    from relens.render.sheared import sheared

    scene = half_scene(SELFIE)
    lens = portrait_lens(scene, 8)
    engine = open_engine(scene, "cpu")

    def shot(first: Camera, last: Camera) -> np.ndarray:
        return engine.render(MovingCamera(first, last), lens, SampleBlock(0, 128, 0), None, silent).rgba[..., :3]

    camera, face_m = scene.camera, lens.focus_distance_m
    slid = shot(camera.moved(x_m=-0.005), camera.moved(x_m=0.005))
    followed = shot(*(sheared(camera, x_m, 0.0, face_m) for x_m in (-0.02, 0.02)))
    tiles = [
        Tile(half_photo(SELFIE).linear, "photo", ""),
        Tile(slid, "the camera slides by 1 cm", "the near face streaks most"),
        Tile(followed, "4 cm, kept on the face", "the wall streaks"),
    ]
    save_sheet(folder / "moving.jpg", tiles, 3, 400)


FIGURES = {
    "wall": wall, "ear": ear, "laid-bare": laid_bare, "stretched": stretched, "hair": hair, "baked": baked,
    "clipped": clipped, "mirror": mirror, "moving": moving,
}  # fmt: skip
