/** From what a path record says to keyframes. */

import { verticalFovRad } from "../camera/pinhole";
import { rotationOf } from "../camera/pose";
import type { Mat3 } from "../camera/vectors";
import type { Aim, Homogeneous } from "./aim";
import { focusAimOf, parseAim, placeOf } from "./aim";
import { controlsOf } from "./ease";
import type { Keyframe, LensValues } from "./keyframe";
import { LENS_VALUES } from "./keyframe";
import { keyframeTimes } from "./keyframe_times";
import type { PathContext } from "./path_context";
import { PathProblem } from "./path_problem";
import type { AimRecord, KeyframeRecord } from "./path_record";
import { expSo3, logSo3 } from "./rotation";

const RADIANS = Math.PI / 180;

/** The keyframes of a checked path. Throws PathProblem, with the place, for what cannot be found in the scene. */
export function keyframesOf(keyframes: readonly KeyframeRecord[], context: PathContext): readonly Keyframe[] {
  const times_s = keyframeTimes(keyframes);
  return keyframes.map((said, index) => {
    const at = (key: string): string => `keyframes[${index}].${key}: `;
    const matrix = said.camera_to_world;
    const lookAt = said.look_at === undefined ? null : lookAtOf(said.look_at, at("look_at"), context);
    const focus = said.focus === undefined ? null : found(said.focus, at("focus"), (aim) => focusAimOf(aim, context));
    return {
      time_s: times_s[index],
      hold_s: said.hold_s ?? 0,
      eye_m: matrix === undefined ? said.eye_m ?? null : [matrix[3], matrix[7], matrix[11]],
      rotation: matrix === undefined ? turnedBy(said) : nearestRotation(matrix),
      lookAt,
      verticalFov_rad: fovRad(said, context),
      focus,
      lens: lensValuesOf(said),
      exposure_ev: said.exposure_ev ?? null,
      controls: controlsOf(said.ease ?? "linear"),
      shape: [said.tension ?? 0, said.continuity ?? 0, said.bias ?? 0],
    };
  });
}

/** Yaw, then pitch, then roll; null where a keyframe says none of them. */
function turnedBy(said: KeyframeRecord): Mat3 | null {
  const { yaw_deg, pitch_deg, roll_deg } = said;
  if (yaw_deg === undefined && pitch_deg === undefined && roll_deg === undefined) return null;
  return rotationOf({
    yaw_rad: (yaw_deg ?? 0) * RADIANS, pitch_rad: (pitch_deg ?? 0) * RADIANS, roll_rad: (roll_deg ?? 0) * RADIANS,
  });
}

/** The rotation of a pose, 16 numbers row by row. Numbers from a file are rounded; the nearest rotation is meant. */
function nearestRotation(pose: readonly number[]): Mat3 {
  return expSo3(logSo3([0, 1, 2, 4, 5, 6, 8, 9, 10].map((place) => pose[place]) as unknown as Mat3));
}

function lookAtOf(said: NonNullable<KeyframeRecord["look_at"]>, at: string, context: PathContext): Homogeneous {
  return found(said, at, (aim) => {
    if (aim.kind === "distance") throw new PathProblem("a distance; expected a place to look at");
    return placeOf(aim, context);
  });
}

/** What an aim stands for. Throws PathProblem that says where in the path it is. */
function found<T>(said: AimRecord, at: string, find: (aim: Aim) => T): T {
  const aim = parseAim(said);
  if (aim === null) throw new PathProblem(`${at}${String(said)} is no aim`);
  try {
    return find(aim);
  } catch (error) {
    throw error instanceof PathProblem ? new PathProblem(`${at}${error.message}`) : error;
  }
}

function fovRad(said: KeyframeRecord, context: PathContext): number | null {
  if (said.zoom !== undefined) return zoomedFovRad(verticalFovRad(context.photo), said.zoom);
  return said.fov_deg === undefined ? null : said.fov_deg * RADIANS;
}

/** The field of view of a lens `zoom` times as long; the same, to the last bit, for 1. */
function zoomedFovRad(fov_rad: number, zoom: number): number {
  return zoom === 1 ? fov_rad : 2 * Math.atan(Math.tan(fov_rad / 2) / zoom);
}

function lensValuesOf(said: KeyframeRecord): LensValues {
  return Object.fromEntries(LENS_VALUES.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]])));
}
