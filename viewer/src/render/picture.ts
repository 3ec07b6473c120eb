/** Picture: everything the shaders need to know of one view. */

import { lensViews, pinholeView, type Channel } from "../camera/lens_views";
import type { Taken } from "../camera/taking";
import { column } from "../camera/vectors";
import type { PupilSamples } from "../lens/aperture";
import { channelFocusPerM, hasColourError, pupilDiameterM, sharpLimitPx, transmittance } from "../lens/lens";
import { passed } from "../lens/vignetting";
import type { ImagePupil, Pinhole } from "../scene/scene_info";
import type { InFocus, TileRequest } from "../scene/tiles";
import type { Vec3 } from "../state/view";
import { focusInCamera, lensSamples, type LensSamples } from "./lens_samples";

/** Lens samples of a converged picture; with each read as wide as its share of the blur, more look the same. */
export const SAMPLES = 128;
/** Pupils that an image shapes take all samples, since only all together are of the image's colour. */
const FEWEST = 8;
const AT_ONE_A_PX2 = 128;
/** Pupil points, in radii, whose rays bound all others; the middle for the pinhole of overlays. */
const CORNERS: PupilSamples = { points: Float64Array.of(-1, -1, 1, -1, -1, 1, 1, 1), weights: new Float64Array(12).fill(1) };
/** Around a ray colours are read two levels' texels wide, each its share of the blur: of the whole, when few samples are taken. */
const WIDEST_SHARE = 0.72;

export interface Picture {
  readonly taken: Taken;
  readonly samples: LensSamples;
  readonly focus: InFocus;
  /** The principal point, and how far a pixel beside it moves the barrel's rim, in pupil radii. */
  readonly field: Vec3;
  /** Texels of the scene's level for each pixel. */
  readonly texels: number;
  /** Texels of blur, and pixels, for each 1/m out of focus. */
  readonly blur_px_m: number;
  readonly coc_px_m: number;
  readonly sharp_px: number;
  /** Matrix from (column, row, 1) to the pinhole's ray, row by row. */
  readonly pinhole: Float64Array;
  /** Samples for each square pixel of a tile's blur, and the fewest it takes. */
  readonly needed: readonly [number, number];
  /** Exposure and glass. */
  readonly gain: number;
  /** What the barrel's rim lets through on a square grid, where the lens shows it. */
  readonly passed: { readonly side: number; readonly parts: Float64Array } | null;
}

/** level: the photo's camera on the grid of the scene's level. */
export function pictureOf(taken: Taken, pupil: ImagePupil | null, level: Pinhole, exposure_ev: number): Picture {
  const { camera, lens } = taken;
  const half_px = Math.hypot(camera.width_px, camera.height_px) / 2;
  return {
    taken,
    samples: lensSamples(taken, pupil, SAMPLES),
    focus: {
      plane: focusInCamera(taken), axis: column(taken.rotation, 2), ahead_m: taken.eye_m[2], off: Math.abs(channelFocusPerM(lens)[0]),
    },
    field: [camera.cx_px, camera.cy_px, lens.cats_eye / half_px],
    texels: level.fx_px / camera.fx_px,
    blur_px_m: level.fx_px * pupilDiameterM(lens),
    coc_px_m: camera.fx_px * pupilDiameterM(lens),
    sharp_px: sharpLimitPx(camera.width_px, camera.height_px),
    pinhole: pinholeView(taken).direction,
    needed: lens.image === null ? [SAMPLES / AT_ONE_A_PX2, FEWEST] : [0, SAMPLES],
    gain: transmittance(lens) * 2 ** exposure_ev,
    passed: lens.vignetting && lens.cats_eye > 0 ? passed(lens, pupil, camera) : null,
  };
}

/** What bounds the rays of a picture's tiles. level: as above. */
export function tileRequest(picture: Picture, level: Pinhole): TileRequest {
  const { taken } = picture;
  const channels: readonly Channel[] = hasColourError(taken.lens) ? [0, 1, 2] : [1];
  const views = channels.map((channel) => lensViews(taken, CORNERS, channel));
  return {
    views: {
      direction: Float64Array.from(views.flatMap((view) => [...view.direction])),
      origin_m: Float64Array.from(views.flatMap((view) => [...view.origin_m])),
    },
    width_px: taken.camera.width_px,
    height_px: taken.camera.height_px,
    photo: [level.fx_px, level.fy_px, level.cx_px, level.cy_px],
    focus: picture.focus,
    coc_px_m: picture.coc_px_m,
    reads_px_m: WIDEST_SHARE * picture.blur_px_m,
    reads_px: 2 + 2 * picture.texels,
  };
}
