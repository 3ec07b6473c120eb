/** Said values: which keys say the same thing of the camera, and what it is while no keyframe of a path says it. */

import type { LensSettings } from "../state/view";
import { LENS_VALUES } from "./keyframe";
import type { KeyframeRecord } from "./path_record";

export interface SaidValue {
  /** Any of them says it. */
  readonly keys: readonly (keyof KeyframeRecord)[];
  /** What a path has that does not say it, over a lens. */
  unsaid(lens: LensSettings): KeyframeRecord;
}

export const TURN: SaidValue = {
  keys: ["yaw_deg", "pitch_deg", "roll_deg", "look_at", "camera_to_world"], unsaid: () => ({ yaw_deg: 0 }),
};
export const WIDTH: SaidValue = { keys: ["fov_deg", "zoom"], unsaid: () => ({ zoom: 1 }) };
export const EXPOSURE: SaidValue = { keys: ["exposure_ev"], unsaid: () => ({ exposure_ev: 0 }) };

export const SAID_VALUES: readonly SaidValue[] = [
  { keys: ["eye_m", "camera_to_world"], unsaid: () => ({ eye_m: [0, 0, 0] }) },
  TURN,
  WIDTH,
  EXPOSURE,
  { keys: ["focus"], unsaid: () => ({ focus: "subject" }) },
  ...LENS_VALUES.map((name) => ({
    keys: [name], unsaid: (lens: LensSettings) => (lens[name] === null ? {} : { [name]: lens[name] }),
  })),
];

/** Whether one of the keyframes says it. */
export function isSaid(value: SaidValue, keyframes: readonly KeyframeRecord[]): boolean {
  return keyframes.some((said) => value.keys.some((key) => said[key] !== undefined));
}
