/** Kinds: what each value of a path record may be, and what to say of one that is not. */

import { parseAim } from "./aim";
import { LENS_VALUES, LOG_LENS_VALUES } from "./keyframe";
import type { AimRecord, KeyframeRecord, PathRecord } from "./path_record";

export interface Kind {
  /** For people. */
  readonly expected: string;
  is(value: unknown): boolean;
}

/** Of every key of a keyframe, in the order in which files have them. */
export const KEYFRAME_KINDS: Readonly<Record<keyof KeyframeRecord, Kind>> = {
  at_s: number("seconds from the start, 0 or more", 0),
  after_s: number("seconds after the keyframe before is over, more than 0", 0),
  eye_m: numbers("three finite distances in metres: right, down, forward", 3, (step_m) => Math.abs(step_m) <= 1e6),
  yaw_deg: number("degrees to the right"),
  pitch_deg: number("degrees up"),
  roll_deg: number("degrees clockwise"),
  look_at: aim("subject, a pixel of the photo (1200,800), or a point [x, y, z] in metres", false),
  camera_to_world: { expected: "16 finite numbers, row by row: a rotation and a translation", is: isRigid },
  fov_deg: number("degrees from top to bottom, 0.06 to 177", degrees(0.001), degrees(3.1)),
  zoom: number("0.01 to 100 times as long a lens as the photo's view has", 0.01, 100),
  focus: aim(
    "a distance (1.2, 1.2m, 85cm, inf), subject, a pixel of the photo (1200,800), or a point [x, y, z] in metres", true,
  ),
  exposure_ev: number("stops, -20 to 20", -20, 20),
  ease: { expected: "linear, in, out, in-out, hold, or four numbers x1, y1, x2, y2 with x within 0 to 1", is: isEase },
  hold_s: number("seconds, 0 or more", 0),
  tension: number("-1 to 1", -1, 1),
  continuity: number("-1 to 1", -1, 1),
  bias: number("-1 to 1", -1, 1),
  ...lensKinds(),
};

/** Of the keys of the whole path but its keyframes and its lens. */
export const PATH_KINDS: Readonly<Record<Exclude<keyof PathRecord, "keyframes" | "lens">, Kind>> = {
  spline: one("centripetal, kochanek-bartels or linear", ["centripetal", "kochanek-bartels", "linear"]),
  loop_s: above0("a positive number of seconds"),
  fps: number("0.01 to 1000 frames a second", 0.01, 1000),
  shutter_deg: number("0 to 360 degrees", 0, 360),
  focus_lag_s: number("0 to 60 seconds", 0, 60),
};

/** Of a lens that a path says key by key; what its numbers may be together, `checkLens` says. */
export const LENS_KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(LENS_VALUES.map((name) => [name, number("a finite number")])),
  t_stop: { expected: "a finite number, or nothing", is: (value) => value === null || isFinite(value) },
  blades: number("0 for a disc, or 3 to 16"),
  breathing: { expected: "true or false", is: (value) => typeof value === "boolean" },
  vignetting: { expected: "true or false", is: (value) => typeof value === "boolean" },
  image: { expected: "the path of an image file", is: (value) => value === null || typeof value === "string" },
  focus_distance_m: {
    expected: "a distance beyond the focal length, or inf", is: (value) => isFinite(value) || value === Infinity,
  },
};

function lensKinds(): Readonly<Record<(typeof LENS_VALUES)[number], Kind>> {
  const kindOf = (name: (typeof LENS_VALUES)[number]): Kind =>
    LOG_LENS_VALUES.includes(name) ? above0("a number over 0") : number("a finite number");
  return Object.fromEntries(LENS_VALUES.map((name) => [name, kindOf(name)])) as Record<(typeof LENS_VALUES)[number], Kind>;
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function number(expected: string, low = -Infinity, high = Infinity): Kind {
  return { expected, is: (value) => isFinite(value) && low <= value && value <= high };
}

function above0(expected: string): Kind {
  return { expected, is: (value) => isFinite(value) && value > 0 };
}

function numbers(expected: string, count: number, each: (value: number) => boolean): Kind {
  return { expected, is: (value) => areNumbers(value, count) && value.every(each) };
}

function areNumbers(value: unknown, count: number): value is readonly number[] {
  return Array.isArray(value) && value.length === count && value.every(isFinite);
}

function one(expected: string, names: readonly string[]): Kind {
  return { expected, is: (value) => typeof value === "string" && names.includes(value) };
}

function aim(expected: string, distances: boolean): Kind {
  const is = (value: unknown): boolean => {
    if (typeof value !== "string" && typeof value !== "number" && !areNumbers(value, 3)) return false;
    const found = parseAim(value as AimRecord);
    return found !== null && (distances || found.kind !== "distance");
  };
  return { expected, is };
}

function isEase(value: unknown): boolean {
  if (typeof value === "string") return ["linear", "in", "out", "in-out", "hold"].includes(value);
  return areNumbers(value, 4) && [value[0], value[2]].every((x) => 0 <= x && x <= 1);
}

/** A rotation and a translation, as far as numbers of a file are rounded. */
function isRigid(value: unknown): boolean {
  if (!areNumbers(value, 16)) return false;
  const close = (found: number, right: number): boolean => Math.abs(found - right) <= 1e-5;
  if (![0, 0, 0, 1].every((right, i) => close(value[12 + i], right))) return false;
  if (![value[3], value[7], value[11]].every((step_m) => Math.abs(step_m) <= 1e6)) return false;
  const [a, b, c] = [0, 4, 8].map((row) => value.slice(row, row + 3));
  const product = (one: readonly number[], other: readonly number[]): number =>
    one.reduce((sum, number, i) => sum + number * other[i], 0);
  const square = [a, b, c].flatMap((one, i) => [a, b, c].map((other, j) => close(product(one, other), i === j ? 1 : 0)));
  const across = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
  return square.every(Boolean) && product(a, across) > 0;
}

function degrees(angle_rad: number): number {
  return (angle_rad * 180) / Math.PI;
}
