import { describe, expect, it } from "vitest";

import { checkedPath } from "../../src/path/check";
import {
  changedKeyframe, copiedKeyframe, firstPath, keyframeAt, keyframeOf, movedKeyframe, withKeyframe, withoutKeyframe,
} from "../../src/path/edit_path";
import { keyframeTimes } from "../../src/path/keyframe_times";
import { momentView } from "../../src/path/moment_view";
import type { PathRecord } from "../../src/path/path_record";
import { preparedPath } from "../../src/path/prepared_path";
import type { View } from "../../src/state/view";
import { PHOTO_POSE, PLAIN_LENS } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { anyPose, seeded } from "../golden/random";
import { contextOf, golden } from "../golden/paths_golden";

const CONTEXT = contextOf();
const PRESET = CONTEXT.presets[1];
const VIEW: View = {
  lens: PLAIN_LENS, preset: null, focus: 1.2, framing: "photo", pose: PHOTO_POSE, exposure_ev: 0,
};
const MOVED: View = {
  ...VIEW, focus: [0.1, -0.05, 1.4], exposure_ev: 0.5, lens: { ...PLAIN_LENS, focal_length_mm: 50, squeeze: 1.5 },
  pose: { eye_m: [0.01, -0.02, 0.03], yaw_rad: 0.05, pitch_rad: -0.02, roll_rad: 0.01, zoom: 1.25 },
};

/** What the page shows of a path at a time. */
function seen(path: PathRecord, time_s: number): View {
  return momentView(preparedPath(path, CONTEXT).at(time_s), VIEW);
}

function expectSame(found: View, right: View): void {
  const of = ({ pose, lens, exposure_ev }: View): number[] => [
    ...pose.eye_m, pose.yaw_rad, pose.pitch_rad, pose.roll_rad, pose.zoom, exposure_ev,
    lens.focal_length_mm, lens.f_number, lens.squeeze,
  ];
  // Keyframes round places to a millionth.
  expectClose(of(found), of(right), 1e-6);
}

describe("keyframeOf", () => {
  it("says what is not the photo's own", () => {
    expect(keyframeOf(VIEW, 1)).toEqual({ at_s: 1, eye_m: [0, 0, 0], focus: 1.2, f_number: 1.4 });
    expect(keyframeOf({ ...VIEW, focus: Infinity }, 0).focus).toBe("inf");
    expect(keyframeOf(MOVED, 2, null, PLAIN_LENS)).toEqual({
      at_s: 2, eye_m: [0.01, -0.02, 0.03], yaw_deg: 2.864789, pitch_deg: -1.145916, roll_deg: 0.572958, zoom: 1.25,
      focus: [0.1, -0.05, 1.4], exposure_ev: 0.5, focal_length_mm: 50, f_number: 1.4, squeeze: 1.5,
    });
  });

  it("says what the path says elsewhere, too", () => {
    const path: PathRecord = { keyframes: [{ look_at: "subject", fov_deg: 30, exposure_ev: 1, tilt_deg: 2, hold_s: 1 }] };
    expect(keyframeOf(VIEW, 1, path)).toEqual({
      at_s: 1, eye_m: [0, 0, 0], yaw_deg: 0, zoom: 1, focus: 1.2, exposure_ev: 0, f_number: 1.4, tilt_deg: 0,
    });
  });
});

describe("firstPath", () => {
  it("is a path that shows the view, through its preset or its lens key by key", () => {
    const named = firstPath({ ...VIEW, lens: { ...PRESET.lens, f_number: 4 }, preset: PRESET.name }, CONTEXT.presets);
    expect(named).toEqual({
      keyframes: [{ at_s: 0, eye_m: [0, 0, 0], focus: 1.2, f_number: 4, hold_s: 1 }], lens: PRESET.name,
    });
    const bladed = { ...MOVED, lens: { ...MOVED.lens, blades: 6, breathing: true } };
    const own = firstPath(bladed, CONTEXT.presets);
    expect(own.lens).toEqual({ focal_length_mm: 50, f_number: 1.4, blades: 6, squeeze: 1.5, breathing: true });
    expect(checkedPath(own)).toEqual(own);
    expectSame(seen(own, 0.5), MOVED);
    expect(seen(own, 0.5).lens).toEqual(bladed.lens);
  });
});

