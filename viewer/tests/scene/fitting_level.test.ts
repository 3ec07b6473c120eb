import { expect, test } from "vitest";

import { downFrom, fittingLevel } from "../../src/scene/fitting_level";
import type { Level } from "../../src/scene/scene_info";

const PHOTO = { fx_px: 3000, fy_px: 3000, cx_px: 1600, cy_px: 1200, width_px: 3200, height_px: 2400 };
const LEVELS: readonly Level[] = [0, 1, 2, 3].map((level) => ({ level, width_px: 3200 >> level, height_px: 2400 >> level }));

test.each([
  [[300, 225], 3], [[400, 300], 3], [[440, 330], 3], [[450, 300], 2], [[800, 600], 2], [[960, 640], 1], [[1700, 1275], 1],
  [[3200, 2400], 0], [[5000, 3000], 0],
  // A picture that covers the canvas is as large as its longer side asks.
  [[100, 600], 2], [[800, 10], 2],
] as const)("a canvas of %s pixels takes level %s", (canvas_px, level) => {
  expect(fittingLevel(LEVELS, PHOTO, canvas_px).level).toBe(level);
  expect(fittingLevel([...LEVELS].reverse(), PHOTO, canvas_px).level).toBe(level);
});

test("a zoomed view takes a larger level", () => {
  expect(fittingLevel(LEVELS, PHOTO, [400, 300], 2).level).toBe(2);
  expect(fittingLevel(LEVELS, PHOTO, [400, 300], 100).level).toBe(0);
});

test("smaller ones are tried from large to small", () => {
  expect(downFrom([...LEVELS].reverse(), LEVELS[1]).map(({ level }) => level)).toEqual([1, 2, 3]);
  expect(downFrom(LEVELS, LEVELS[3]).map(({ level }) => level)).toEqual([3]);
});
