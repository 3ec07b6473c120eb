/**
 * The pupil: its outline, inscribed in the circle of the entrance pupil's diameter, and samples of it
 * (`relens.Aperture`).
 *
 * Convention: points are in units of the pupil's radius, +x image right, +y down, x and y one after the other.
 */

import type { ImagePupil } from "../scene/scene_info";
import type { LensSettings } from "../state/view";
import { unitSquare } from "./pupil_sequence";

/** Points of the pupil and what each counts for. */
export interface PupilSamples {
  /** x, y of each point. */
  readonly points: Float64Array;
  /** Red, green, blue of each point: transmission over sampling density; the expectation of each is 1. */
  readonly weights: Float64Array;
}

/** The settings that an image has taken up already: they do not change a pupil with one. */
export const SHAPED_BY_IMAGE: readonly (keyof LensSettings)[] = ["blades", "curvature", "profile"];

const RADIANS = Math.PI / 180;
const TURN = 2 * Math.PI;
/** Steps around the outline over which light is told apart. */
const STEPS = 4096;

/**
 * Points first, first + 1, ... of the pupil, spread as its transmission asks: `relens.Aperture.samples` with seed 0.
 *
 * The square is carried onto the disc by concentric rings (Shirley and Chiu, 1997), then area for area onto the
 * outline, the radius as the profile has it. With an image, the preset's own points are turned and squeezed; past the
 * last of them they come again from the first, so that whole rounds have the same mean.
 *
 * Throws RangeError where the lens has an image and there are no points of it.
 */
export function pupilSamples(
  lens: LensSettings, pupil: ImagePupil | null, first: number, count: number,
): PupilSamples {
  if (lens.image !== null) {
    if (pupil === null || pupil.points.length === 0) throw new RangeError(`image=${lens.image}: expected its points`);
    return ofImage(lens, pupil, first, count);
  }
  const points = unitSquare(first, count);
  const angles = lens.blades === 0 ? null : evenAngles(lens);
  for (let i = 0; i < points.length; i += 2) {
    const [angle, area] = onDisc(2 * points[i] - 1, 2 * points[i + 1] - 1);
    const turned = angles === null ? angle : angles(angle / TURN);
    const radius = Math.sqrt(profiled(area, lens.profile)) * outlineRadius(lens, turned);
    points[i] = (radius * Math.cos(turned)) / lens.squeeze;
    points[i + 1] = radius * Math.sin(turned);
  }
  return { points, weights: new Float64Array(3 * count).fill(1) };
}

/**
 * Radius of the unsqueezed outline at a polar angle, in units of the pupil's radius.
 *
 * A blade is a straight edge whose radius is raised towards the circle by `curvature`: r = (1 - k) cos(pi/n) / cos(phi)
 * + k, phi the angle from the middle of the blade.
 */
export function outlineRadius(lens: LensSettings, angle_rad: number): number {
  if (lens.blades === 0) return 1;
  const sector = TURN / lens.blades;
  const phi = modulo(angle_rad - lens.rotation_deg * RADIANS, sector) - sector / 2;
  return ((1 - lens.curvature) * Math.cos(sector / 2)) / Math.cos(phi) + lens.curvature;
}

/**
 * The outline as a closed polygon of at least `count` points, x, y one after the other, corners of blades among them.
 *
 * Of a pupil with an image it is the outline of what the image lies within.
 */
export function outline(lens: LensSettings, count: number): Float64Array {
  const blades = Math.max(1, lens.blades);
  const total = Math.ceil(count / blades) * blades;
  const points = new Float64Array(2 * total);
  for (let i = 0; i < total; i++) {
    const angle = lens.rotation_deg * RADIANS + (TURN * i) / total;
    const radius = outlineRadius(lens, angle);
    points[2 * i] = (radius * Math.cos(angle)) / lens.squeeze;
    points[2 * i + 1] = radius * Math.sin(angle);
  }
  return points;
}

/**
 * The outline that a place of the picture sees past the barrel's rim, |p + cats_eye field| <= 1.
 *
 * `field` is the way from the principal point over half the diagonal: (0, 0) in the middle, of length 1 at the corner;
 * farther counts as the corner. Source: Nasse, Depth of Field and Bokeh, Carl Zeiss 2010, "mechanical vignetting".
 */
export function catsEyeOutline(lens: LensSettings, field: readonly [number, number], count: number): Float64Array {
  const points = outline(lens, count);
  const cut = lens.cats_eye / Math.max(1, Math.hypot(field[0], field[1]));
  const [ox, oy] = [cut * field[0], cut * field[1]];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    const far = Math.hypot(x, y);
    // How far the rim lets this way from the middle go.
    const along = (x * ox + y * oy) / far;
    const rim = Math.max(0, Math.sqrt(Math.max(0, along * along - ox * ox - oy * oy + 1)) - along);
    const shorter = Math.min(1, rim / far);
    points[i] = x * shorter;
    points[i + 1] = y * shorter;
  }
  return points;
}

function ofImage(lens: LensSettings, pupil: ImagePupil, first: number, count: number): PupilSamples {
  const given = pupil.points.length / 2;
  const [cos, sin] = [Math.cos(lens.rotation_deg * RADIANS), Math.sin(lens.rotation_deg * RADIANS)];
  const points = new Float64Array(2 * count);
  const weights = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const from = (first + i) % given;
    const [x, y] = [pupil.points[2 * from], pupil.points[2 * from + 1]];
    points[2 * i] = (x * cos - y * sin) / lens.squeeze;
    points[2 * i + 1] = x * sin + y * cos;
    for (let channel = 0; channel < 3; channel++) weights[3 * i + channel] = pupil.weights[3 * from + channel]!;
  }
  return { points, weights };
}

/** A point of the square from -1 to 1 as the angle of its point on the disc, and the part of the disc within it. */
function onDisc(x: number, y: number): readonly [number, number] {
  const wide = Math.abs(x) > Math.abs(y);
  const radius = wide ? x : y;
  if (radius === 0) return [0, 0];
  const angle = wide ? (Math.PI / 4) * (y / x) : Math.PI / 2 - (Math.PI / 4) * (x / y);
  return [modulo(radius < 0 ? angle + Math.PI : angle, TURN), radius * radius];
}

/** The squared radius within which a part of the light lies, T = 1 + profile (2 r^2 - 1). */
function profiled(share: number, profile: number): number {
  if (profile === 0) return share;
  // Within s = r^2 lies the light (1 - p) s + p s^2; solved for s, in a form that is right for small p too.
  const root = Math.sqrt((1 - profile) ** 2 + 4 * profile * share);
  return (2 * share) / Math.max(1 - profile + root, 1e-300);
}

/** From an even angle, as a share of a turn, to the outline's: the cumulative area over the angle, inverted. */
function evenAngles(lens: LensSettings): (share: number) => number {
  const cumulative = new Float64Array(STEPS + 1);
  for (let i = 0; i < STEPS; i++) {
    cumulative[i + 1] = cumulative[i] + outlineRadius(lens, (TURN * (i + 0.5)) / STEPS) ** 2;
  }
  const whole = cumulative[STEPS];
  return (share) => {
    const wanted = share * whole;
    let [low, high] = [0, STEPS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] <= wanted) low = middle;
      else high = middle;
    }
    const into = (wanted - cumulative[low]) / (cumulative[low + 1] - cumulative[low]);
    return (TURN * (low + into)) / STEPS;
  };
}

/** The remainder with the sign of the divisor. */
function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}
