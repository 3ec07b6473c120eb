import { describe, expect, it } from "vitest";

import { rotationOf } from "../../src/camera/pose";
import { momentView } from "../../src/path/moment_view";
import { PathProblem } from "../../src/path/path_problem";
import type { PathRecord } from "../../src/path/path_record";
import { preparedPath } from "../../src/path/prepared_path";
import type { View } from "../../src/state/view";
import { PHOTO_POSE, PLAIN_LENS } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { contextOf, golden } from "../golden/paths_golden";

const VIEW: View = {
  lens: { ...PLAIN_LENS, blades: 7 }, preset: "mine", focus: 3, framing: "lens", pose: PHOTO_POSE, exposure_ev: 1,
};

describe("preparedPath", () => {
  it.each(golden.paths)("has every moment of $name where relens has it", ({ record, focus, duration_s, moments }) => {
    const prepared = preparedPath(record, contextOf(focus));
    expectClose([prepared.duration_s], [duration_s]);
    for (const right of moments) {
      const found = prepared.at(right.time_s);
      expectClose(found.pose.rotation, right.rotation);
      expectClose(found.pose.eye_m, right.eye_m);
      expectClose([found.vertical_fov_rad, found.exposure_ev], [right.vertical_fov_rad, right.exposure_ev]);
      expectClose([1 / found.focus_distance_m], [right.focus_inverse_m], record.focus_lag_s ? 1e-6 : 1e-9);
      expect(Object.keys(found.lens).sort()).toEqual(Object.keys(right.lens).sort());
      expectClose(Object.keys(right.lens).map((key) => found.lens[key as keyof typeof found.lens]!), Object.values(right.lens));
    }
  });

  it("stands before the start and after the end, and goes round in a loop", () => {
    const keyframes: PathRecord["keyframes"] = [{ at_s: 1, eye_m: [0, 0, 0] }, { at_s: 2, eye_m: [1, 0, 0], hold_s: 1 }];
    const once = preparedPath({ keyframes }, contextOf());
    expect([once.begin_s, once.end_s, once.duration_s]).toEqual([1, 3, 2]);
    expect([0, 1, 2, 3, 9].map((time_s) => once.at(time_s).pose.eye_m[0])).toEqual([0, 0, 1, 1, 1]);
    const round = preparedPath({ keyframes, loop_s: 1 }, contextOf());
    expectClose(round.at(5.3).pose.eye_m, round.at(2.3).pose.eye_m);
    expect(round.at(4).pose.eye_m).toEqual([0, 0, 0]);
  });

  it("says in one line what cannot be found, looked at, focused on or taken", () => {
    const says = (record: PathRecord, time_s = 0): string => {
      try {
        preparedPath(record, contextOf()).at(time_s);
      } catch (error) {
        if (error instanceof PathProblem) return error.message;
        throw error;
      }
      return "";
    };
    const still = { hold_s: 1 };
    expect(says({ keyframes: [{ ...still, focus: "64,3" }] })).toMatch(/^keyframes\[0\]\.focus: .*64,3.*inside the 64x48/);
    expect(says({ keyframes: [{ ...still, look_at: "1,1" }] })).toMatch(/^keyframes\[0\]\.look_at: .*nothing is there/);
    expect(says({ keyframes: [{ ...still, focus: [0, 0, -1] }] })).toMatch(/^keyframes\[0\]\.focus: .*z over 0/);
    expect(says({ keyframes: [{ ...still, yaw_deg: 180, focus: "subject" }] })).toMatch(/^focus=a place behind .* 0 s/);
    expect(says({ keyframes: [{ ...still, eye_m: [0, -1, 1], look_at: [0, 0, 1] }] })).toMatch(/^look_at=straight above/);
    expect(says({ keyframes: [{ ...still, focus: 0.02 }] })).toMatch(/^at 0 s focus_distance_m=0\.02: .*beyond the focal/);
    expect(says({ keyframes: [still], lens: "of-glass" })).toMatch(/^lens: of-glass is no preset; .*85mm-f1.4-9blade/);
    const over: PathRecord = {
      keyframes: [{ at_s: 0, cats_eye: 0.5, ease: [0.3, 0, 0.2, 3] }, { at_s: 1, cats_eye: 1 }],
    };
    expect(says(over, 0.7)).toMatch(/^at 0\.7 s cats_eye=1\.\d+: expected 0 to 1/);
    expect(says(over, 1)).toBe("");
  });
});

describe("momentView", () => {
  it("turns the view's camera as the moment's, and leaves the lens what the path does not say", () => {
    for (const { record, focus, moments } of golden.paths) {
      const moment = preparedPath(record, contextOf(focus)).at(moments[3].time_s);
      const view = momentView(moment, VIEW);
      expectClose(rotationOf(view.pose), moment.pose.rotation);
      expect(view.lens).toEqual({ ...(moment.pathLens?.lens ?? VIEW.lens), ...moment.lens });
      expect([view.framing, view.focus, view.exposure_ev]).toEqual(["photo", moment.focus_distance_m, moment.exposure_ev]);
    }
  });

  it("is the photo's own view, to the last bit, where a path says nothing", () => {
    const view = momentView(preparedPath({ keyframes: [{ hold_s: 1 }] }, contextOf()).at(0.5), VIEW);
    // A zero may have a sign.
    expect(JSON.parse(JSON.stringify(view.pose))).toEqual(PHOTO_POSE);
    expect([view.lens, view.preset]).toEqual([VIEW.lens, VIEW.preset]);
  });
});
