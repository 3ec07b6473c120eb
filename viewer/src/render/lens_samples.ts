/** Lens samples of one picture, as the accumulate shader takes them. */

import { lensViews, type Channel } from "../camera/lens_views";
import type { Taken } from "../camera/taking";
import { pupilSamples } from "../lens/aperture";
import { focusGradientPerM, focusInverseM, hasColourError } from "../lens/lens";
import { neverCut } from "../lens/vignetting";
import type { ImagePupil } from "../scene/scene_info";
import type { Vec3 } from "../state/view";

/** A pupil point that the barrel's rim never cuts. */
const UNCUT = 1e4;

export interface LensSamples {
  readonly count: number;
  readonly channels: 1 | 3;
  /** By sample and channel: nine numbers, column by column, as the card has matrices. */
  readonly direction: Float32Array;
  readonly origin_m: Float32Array;
  /** By sample: red, green, blue. */
  readonly weight: Float32Array;
  /** By sample: pupil radii. */
  readonly pupil: Float32Array;
}

/** The first `count` samples of the pupil's sequence. */
export function lensSamples(taken: Taken, pupil: ImagePupil | null, count: number): LensSamples {
  const samples = pupilSamples(taken.lens, pupil, 0, count);
  const found = samples.points.length / 2;
  const channels: readonly Channel[] = hasColourError(taken.lens) ? [0, 1, 2] : [1];
  const direction = new Float32Array(9 * found * channels.length);
  const origin_m = new Float32Array(3 * found * channels.length);
  channels.forEach((channel, number) => {
    const views = lensViews(taken, samples, channel);
    for (let i = 0; i < found; i++) {
      const at = i * channels.length + number;
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < 3; column++) direction[9 * at + 3 * column + row] = views.direction[9 * i + 3 * row + column];
      }
      origin_m.set(views.origin_m.subarray(3 * i, 3 * i + 3), 3 * at);
    }
  });
  const points = Float32Array.from(samples.points);
  if (found) points.fill(UNCUT, 2 * neverCut(samples), 2 * neverCut(samples) + 2);
  return {
    count: found, channels: channels.length === 3 ? 3 : 1, direction, origin_m, weight: Float32Array.from(samples.weights), pupil: points,
  };
}

/** Inverse depth of the plane of focus, from the camera, as a linear function of (column, row, 1) of the picture. */
export function focusInCamera(taken: Taken): Vec3 {
  const [gx, gy] = focusGradientPerM(taken.lens);
  const { fx_px, fy_px, cx_px, cy_px } = taken.camera;
  return [gx / fx_px, gy / fy_px, focusInverseM(taken.focus_distance_m) - (gx * cx_px) / fx_px - (gy * cy_px) / fy_px];
}
