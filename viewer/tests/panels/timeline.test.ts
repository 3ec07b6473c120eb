import { describe, expect, it } from "vitest";

import { aimOf, aimText } from "../../src/panels/keyframe_editor";
import { sizeText, timeText } from "../../src/panels/shot_result";
import { clockText, shownLength_s, ticks } from "../../src/panels/time_scale";
import { lineOf } from "../../src/panels/timeline_curves";

describe("time scale", () => {
  it("shows a round length with room behind the end", () => {
    expect([0, 4.5, 4.6, 29, 1000].map(shownLength_s)).toEqual([5, 5, 8, 45, 1200]);
  });

  it("writes times as often as there is room, and draws lines between", () => {
    for (const [length_s, width_px] of [[5, 1000], [5, 300], [90, 700], [600, 340]] as const) {
      const written = ticks(length_s, width_px).filter(({ text }) => text !== null);
      const step_px = (written[1].time_s / length_s) * width_px;
      expect(step_px).toBeGreaterThanOrEqual(84);
      expect(step_px).toBeLessThan(84 * 2.6);
    }
    expect(ticks(5, 500).filter(({ text }) => text !== null).map(({ text }) => text)).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  it("says times as players do, and carries over to minutes", () => {
    expect([0, 4.5, 59.999, 61.25].map((time_s) => clockText(time_s))).toEqual(["0:00.00", "0:04.50", "1:00.00", "1:01.25"]);
    expect(clockText(90, 0)).toBe("1:30");
  });
});

describe("lineOf", () => {
  it("goes from low to high, and breaks where there is no value", () => {
    expect(lineOf([0, 1, null, 0.5], 0, 0.5)).toBe("M0.0 94.0L166.7 6.0M500.0 50.0");
  });
});

describe("the focus field", () => {
  it("reads what path files have, and gives it back", () => {
    for (const aim of [1.2, "85cm", "inf", "subject", "1200,800", [0.1, -0.2, 1.5]] as const) expect(aimOf(aimText(aim))).toEqual(aim);
    expect([aimOf(" "), aimOf("∞"), aimOf("0.1, 0, 2")]).toEqual([null, "inf", [0.1, 0, 2]]);
  });
});

describe("a result's words", () => {
  it("have as many digits as matter", () => {
    expect([999, 1500, 12_345_678].map(sizeText)).toEqual(["999 bytes", "2 kB", "12.3 MB"]);
    expect([1.234, 9.96, 45.6, 119.6].map(timeText)).toEqual(["1.2 s", "10 s", "46 s", "2 min 0 s"]);
  });
});
