/** Numbers that look random and are the same in every run. */

import type { LensSettings, Pose, Vec3 } from "../../src/state/view";
import { PLAIN_LENS } from "../../src/state/view";

/** Even numbers from low to high: mulberry32. */
export type Random = (low: number, high: number) => number;

export function seeded(seed: number): Random {
  let state = seed;
  return (low, high) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + (high - low) * (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32);
  };
}

/** An outline of any kind; without a profile. */
export function anyOutline(random: Random): LensSettings {
  const blades = Math.floor(random(2, 17));
  return {
    ...PLAIN_LENS, blades: blades < 3 ? 0 : blades, curvature: random(0, 1), rotation_deg: random(-200, 200),
    squeeze: random(0.25, 4), cats_eye: random(0, 1),
  };
}

export function anyPoint(random: Random, most_m: number): Vec3 {
  return [random(-most_m, most_m), random(-most_m, most_m), random(-most_m, most_m)];
}

export function anyPose(random: Random, most_rad: number): Pose {
  return {
    eye_m: anyPoint(random, 0.5), yaw_rad: random(-most_rad, most_rad), pitch_rad: random(-most_rad, most_rad),
    roll_rad: random(-most_rad, most_rad), zoom: random(0.5, 2),
  };
}