describe("withKeyframe", () => {
  it("shows each view at its time, whatever each says", () => {
    const random = seeded(3);
    for (let round = 0; round < 30; round++) {
      let path: PathRecord = firstPath(VIEW, []);
      const views = new Map([[0, VIEW]]);
      for (const at_s of [2, 4, 1]) {
        const plain = random(0, 1) < 0.4;
        const pose = plain ? PHOTO_POSE : anyPose(random, 0.3);
        const lens = { ...PLAIN_LENS, f_number: random(1, 8), squeeze: plain ? 1 : random(0.5, 2) };
        const view: View = { ...VIEW, pose, lens, exposure_ev: plain ? 0 : random(-1, 1) };
        path = withKeyframe(path, keyframeOf(view, at_s, path, PLAIN_LENS), PLAIN_LENS);
        views.set(at_s, view);
      }
      expect(checkedPath(path)).toEqual(expect.objectContaining({ lens: path.lens }));
      for (const [at_s, view] of views) expectSame(seen(path, at_s), view);
    }
  });

  it("leaves the ends as they were where another value comes in between", () => {
    const before: PathRecord = { keyframes: [{ at_s: 0, eye_m: [0, 0, 0] }, { after_s: 2, eye_m: [0.1, 0, 0] }] };
    const after = withKeyframe(before, keyframeOf({ ...MOVED, pose: { ...MOVED.pose, zoom: 1 } }, 1, before, PLAIN_LENS), VIEW.lens);
    for (const time_s of [0, 2]) expectSame(seen(after, time_s), seen(before, time_s));
    expect(keyframeTimes(after.keyframes)).toEqual([0, 1, 2]);
    expect(before.keyframes).toHaveLength(2);
  });

  it("takes the place of one at the same time, and its way on", () => {
    const path: PathRecord = {
      keyframes: [{ at_s: 0, eye_m: [0, 0, 0], look_at: "subject", ease: "in-out", hold_s: 0.5 }, { at_s: 2, zoom: 2 }],
    };
    const replaced = withKeyframe(path, { at_s: 0.0004, eye_m: [0, 0, 1] }, PLAIN_LENS);
    expect(replaced.keyframes[0]).toEqual({ at_s: 0, eye_m: [0, 0, 1], ease: "in-out", hold_s: 0.5 });
    expect(replaced.keyframes).toHaveLength(2);
  });

  it("shortens a hold that it falls into, and forgets one that was there to make the path last", () => {
    const held: PathRecord = { keyframes: [{ at_s: 0, hold_s: 3 }, { at_s: 4 }] };
    expect(withKeyframe(held, { at_s: 2 }, PLAIN_LENS).keyframes).toEqual([{ at_s: 0, hold_s: 1 }, { at_s: 2 }, { at_s: 4 }]);
    const first = withKeyframe(firstPath(VIEW, []), keyframeOf(VIEW, 3), PLAIN_LENS);
    expect(first.keyframes[0].hold_s).toBeUndefined();
  });
});

