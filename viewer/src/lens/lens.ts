/**
 * The thin lens in real units: `relens.Lens` for the page, number by number.
 *
 * Convention: a focus distance is a z-distance from the camera that takes the picture, metres, Infinity allowed. A
 * camera whose image-side distance is fx pixels blurs a point at depth z into a disc of c = fx D |1/z - 1/F| pixels
 * across (docs/conventions.md). Colours come in the order red, green, blue.
 */

import type { LensSettings } from "../state/view";

/** The settings that are numbers. */
export type LensNumber = Exclude<keyof LensSettings, "breathing" | "vignetting" | "image">;

/** What a control for a number offers; `checkLens` says what a lens may be. */
export interface Range {
  readonly label: string;
  /** What stands behind the number; empty for none. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: number;
  /** Whether equal ways of a control are equal factors. */
  readonly logarithmic: boolean;
}

const DEGREES = 180 / Math.PI;
const MOST_TILT_RAD = 1.2;
/** The classic print criterion: a blur disc of 1/1500 of the picture's diagonal still looks sharp. */
const SHARP_FRACTION_OF_DIAGONAL = 1 / 1500;
const BLADES_EXPECTED = "0 for a disc, or 3 to 16";

/** Labels and ranges of the lens's controls. A T-stop starts at the f-number; 1 and 2 are no numbers of blades. */
export const RANGES: Readonly<Record<LensNumber, Range>> = {
  focal_length_mm: range("Focal length", "mm", 1, 2000, 1, 85, true),
  f_number: range("Aperture", "f/", 0.5, 128, 0.1, 1.4, true),
  blades: range("Blades", "", 0, 16, 1, 0),
  curvature: range("Blade curvature", "", 0, 1, 0.01, 0),
  rotation_deg: range("Blade rotation", "°", -180, 180, 1, 0),
  squeeze: range("Anamorphic squeeze", "×", 0.25, 4, 0.01, 1, true),
  profile: range("Creamy to bubbly", "", -1, 1, 0.01, 0),
  cats_eye: range("Cat's-eye", "", 0, 1, 0.01, 0),
  tilt_deg: range("Tilt", "°", -68, 68, 0.1, 0),
  swing_deg: range("Swing", "°", -68, 68, 0.1, 0),
  axial_colour: range("Axial colour", "", -0.02, 0.02, 0.0001, 0),
  lateral_colour: range("Lateral colour", "", -0.02, 0.02, 0.0001, 0),
  t_stop: range("T-stop", "T", 0.5, 1000, 0.1, 1.4, true),
  sensor_width_mm: range("Sensor width", "mm", 1, 500, 0.1, 36, true),
};

function range(
  label: string, unit: string, min: number, max: number, step: number, usual: number, logarithmic = false,
): Range {
  return { label, unit, min, max, step, default: usual, logarithmic };
}

/** Why these settings are no lens, in one line with the value and what was expected; null for a lens. */
export function checkLens(lens: LensSettings): string | null {
  const whole = Number.isInteger(lens.blades) && lens.blades >= 0 && lens.blades <= 16;
  if (!whole || lens.blades === 1 || lens.blades === 2) return wrong("blades", lens.blades, BLADES_EXPECTED);
  if (!Number.isFinite(lens.rotation_deg)) return wrong("rotation_deg", lens.rotation_deg, "a finite angle in degrees");
  const turn = MOST_TILT_RAD * DEGREES;
  const within: readonly (readonly [LensNumber, number, number, string])[] = [
    ["curvature", 0, 1, "0 (straight blades) to 1 (round)"],
    ["squeeze", 0.25, 4, "0.25 to 4 (1 is spherical)"],
    ["profile", -1, 1, "-1 (creamy) to 1 (soap bubble)"],
    ["cats_eye", 0, 1, "0 to 1 pupil radii at the corner"],
    ["focal_length_mm", 1, 2000, "1 to 2000 mm"],
    ["f_number", 0.5, 128, "0.5 to 128"],
    ["sensor_width_mm", 1, 500, "1 to 500 mm"],
    ["tilt_deg", -turn, turn, "-68.7 to 68.7 degrees (1.2 rad)"],
    ["swing_deg", -turn, turn, "-68.7 to 68.7 degrees (1.2 rad)"],
    ["axial_colour", -0.02, 0.02, "-0.02 to 0.02 (2 %)"],
    ["lateral_colour", -0.02, 0.02, "-0.02 to 0.02 (2 %)"],
    ["t_stop", lens.f_number, 1000, `the f-number (${short(lens.f_number)}) or more`],
  ];
  for (const [name, low, high, expected] of within) {
    const value = lens[name];
    if (value !== null && !(low <= value && value <= high)) return wrong(name, value, expected);
  }
  return null;
}

