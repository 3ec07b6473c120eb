import { expect, test } from "vitest";

import { distanceText, limitsText } from "../../src/lens/distance_text";
import { rested } from "../../src/panels/barrel";
import { settingsText } from "../../src/panels/preset_list";
import { PLAIN_LENS } from "../../src/state/view";

test("a preset's settings in a few words", () => {
  expect(settingsText({ ...PLAIN_LENS, blades: 9, curvature: 0.85, cats_eye: 0.6 })).toBe("9 rounded blades, cat's-eye 0.6");
  expect(settingsText({ ...PLAIN_LENS, profile: -1, t_stop: 4.5 })).toBe("disc, creamy, T4.5");
});

test("distances with the digits that matter", () => {
  expect([0.853, 1.2, 12.44, Infinity].map(distanceText)).toEqual(["0.85 m", "1.20 m", "12.4 m", "∞"]);
  expect(limitsText(1.1704, 1.1871)).toEqual(["1.170", "1.187 m"]);
  expect(limitsText(1.172, 1.234)).toEqual(["1.17", "1.23 m"]);
  expect(limitsText(5.8, Infinity)).toEqual(["5.80 m", "∞"]);
});

test("the aperture ring rests on its numbers and moves freely between them", () => {
  expect(rested(8.8)).toBe(9);
  expect(rested(9.2)).toBe(9);
  expect(rested(9.5)).toBe(9.5);
});
