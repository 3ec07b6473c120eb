# type: ignore
# Warp's kernel language is not quite Python: its arrays hold structs.
"""What CUDA kernels are handed: the scene on the device, the picture to take, and how each tile is taken."""

import warp as wp

TILE_PX = 16
LEVELS = 8  # atlas.LEVELS
BLOCK_SHIFT = 4  # log2 of atlas.BLOCK_PX
OPAQUE = 1.0e-4  # a ray with less than this left to see is done
FAR = 1.0e30
RAYS = 3  # vectors of a tile and view that hold its rays; one for each layer follows
NOTHING, MANY = -1, -2  # modes of a tile in a view; from 0 on: that layer alone, gentle and opaque


@wp.struct
class DeviceScene:
    """`relens.render.atlas.Atlas` on the device; offsets into `texels` count texels."""

    texels: wp.array[wp.vec4]
    inverse_depth: wp.array[wp.float32]
    depth_bounds: wp.array[wp.vec4]  # least and greatest inverse depth, least and greatest alpha of a block
    step_bounds: wp.array[wp.vec4]  # least and greatest step of inverse depth along rows and along columns
    crop: wp.array[wp.vec4i]  # of a layer: left, top, width, height
    depth_offset: wp.array[wp.int32]
    levels: wp.array[wp.vec4i]  # LEVELS of a layer: offset, width, height, 0
    blocks: wp.array[wp.vec4i]  # likewise
    depth_range: wp.array[wp.vec2]


@wp.struct
class Shot:
    """What does not change within a picture. Views: the pinhole's, then the block's, then those that bound them."""

    matrix: wp.array[wp.mat33d]
    origin: wp.array[wp.vec3d]
    weight: wp.array[wp.vec4]
    pupil: wp.array[wp.vec4]  # x, y, dither of the prefiltering, 0
    photo: wp.vec4d  # fx, fy, cx, cy
    focus: wp.vec4  # plane of focus by column, row and 1, and how far off it a colour may focus
    rim: wp.vec3  # field position by column and row, times the cat's-eye; see relens.render.rim
    width: wp.int32
    height: wp.int32
    first: wp.int32  # samples of the sequence that earlier blocks have taken
    block: wp.int32  # samples of this block, 0 to take the pinhole's view alone
    a_sample: wp.int32  # views of a sample
    bounding: wp.int32  # views that bound the others: four for each station of the camera
    blur_px_m: wp.float32  # blur disc for each 1/m
    eye_z: wp.float32  # how far the eye moved forward
    samples_a_px2: wp.float32  # samples for each square pixel of blur
    spread_px: wp.int32  # how far colours lie apart, at most


@wp.struct
class TilePlan:
    """How a tile is taken: `views` of them, from `first_view` on."""

    views: wp.int32
    first_view: wp.int32
    count: wp.int32
    alone: wp.int32  # the one layer, opaque, that the whole pupil may meet; else -1
    blur_px: wp.float32
    focus_least: wp.float32
    focus_greatest: wp.float32
    footprint_share: wp.float32  # of the blur disc's diameter: the side of a square of one sample's area


@wp.struct
class Ray:
    """A ray (x + w sx, y + w sy) in the photo's texels, and what is needed to know its footprint."""

    x: wp.float32
    y: wp.float32
    sx: wp.float32
    sy: wp.float32
    dither: wp.float32


@wp.func
def blur_px_of(w: float, eye_z: float, focus_least: float, focus_greatest: float, blur_px_m: float):
    """Circle of confusion of inverse depth w in the photo's frame, as the moved camera has it."""
    seen = w / wp.max(1.0 - w * eye_z, 1.0e-3)
    return wp.max(0.0, wp.max(seen - focus_least, focus_greatest - seen)) * blur_px_m