/** Why a lens cannot be focused at a distance, in one line; null where it can. */
export function checkFocus(lens: LensSettings, focus_m: number): string | null {
  const expected = `a distance beyond the focal length (${short(lens.focal_length_mm / 1e3)} m), or inf`;
  return focus_m * 1e3 > lens.focal_length_mm ? null : wrong("focus_distance_m", focus_m, expected);
}

/** A value outside what physics allows, in the words of `relens.errors.ValueRangeError`. */
export function wrong(name: string, value: number | string, expected: string): string {
  const said = value === Infinity ? "inf" : value === -Infinity ? "-inf" : value;
  return `${name}=${said}: expected ${expected}`;
}

/** Six digits are enough for what was expected. */
function short(value: number): number {
  return Number(value.toPrecision(6));
}

/** Diameter of the entrance pupil, D = f / N, metres. */
export function pupilDiameterM(lens: LensSettings): number {
  return (lens.focal_length_mm * 1e-3) / lens.f_number;
}

/** Inverse depth of the plane of focus on the axis, 1/m; 0 at infinity. */
export function focusInverseM(focus_m: number): number {
  return 1 / focus_m;
}

/**
 * How the inverse depth of the plane of focus changes with the pinhole's normalised coordinates x and y, 1/m: sin(swing)
 * / f and sin(tilt) / f. Source: Merklinger, Focusing the View Camera, 1996, the hinge rule.
 */
export function focusGradientPerM(lens: LensSettings): readonly [number, number] {
  const focal_length_m = lens.focal_length_mm * 1e-3;
  return [Math.sin(lens.swing_deg / DEGREES) / focal_length_m, Math.sin(lens.tilt_deg / DEGREES) / focal_length_m];
}

/**
 * Inverse depth of the plane of focus where the pinhole's normalised coordinates are x and y, 1/m. At most 0 where a
 * ray does not meet the plane before the lens.
 */
export function focusInverseAtM(lens: LensSettings, focus_m: number, x: number, y: number): number {
  const [gx, gy] = focusGradientPerM(lens);
  return focusInverseM(focus_m) + gx * x + gy * y;
}

/** What each colour's plane of focus lies nearer than the lens's, in inverse depth, 1/m. */
export function channelFocusPerM(lens: LensSettings): readonly [number, number, number] {
  const nearer = lens.axial_colour / (2e-3 * lens.focal_length_mm);
  return [-nearer, 0, nearer];
}

/** Size of each colour's image over the lens's. */
export function channelMagnification(lens: LensSettings): readonly [number, number, number] {
  return [1 + lens.lateral_colour / 2, 1, 1 - lens.lateral_colour / 2];
}

/** Whether each colour has rays of its own. */
export function hasColourError(lens: LensSettings): boolean {
  return lens.axial_colour !== 0 || lens.lateral_colour !== 0;
}

/** Image distance over that of a focus at infinity, F / (F - f); 1 for a lens that does not breathe. */
export function breathingScale(lens: LensSettings, focus_m: number): number {
  if (!lens.breathing || focus_m === Infinity) return 1;
  return focus_m / (focus_m - lens.focal_length_mm * 1e-3);
}

/** Part of the light that the glass lets through: (f-number / T-stop) squared, 1 without a T-stop. */
export function transmittance(lens: LensSettings): number {
  return lens.t_stop === null ? 1 : (lens.f_number / lens.t_stop) ** 2;
}

/**
 * Diameter of the circle of confusion in pixels at an inverse depth (1/m): c = fx D |1/z - 1/F|.
 *
 * `focusInverse_m` is 1/F: `focusInverseM` on the axis, `focusInverseAtM` for a tilted plane of focus. Source: Potmesil
 * and Chakravarty, SIGGRAPH 1981.
 */
export function cocPx(lens: LensSettings, fx_px: number, inverseDepth: number, focusInverse_m: number): number {
  return Math.abs(inverseDepth - focusInverse_m) * fx_px * pupilDiameterM(lens);
}

/** Near and far limit on the axis between which the circle of confusion is at most `sharp_px`; far may be Infinity. */
export function depthOfFieldM(
  lens: LensSettings, focus_m: number, fx_px: number, sharp_px: number,
): readonly [number, number] {
  const slack = 1 / hyperfocalM(lens, fx_px, sharp_px);
  const farInverse = focusInverseM(focus_m) - slack;
  return [1 / (focusInverseM(focus_m) + slack), farInverse > 0 ? 1 / farInverse : Infinity];
}

/** Focus distance whose far limit just reaches infinity, metres. */
export function hyperfocalM(lens: LensSettings, fx_px: number, sharp_px: number): number {
  return (fx_px * pupilDiameterM(lens)) / sharp_px;
}

/** Largest blur disc that still looks sharp at normal viewing size: 1/1500 of the diagonal, in pixels. */
export function sharpLimitPx(width_px: number, height_px: number): number {
  return Math.hypot(width_px, height_px) * SHARP_FRACTION_OF_DIAGONAL;
}
