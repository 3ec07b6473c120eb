import { expect, test } from "vitest";

import { depthMark, distanceAt, engravings, focusScale, turnOf } from "../../src/lens/focus_scale";
import { depthOfFieldM, hyperfocalM } from "../../src/lens/lens";
import { PLAIN_LENS } from "../../src/state/view";

const FX_PX = 3200;
const SHARP_PX = 3.4;
const LENSES = [{ ...PLAIN_LENS }, { ...PLAIN_LENS, focal_length_mm: 6.86 }, { ...PLAIN_LENS, focal_length_mm: 500, f_number: 8 }];

function scaleOf(lens: typeof PLAIN_LENS): ReturnType<typeof focusScale> {
  return focusScale(hyperfocalM({ ...lens, f_number: 16 }, FX_PX, SHARP_PX), lens.focal_length_mm);
}

test.each(LENSES)("the marks of an f-number stand where its depth of field ends, $focal_length_mm mm", (lens) => {
  const scale = scaleOf(lens);
  for (const f_number of [1.4, 5.6, 16]) {
    for (const focus_m of [1.2, 3]) {
      const [near_m, far_m] = depthOfFieldM({ ...lens, f_number }, focus_m, FX_PX, SHARP_PX);
      const at = turnOf(scale, focus_m);
      expect(at - turnOf(scale, near_m)).toBeCloseTo(depthMark(f_number), 9);
      if (far_m !== Infinity) expect(turnOf(scale, far_m) - at).toBeCloseTo(depthMark(f_number), 9);
    }
  }
});

test("the ring turns from its near stop to infinity and no farther", () => {
  const scale = scaleOf(PLAIN_LENS);
  expect(turnOf(scale, Infinity)).toBeCloseTo(0);
  expect(distanceAt(scale, 0)).toBe(Infinity);
  expect(distanceAt(scale, 1)).toBe(Infinity);
  expect(distanceAt(scale, -1e6)).toBeCloseTo(scale.nearest_m, 12);
  expect(distanceAt(scale, turnOf(scale, 1.2))).toBeCloseTo(1.2, 12);
});

test.each(LENSES)("engraved numbers say where they stand and leave each other room, $focal_length_mm mm", (lens) => {
  const scale = scaleOf(lens);
  const numbers = engravings(scale).filter(({ text }) => text !== null).sort((a, b) => a.turn_rad - b.turn_rad);
  expect(numbers.at(-1)!.text).toBe("∞");
  expect(numbers.length).toBeGreaterThan(3);
  numbers.forEach(({ turn_rad, text }, index) => {
    if (text !== "∞") expect(turnOf(scale, Number(text))).toBeCloseTo(turn_rad, 6);
    if (index > 0) expect(turn_rad - numbers[index - 1].turn_rad).toBeGreaterThan(0.12);
  });
});
