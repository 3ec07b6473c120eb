/** Keyframe times: when each keyframe begins. */

import type { KeyframeRecord } from "./path_record";

/** Seconds by the path's own time: `at_s`, or `after_s` after the keyframe before is over; the first is at 0. */
export function keyframeTimes(keyframes: readonly KeyframeRecord[]): readonly number[] {
  let free_s = 0;
  return keyframes.map((said) => {
    const time_s = said.at_s ?? free_s + (said.after_s ?? 0);
    free_s = time_s + (said.hold_s ?? 0);
    return time_s;
  });
}
