import { expect, test } from "vitest";

import { distanceText, limitsText } from "../../src/lens/distance_text";
import { rested } from "../../src/panels/barrel";
import { withRoom } from "../../src/panels/barrel_ring";
import { apertureText, focalLengthText } from "../../src/panels/lens_words";
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

test("f-numbers and focal lengths as cameras show them, between the numbers too", () => {
  expect([0.95, 1.4, 1.78, 4.1234, 5.6, 11.3].map(apertureText)).toEqual(["f/0.95", "f/1.4", "f/1.78", "f/4.1", "f/5.6", "f/11"]);
  expect([6.86, 84.34, 85, 299.6].map((mm) => focalLengthText(mm))).toEqual(["6.86 mm", "84.3 mm", "85 mm", "300 mm"]);
});

test("engraved numbers that would run into each other are lines", () => {
  const numbers = [0, 0.1, 0.5, 0.55].map((turn_rad, at) => ({ turn_rad, text: String(10 * at) }));
  const texts = (size_rad: number): (string | null)[] => withRoom(numbers, size_rad).map(({ text }) => text);
  expect(texts(0.01)).toEqual(["0", "10", "20", "30"]);
  expect(texts(0.05)).toEqual(["0", "10", "20", null]);
  expect(texts(0.09)).toEqual(["0", null, "20", null]);
});
