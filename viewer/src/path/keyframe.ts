/** Keyframe: what a path says of one moment, all names resolved; null runs through from the keyframes that say it. */

import type { Mat3 } from "../camera/vectors";
import type { LensSettings, Vec3 } from "../state/view";
import type { FocusAim, Homogeneous } from "./aim";
import type { Controls } from "./ease";

/** The numbers of a lens that a keyframe may change, in the order in which files have them. */
export const LENS_VALUES = [
  "focal_length_mm", "f_number", "t_stop", "tilt_deg", "swing_deg", "axial_colour", "lateral_colour",
  "sensor_width_mm", "curvature", "rotation_deg", "squeeze", "profile", "cats_eye",
] as const satisfies readonly (keyof LensSettings)[];

export type LensValue = (typeof LENS_VALUES)[number];
export type LensValues = Readonly<Partial<Record<LensValue, number>>>;

/** Those that go by equal factors in equal times, and so are above 0. */
export const LOG_LENS_VALUES: readonly LensValue[] = ["focal_length_mm", "f_number", "t_stop"];

/**
 * One moment of a path.
 *
 * Convention: OpenCV axes, metres, the world is the photo's camera frame (docs/conventions.md).
 */
export interface Keyframe {
  /** Seconds by the path's own time. */
  readonly time_s: number;
  readonly hold_s: number;
  readonly eye_m: Vec3 | null;
  /** From camera axes to world axes; null beside a place to look at. */
  readonly rotation: Mat3 | null;
  /** What stays in the middle of the picture, the horizon level. */
  readonly lookAt: Homogeneous | null;
  readonly verticalFov_rad: number | null;
  readonly focus: FocusAim | null;
  readonly lens: LensValues;
  readonly exposure_ev: number | null;
  /** How values go from here to the next keyframe. */
  readonly controls: Controls;
  /** Tension, continuity and bias of Kochanek-Bartels splines. */
  readonly shape: Vec3;
}
