import { expect, test } from "vitest";
import type { LensNumber } from "../../src/lens/lens";
import * as lenses from "../../src/lens/lens";
import type { LensSettings } from "../../src/state/view";
import { PLAIN_LENS } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { golden } from "../golden/lens_golden";
import { seeded } from "../golden/random";

test("the numbers of sixty lenses are relens's", () => {
  for (const told of golden.lenses) {
    const { lens, focus_m, fx_px } = told;
    expect(lenses.checkLens(lens)).toBeNull();
    expect(lenses.checkFocus(lens, focus_m)).toBeNull();
    const focusInverse_m = lenses.focusInverseM(focus_m);
    const sharp_px = lenses.sharpLimitPx(...told.size_px);
    expectClose(
      [
        lenses.pupilDiameterM(lens), focusInverse_m, lenses.focusInverseAtM(lens, focus_m, ...told.at),
        lenses.breathingScale(lens, focus_m), lenses.transmittance(lens), sharp_px,
        lenses.cocPx(lens, fx_px, told.inverse_depth, focusInverse_m), lenses.hyperfocalM(lens, fx_px, sharp_px),
      ],
      [
        told.pupil_diameter_m, told.focus_inverse_m, told.focus_inverse_at_m, told.breathing_scale, told.transmittance,
        told.sharp_px, told.coc_px, told.hyperfocal_m,
      ],
    );
    expectClose(lenses.focusGradientPerM(lens), told.focus_gradient_per_m);
    expectClose(lenses.channelFocusPerM(lens), told.channel_focus_per_m);
    expectClose(lenses.channelMagnification(lens), told.channel_magnification);
    expectClose(lenses.depthOfFieldM(lens, focus_m, fx_px, sharp_px), told.depth_of_field_m);
    expect(lenses.hasColourError(lens)).toBe(told.has_colour_error);
  }
});

test("what is no lens is refused in relens's words", () => {
  for (const { name, value, wrong } of golden.wrong) {
    const found = lenses.checkLens({ ...PLAIN_LENS, [name]: value });
    if (name === "tilt_deg" || name === "swing_deg") {
      // relens says them in radians.
      expect(found).toBe(`${name}=${value}: expected -68.7 to 68.7 degrees (1.2 rad)`);
    } else {
      expect(found).toBe(wrong);
    }
  }
  expect(lenses.checkLens({ ...PLAIN_LENS, f_number: NaN })).toBe("f_number=NaN: expected 0.5 to 128");
});

test("a lens is focused beyond its focal length only", () => {
  expect(lenses.checkFocus(PLAIN_LENS, 0.0851)).toBeNull();
  expect(lenses.checkFocus(PLAIN_LENS, Infinity)).toBeNull();
  const expected = "expected a distance beyond the focal length (0.085 m), or inf";
  expect(lenses.checkFocus(PLAIN_LENS, 0.085)).toBe(`focus_distance_m=0.085: ${expected}`);
  const long = { ...PLAIN_LENS, focal_length_mm: 123.456789 };
  expect(lenses.checkFocus(long, 0.1)).toMatch("(0.123457 m)");
  expect(lenses.checkFocus(PLAIN_LENS, -1)).toBe(`focus_distance_m=-1: ${expected}`);
  expect(lenses.checkFocus(PLAIN_LENS, NaN)).toBe(`focus_distance_m=NaN: ${expected}`);
});

test("controls offer nothing but lenses, from end to end, and start at the plain one", () => {
  for (const [key, range] of Object.entries(lenses.RANGES) as [LensNumber, lenses.Range][]) {
    const wide: LensSettings = { ...PLAIN_LENS, f_number: key === "t_stop" ? 0.5 : 1.4 };
    for (const value of [range.min, range.max, range.default]) {
      expect(lenses.checkLens({ ...wide, [key]: value }), `${key} ${value}`).toBeNull();
    }
    expect(range.default).toBe(key === "t_stop" ? PLAIN_LENS.f_number : PLAIN_LENS[key]);
    if (range.logarithmic) expect(range.min).toBeGreaterThan(0);
  }
});

test("blur is the sharp limit at both limits of the depth of field", () => {
  const random = seeded(4);
  for (let i = 0; i < 100; i++) {
    const lens = { ...PLAIN_LENS, focal_length_mm: random(20, 200), f_number: random(1, 16) };
    const [focus_m, fx_px, sharp_px] = [random(0.3, 20), random(500, 5000), random(0.5, 5)];
    const [near_m, far_m] = lenses.depthOfFieldM(lens, focus_m, fx_px, sharp_px);
    const blur_px = (depth_m: number): number => lenses.cocPx(lens, fx_px, 1 / depth_m, 1 / focus_m);
    expect(blur_px(near_m)).toBeCloseTo(sharp_px, 9);
    if (far_m < Infinity) expect(blur_px(far_m)).toBeCloseTo(sharp_px, 9);
    else expect(blur_px(Infinity)).toBeLessThanOrEqual(sharp_px * (1 + 1e-12));
    const hyperfocal_m = lenses.hyperfocalM(lens, fx_px, sharp_px);
    expect(1 / lenses.depthOfFieldM(lens, hyperfocal_m, fx_px, sharp_px)[1]).toBeCloseTo(0, 9);
  }
});
