import { expect, test } from "vitest";

import { taking, type Taken } from "../../src/camera/taking";
import { pictureOf, SAMPLES, tileRequest } from "../../src/render/picture";
import { PHOTO_POSE, PLAIN_LENS, type LensSettings, type Pose } from "../../src/state/view";
import { anyOutline, seeded } from "../golden/random";
import { CAMERA } from "../scene/made_scene";

function take(lens: LensSettings, pose: Partial<Pose>, size_px: readonly [number, number] = [144, 112]): Taken {
  const found = taking({ lens, preset: null, focus: 1.5, framing: "photo", pose: { ...PHOTO_POSE, ...pose }, exposure_ev: 1 }, CAMERA, size_px);
  if ("wrong" in found) throw new Error(found.wrong);
  return found;
}

/** Where a ray through a pixel meets an inverse depth, in the photo's plane: x and y over z. */
function met(m: ArrayLike<number>, o: ArrayLike<number>, pixel: readonly [number, number], w: number): readonly [number, number] {
  const [x, y, z] = [0, 3, 6].map((row) => m[row] * pixel[0] + m[row + 1] * pixel[1] + m[row + 2]);
  return [x / z + w * (o[0] - (o[2] * x) / z), y / z + w * (o[1] - (o[2] * y) / z)];
}

test("the rays that bound a tile bound every sample that the rim lets pass", () => {
  const random = seeded(6);
  for (let turn = 0; turn < 30; turn++) {
    const lens = { ...anyOutline(random), cats_eye: 0, lateral_colour: turn % 3 ? 0 : 0.01, axial_colour: turn % 4 ? 0 : -0.01 };
    const taken = take(lens, { eye_m: [random(-0.1, 0.1), random(-0.1, 0.1), random(-0.1, 0.1)] });
    const picture = pictureOf(taken, null, CAMERA, 0);
    const { views } = tileRequest(picture, CAMERA);
    const pixel = [random(0, 144), random(0, 112)] as const;
    const w = random(0, 3);
    const corners = Array.from({ length: views.origin_m.length / 3 }, (_, view) =>
      met(views.direction.subarray(9 * view), views.origin_m.subarray(3 * view), pixel, w));
    const { samples } = picture;
    for (let i = 0; i < samples.count * samples.channels; i++) {
      const [u, v] = samples.pupil.subarray(2 * Math.floor(i / samples.channels));
      if (u < 1e3 && Math.hypot(u, v) > 1) continue;
      const m = samples.direction.subarray(9 * i, 9 * i + 9);
      const rows = [0, 1, 2].flatMap((row) => [m[row], m[3 + row], m[6 + row]]);
      const [x, y] = met(rows, samples.origin_m.subarray(3 * i), pixel, w);
      for (const [axis, value] of [[0, x], [1, y]] as const) {
        const edges = corners.map((corner) => corner[axis]);
        expect(value).toBeGreaterThanOrEqual(Math.min(...edges) - 1e-4);
        expect(value).toBeLessThanOrEqual(Math.max(...edges) + 1e-4);
      }
    }
  }
});

test("a picture knows its level, its light and its blur", () => {
  const picture = pictureOf(take({ ...PLAIN_LENS, f_number: 2, t_stop: 4 }, {}), null, CAMERA, 1);
  expect(picture.samples.count).toBe(SAMPLES);
  // Two pixels for each texel.
  expect(picture.texels).toBeCloseTo(0.5, 12);
  expect(picture.gain).toBeCloseTo(2 / 4, 12);
  expect(picture.coc_px_m).toBeCloseTo(2 * CAMERA.fx_px * 0.0425, 9);
  expect(picture.blur_px_m).toBeCloseTo(CAMERA.fx_px * 0.0425, 9);
  expect(picture.focus).toEqual({ plane: [0, 0, 1 / 1.5], axis: [0, 0, 1], ahead_m: 0, off: 0 });
});

test("the rim's part is made only where a lens shows it", () => {
  const lens = { ...PLAIN_LENS, cats_eye: 0.7 };
  expect(pictureOf(take(lens, {}), null, CAMERA, 0).passed).toBeNull();
  expect(pictureOf(take({ ...lens, vignetting: true }, {}), null, CAMERA, 0).passed).not.toBeNull();
  expect(pictureOf(take({ ...PLAIN_LENS, vignetting: true }, {}), null, CAMERA, 0).passed).toBeNull();
});
