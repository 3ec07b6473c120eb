import { expect, test } from "vitest";
import { catsEyeOutline, outline, outlineRadius, pupilSamples } from "../../src/lens/aperture";
import { transmitted } from "../../src/lens/vignetting";
import { PLAIN_LENS } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { golden } from "../golden/lens_golden";
import { anyOutline, seeded } from "../golden/random";

test("samples of sixty lenses are relens's", () => {
  for (const { lens, samples } of golden.lenses) {
    const found = pupilSamples(lens, null, samples.first, samples.points.length / 2);
    expectClose(found.points, samples.points);
    expect(found.weights.every((weight) => weight === 1)).toBe(true);
  }
});

test("samples of an image are its own points, turned and squeezed, again and again", () => {
  for (const { lens, pupil, first, points, weights } of golden.images) {
    const found = pupilSamples(lens, pupil, first, points.length / 2);
    expectClose(found.points, points);
    expectClose(found.weights, weights);
    const given = pupil.points.length / 2;
    expect(pupilSamples(lens, pupil, first + given, points.length / 2)).toEqual(found);
    expect(() => pupilSamples(lens, null, 0, 1)).toThrow(RangeError);
  }
});

test("samples lie within the outline, whichever way they are asked for", () => {
  const random = seeded(1);
  for (let i = 0; i < 50; i++) {
    const lens = { ...anyOutline(random), profile: random(-1, 1) };
    const { points } = pupilSamples(lens, null, 0, 100);
    expect([...pupilSamples(lens, null, 60, 40).points]).toEqual([...points.subarray(120)]);
    for (let k = 0; k < points.length; k += 2) {
      const [x, y] = [points[k] * lens.squeeze, points[k + 1]];
      expect(Math.hypot(x, y)).toBeLessThanOrEqual(outlineRadius(lens, Math.atan2(y, x)) + 1e-9);
    }
  }
});

test("samples have the middle and the spread of a disc's light under every profile", () => {
  for (const profile of [-1, -0.4, 0, 0.7, 1]) {
    const { points } = pupilSamples({ ...PLAIN_LENS, profile }, null, 0, 4096);
    const mean = (of: (i: number) => number): number =>
      Array.from({ length: 4096 }, (_, i) => of(2 * i)).reduce((sum, value) => sum + value) / 4096;
    expect(mean((i) => points[i])).toBeCloseTo(0, 3);
    // The mean of r^2 = s over the light (1 - p) + 2 p s, s from 0 to 1.
    expect(mean((i) => points[i] ** 2 + points[i + 1] ** 2)).toBeCloseTo(0.5 + profile / 6, 3);
  }
});

test("an outline goes around once and has the blades' corners", () => {
  const random = seeded(2);
  for (let i = 0; i < 50; i++) {
    const lens = anyOutline(random);
    const points = outline(lens, 100);
    expect(points.length).toBeGreaterThanOrEqual(200);
    let corners = 0;
    for (let k = 0; k < points.length; k += 2) {
      const [x, y] = [points[k] * lens.squeeze, points[k + 1]];
      expect(Math.hypot(x, y)).toBeCloseTo(outlineRadius(lens, Math.atan2(y, x)), 9);
      if (Math.hypot(x, y) > 1 - 1e-12) corners++;
    }
    if (lens.blades > 0) expect(corners).toBe(lens.blades);
    const [cos, sin] = [Math.cos((lens.rotation_deg * Math.PI) / 180), Math.sin((lens.rotation_deg * Math.PI) / 180)];
    expectClose(points.subarray(0, 2), [cos / lens.squeeze, sin]);
  }
});

test("a cat's-eye is what outline and rim share, to the edge of both", () => {
  const random = seeded(3);
  for (let i = 0; i < 50; i++) {
    const lens = anyOutline(random);
    const angle = random(0, 7);
    const away = random(0, 1);
    const field = [away * Math.cos(angle), away * Math.sin(angle)] as const;
    const whole = outline(lens, 64);
    const cut = catsEyeOutline(lens, field, 64);
    for (let k = 0; k < cut.length; k += 2) {
      const sees = (grown: number): boolean =>
        transmitted(grown * cut[k], grown * cut[k + 1], field[0], field[1], lens.cats_eye);
      expect(sees(1 - 1e-9)).toBe(true);
      const share = Math.hypot(cut[k], cut[k + 1]) / Math.hypot(whole[k], whole[k + 1]);
      expect(share).toBeLessThanOrEqual(1 + 1e-12);
      if (share < 1 - 1e-9) expect(sees(1 + 1e-9)).toBe(false);
    }
  }
  expectClose(catsEyeOutline({ ...PLAIN_LENS, cats_eye: 1 }, [3, 0], 4), [0, 0, 0, 0, -1, 0, 0, 0], 1e-7);
});
