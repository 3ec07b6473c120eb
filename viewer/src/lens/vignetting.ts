/** The barrel's rim: which part of the pupil a place away from the middle still sees (`relens.render.rim`). */

import type { ImagePupil, Pinhole } from "../scene/scene_info";
import type { LensSettings } from "../state/view";
import type { PupilSamples } from "./aperture";
import { pupilSamples } from "./aperture";

/** The part of the pupil's light that the rim lets places of the picture have. */
export interface Passed {
  /** Places to a side, evenly spaced, the first and the last on the picture's edges; linear in between. */
  readonly side: number;
  /** side x side parts, 0 to 1, row by row from the upper left. */
  readonly parts: Float64Array;
}

const PUPIL_POINTS = 4096;
const SIDE = 65;
/** Among so many first samples one is never cut. */
const FIRST_SAMPLES = 8;

/**
 * What vignetting leaves of a picture, counted over 4096 pupil points (or the image's own) as `relens.render.rim.passed`
 * does: on a grid of fields, since blades, a squeeze or an image make it differ between directions.
 */
export function passed(lens: LensSettings, pupil: ImagePupil | null, camera: Pinhole): Passed {
  const count = lens.image !== null && pupil !== null ? pupil.points.length / 2 : PUPIL_POINTS;
  const samples = pupilSamples(lens, pupil, 0, count);
  const columns = fields(camera.width_px, camera.cx_px, camera);
  const rows = fields(camera.height_px, camera.cy_px, camera);
  // What each point adds where the rim lets it in and takes away where it shuts it out, from left to right.
  const steps = new Float64Array(SIDE * (SIDE + 1));
  let whole = 0;
  for (let i = 0; i < count; i++) {
    const weight = (samples.weights[3 * i] + samples.weights[3 * i + 1] + samples.weights[3 * i + 2]) / 3;
    const [x, y] = [samples.points[2 * i], samples.points[2 * i + 1]];
    whole += weight;
    for (let row = 0; row < SIDE; row++) {
      const [begin, end] = litColumns(x, y, columns, rows[row], lens.cats_eye);
      if (begin >= end) continue;
      steps[row * (SIDE + 1) + begin] += weight;
      steps[row * (SIDE + 1) + end] -= weight;
    }
  }
  const parts = new Float64Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    let sum = 0;
    for (let column = 0; column < SIDE; column++) {
      sum += steps[row * (SIDE + 1) + column];
      parts[row * SIDE + column] = sum / whole;
    }
  }
  return { side: SIDE, parts };
}

/**
 * Whether the rim lets a pupil point (in pupil radii) be seen from a field position, the way from the principal point
 * over half the picture's diagonal.
 */
export function transmitted(x: number, y: number, fieldX: number, fieldY: number, cats_eye: number): boolean {
  return (x + cats_eye * fieldX) ** 2 + (y + cats_eye * fieldY) ** 2 <= 1;
}

/** Which of the first samples of a picture the rim never cuts, so that no pixel stays empty: that nearest the axis. */
export function neverCut(samples: PupilSamples): number {
  let nearest = 0;
  const away = (i: number): number => Math.hypot(samples.points[2 * i], samples.points[2 * i + 1]);
  for (let i = 1; i < Math.min(FIRST_SAMPLES, samples.points.length / 2); i++) if (away(i) < away(nearest)) nearest = i;
  return nearest;
}

function fields(extent_px: number, centre_px: number, camera: Pinhole): Float64Array {
  const half_px = Math.hypot(camera.width_px, camera.height_px) / 2;
  return Float64Array.from({ length: SIDE }, (_, i) => ((i * extent_px) / (SIDE - 1) - centre_px) / half_px);
}

/** The columns of a row from which a point is seen: from the first to before the second. */
function litColumns(
  x: number, y: number, columns: Float64Array, fieldY: number, cats_eye: number,
): readonly [number, number] {
  const left = 1 - (y + cats_eye * fieldY) ** 2;
  if (left < 0) return [0, 0];
  if (cats_eye === 0) return x * x <= left ? [0, SIDE] : [0, 0];
  const isLit = (i: number): boolean => transmitted(x, y, columns[i], fieldY, cats_eye);
  const spacing = columns[1] - columns[0];
  const column = (edge: number): number => ((edge - x) / cats_eye - columns[0]) / spacing;
  // The square root may be off in its last digit, the test decides.
  let begin = inside(Math.floor(column(-Math.sqrt(left))) - 1);
  let end = inside(Math.ceil(column(Math.sqrt(left))) + 2);
  while (begin < end && !isLit(begin)) begin++;
  while (end > begin && !isLit(end - 1)) end--;
  return [begin, end];
}

function inside(column: number): number {
  return Math.min(SIDE, Math.max(0, column));
}