describe("other edits", () => {
  const path: PathRecord = {
    keyframes: [{ at_s: 1, f_number: 2, hold_s: 1 }, { after_s: 1, f_number: 4, hold_s: 0.5 }, { after_s: 1.5, f_number: 8 }],
    loop_s: 1,
  };

  it("moves a keyframe as far as its neighbours and holds allow", () => {
    const times = (index: number, at_s: number): readonly number[] =>
      keyframeTimes(movedKeyframe(path, index, at_s).keyframes);
    expect(times(1, 3.2)).toEqual([1, 3.2, 5]);
    expect(times(1, 0)).toEqual([1, 2.001, 5]);
    expect(times(1, 9)).toEqual([1, 4.499, 5]);
    expect(times(0, -3)).toEqual([0, 3, 5]);
    expect(times(2, 60)).toEqual([1, 3, 60]);
  });

  it("copies, removes and finds", () => {
    const copied = copiedKeyframe(path, 0, 7, PLAIN_LENS);
    expect(copied.keyframes[3]).toEqual({ at_s: 7, f_number: 2, hold_s: 1 });
    expect(keyframeAt(copied, 7)).toBe(3);
    expect(keyframeAt(copied, 6)).toBeNull();
    const removed = withoutKeyframe(path, 1)!;
    expect(keyframeTimes(removed.keyframes)).toEqual([1, 5]);
    expect(withoutKeyframe(firstPath(VIEW, []), 0)).toBeNull();
    const alone = withoutKeyframe({ keyframes: [{ at_s: 0 }, { at_s: 1 }] }, 0)!;
    expect(checkedPath(alone)).toEqual({ keyframes: [{ at_s: 1, hold_s: 1 }] });
  });

  it("changes values, and drops what said the same another way", () => {
    const changed = (own: PathRecord["keyframes"][number], change: Parameters<typeof changedKeyframe>[2]): unknown =>
      changedKeyframe({ keyframes: [{ ...own, at_s: 0 }], loop_s: 1 }, 0, change, PLAIN_LENS).keyframes[0];
    expect(changed({ yaw_deg: 3, roll_deg: 1 }, { look_at: "subject" })).toEqual({ at_s: 0, look_at: "subject" });
    expect(changed({ look_at: "subject" }, { pitch_deg: 2 })).toEqual({ at_s: 0, pitch_deg: 2 });
    expect(changed({ fov_deg: 30 }, { zoom: 2 })).toEqual({ at_s: 0, zoom: 2 });
    expect(changed({ focus: 2, ease: "in" }, { focus: null, ease: null })).toEqual({ at_s: 0 });
    const matrix = [0, 0, 1, 4, 0, 1, 0, 5, -1, 0, 0, 6, 0, 0, 0, 1];
    expect(changed({ camera_to_world: matrix }, { yaw_deg: 10 })).toEqual({ at_s: 0, eye_m: [4, 5, 6], yaw_deg: 10 });
    expect(changed({ camera_to_world: matrix }, { eye_m: [1, 2, 3] })).toEqual({ at_s: 0, eye_m: [1, 2, 3], yaw_deg: 90 });
    expect(changedKeyframe(path, 1, { hold_s: 9 }, PLAIN_LENS).keyframes[1].hold_s).toBe(1.999);
  });

  it("changes a value that the path said once all along, and a new one only here", () => {
    const once: PathRecord = { keyframes: [{ at_s: 0, f_number: 2 }, { at_s: 1 }] };
    expect(changedKeyframe(once, 0, { f_number: 4 }, PLAIN_LENS).keyframes).toEqual([{ at_s: 0, f_number: 4 }, { at_s: 1 }]);
    expect(changedKeyframe(once, 1, { exposure_ev: 1 }, PLAIN_LENS).keyframes).toEqual([
      { at_s: 0, f_number: 2, exposure_ev: 0 }, { at_s: 1, exposure_ev: 1 },
    ]);
  });

  it("keeps every path a path", () => {
    const random = seeded(4);
    for (const { record } of golden.paths) {
      const index = Math.floor(random(0, record.keyframes.length));
      const time_s = random(0, 4);
      const edited = [
        movedKeyframe(record, index, time_s), copiedKeyframe(record, index, time_s, PLAIN_LENS), withoutKeyframe(record, index),
        changedKeyframe(record, index, { hold_s: random(0, 3), yaw_deg: 1 }, PLAIN_LENS),
        withKeyframe(record, keyframeOf(MOVED, time_s, record, PLAIN_LENS), PLAIN_LENS),
      ];
      for (const path of edited) if (path !== null) expect(checkedPath(path)).not.toHaveProperty("wrong");
    }
  });
});
