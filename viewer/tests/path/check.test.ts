import { describe, expect, it } from "vitest";

import { parseAim } from "../../src/path/aim";
import { checkedPath } from "../../src/path/check";
import type { PathRecord } from "../../src/path/path_record";
import { golden } from "../golden/paths_golden";

const ONE = { at_s: 0, hold_s: 1 };

function wrongOf(value: unknown): string {
  const checked = checkedPath(value);
  return "wrong" in checked ? checked.wrong : "";
}

describe("parseAim", () => {
  it.each(golden.aims)("takes $said for what relens does", ({ said, is }) => {
    const aim = parseAim(said);
    expect(aim?.kind === "distance" && aim.distance_m === Infinity ? { ...aim, distance_m: "inf" } : aim).toEqual(is);
  });
});

describe("checkedPath", () => {
  it.each(golden.paths)("takes $name as it is", ({ record }) => {
    expect(checkedPath(record)).toEqual(record);
  });

  it.each(golden.wrong)("refuses $record at $place, as relens does", ({ record, place }) => {
    const said = wrongOf(record);
    expect(said).toMatch(/^[^\n]+$/);
    expect(place === "" || (said.startsWith(place) && /^\W/.test(said.slice(place.length))), said).toBe(true);
  });

  it("says where, what it found and what was expected", () => {
    expect(wrongOf({ keyframes: [ONE, ONE, { at_s: 3 }] })).toBe(
      "keyframes[1].at_s: found 0; expected a time after the keyframe before is over, 1 s; time does not go backwards",
    );
    expect(wrongOf({ keyframes: [ONE, { at_s: 3, f_number: 0 }] })).toBe(
      "keyframes[1].f_number: found 0; expected a number over 0",
    );
    expect(wrongOf({ keyframes: [{ ...ONE, focus_m: 1 }] })).toMatch(/^keyframes\[0\]\.focus_m: .* did you mean focus\?$/);
    expect(wrongOf({ keyframes: [ONE], colour: 1 })).toMatch(/^colour: this key is unknown; expected some of keyframes, /);
  });

  it("stays short for what is huge", () => {
    const list = Array.from({ length: 1e5 }, () => "x");
    expect(wrongOf({ keyframes: [{ ...ONE, ease: list, focus: "y".repeat(1e6) }] }).length).toBeLessThan(300);
    expect(wrongOf({ keyframes: [{ ...ONE, ["k".repeat(1e6)]: 1 }] }).length).toBeLessThan(700);
    expect(wrongOf(list)).toBe("found a list of 100000; expected keyframes: and a list of them");
  });

  it("puts keys in order, and says infinity as JSON can", () => {
    const path = checkedPath({ fps: 24, keyframes: [{ focus: Infinity, hold_s: 1, yaw_deg: -0, at_s: 0 }], spline: "linear" });
    const right: PathRecord = { keyframes: [{ at_s: 0, yaw_deg: 0, focus: "inf", hold_s: 1 }], spline: "linear", fps: 24 };
    expect(JSON.stringify(path)).toBe(JSON.stringify(right));
    expect(checkedPath(right)).toEqual(right);
  });
});
