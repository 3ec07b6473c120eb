import { expect, test } from "vitest";
import { pupilSamples } from "../../src/lens/aperture";
import { neverCut, passed, transmitted } from "../../src/lens/vignetting";
import { PLAIN_LENS } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { golden } from "../golden/lens_golden";

const CAMERA = { fx_px: 1000, fy_px: 1000, cx_px: 400, cy_px: 300, width_px: 800, height_px: 600 };

/** The part at a pixel's middle, where that is a point of the grid. */
function at(found: ReturnType<typeof passed>, column: number, row: number, width_px: number, height_px: number): number {
  const steps = found.side - 1;
  return found.parts[((row + 0.5) * steps * found.side) / height_px + ((column + 0.5) * steps) / width_px];
}

test("what the rim lets through is relens's", () => {
  for (const { lens, camera, parts } of golden.rims) {
    const found = passed(lens, null, camera);
    const { width_px, height_px } = camera;
    const mine = parts.map((_, i) => at(found, i % width_px, Math.floor(i / width_px), width_px, height_px));
    // relens keeps them in single precision.
    expectClose(mine, parts, 2e-7);
  }
});

test("two circles share their lens: the disc's part by hand", () => {
  for (const cats_eye of [0, 0.3, 1]) {
    const { side, parts } = passed({ ...PLAIN_LENS, cats_eye }, null, CAMERA);
    const middle = (side - 1) / 2;
    expect(parts[middle * side + middle]).toBeCloseTo(1, 9);
    // Circles of radius 1, d apart, share 2 acos(d/2) - d/2 sqrt(4 - d^2); at the corner d is cats_eye.
    const shared = 2 * Math.acos(cats_eye / 2) - (cats_eye / 2) * Math.sqrt(4 - cats_eye * cats_eye);
    for (const corner of [0, side - 1, side * (side - 1), side * side - 1]) {
      expect(parts[corner]).toBeCloseTo(shared / Math.PI, 2);
    }
  }
});

test("an image's points count by their weight", () => {
  const pupil = { points: [0.9, 0, -0.9, 0], weights: [3, 3, 3, 1, 1, 1] };
  const { side, parts } = passed({ ...PLAIN_LENS, cats_eye: 1, image: "two holes" }, pupil, CAMERA);
  const row = ((side - 1) / 2) * side;
  // Towards the right the rim slides over the right hole, towards the left over the left one.
  expect([parts[row], parts[row + (side - 1) / 2], parts[row + side - 1]]).toEqual([0.75, 1, 0.25]);
});

test("the sample nearest the axis among the first eight is never cut", () => {
  const samples = pupilSamples(PLAIN_LENS, null, 0, 64);
  const away = (i: number): number => Math.hypot(samples.points[2 * i], samples.points[2 * i + 1]);
  const kept = neverCut(samples);
  expect(kept).toBeLessThan(8);
  for (let i = 0; i < 8; i++) expect(away(kept)).toBeLessThanOrEqual(away(i));
  expect(transmitted(0.6, 0, 1, 0, 0.4)).toBe(true);
  expect(transmitted(0.6, 0, 1, 0, 0.5)).toBe(false);
});
