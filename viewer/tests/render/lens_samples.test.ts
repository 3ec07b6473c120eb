import { expect, test } from "vitest";

import { unproject } from "../../src/camera/pinhole";
import { taking, type Taken } from "../../src/camera/taking";
import { subtract } from "../../src/camera/vectors";
import { focusInCamera, lensSamples } from "../../src/render/lens_samples";
import { PHOTO_POSE, PLAIN_LENS, type LensSettings, type Pose } from "../../src/state/view";
import { seeded } from "../golden/random";
import { CAMERA } from "../scene/made_scene";

function take(lens: Partial<LensSettings>, pose: Partial<Pose>, focus: number): Taken {
  const view = { lens: { ...PLAIN_LENS, ...lens }, preset: null, focus, framing: "photo" as const, pose: { ...PHOTO_POSE, ...pose }, exposure_ev: 0 };
  const found = taking(view, CAMERA, [CAMERA.width_px, CAMERA.height_px]);
  if ("wrong" in found) throw new Error(found.wrong);
  return found;
}

function at(plane: readonly [number, number, number], column: number, row: number): number {
  return plane[0] * column + plane[1] * row + plane[2];
}

test("every ray of a pixel goes through the same point of the plane of focus", () => {
  const random = seeded(5);
  for (let turn = 0; turn < 20; turn++) {
    const taken = take(
      { f_number: 1, tilt_deg: random(-4, 4), swing_deg: random(-4, 4), squeeze: random(0.5, 2), blades: 5 },
      { eye_m: [random(-0.1, 0.1), random(-0.1, 0.1), random(-0.1, 0.1)], yaw_rad: random(-0.2, 0.2), roll_rad: random(-0.2, 0.2) }, random(0.5, 3));
    const [column, row] = [random(0, 72), random(0, 56)];
    const point_m = unproject(taken.camera, taken, [column, row, at(focusInCamera(taken), column, row)]);
    const { count, channels, direction, origin_m } = lensSamples(taken, null, 16);
    expect([count, channels]).toEqual([16, 1]);
    for (let i = 0; i < count; i++) {
      const [m, o] = [direction.subarray(9 * i, 9 * i + 9), origin_m.subarray(3 * i, 3 * i + 3)];
      // Columns first.
      const [dx, dy, dz] = [0, 1, 2].map((axis) => m[axis] * column + m[3 + axis] * row + m[6 + axis]);
      const [x, y, z] = subtract(point_m, [o[0], o[1], o[2]]);
      expect(x / z).toBeCloseTo(dx / dz, 5);
      expect(y / z).toBeCloseTo(dy / dz, 5);
    }
  }
});

test("colours that go their own ways have rays of their own, sample by sample", () => {
  const clean = take({}, {}, 1.5);
  const coloured = take({ axial_colour: 0.01, lateral_colour: 0.004 }, {}, 1.5);
  const [one, three] = [lensSamples(clean, null, 8), lensSamples(coloured, null, 8)];
  expect([three.channels, three.direction.length, three.origin_m.length, three.weight.length, three.pupil.length]).toEqual([3, 9 * 24, 3 * 24, 24, 16]);
  for (let i = 0; i < 8; i++) {
    expect(three.direction.slice(9 * (3 * i + 1), 9 * (3 * i + 1) + 9)).toEqual(one.direction.slice(9 * i, 9 * i + 9));
    expect(three.direction[27 * i]).not.toBe(three.direction[27 * i + 9]);
    expect(three.origin_m.slice(9 * i, 9 * i + 3)).toEqual(three.origin_m.slice(9 * i + 6, 9 * i + 9));
  }
});

test("exactly one of the first samples is never cut by the rim", () => {
  const { pupil } = lensSamples(take({ cats_eye: 1 }, {}, 1.5), null, 256);
  const uncut = [...pupil.keys()].filter((each) => each % 2 === 0 && pupil[each] > 1e3).map((each) => each / 2);
  expect(uncut).toHaveLength(1);
  expect(uncut[0]).toBeLessThan(8);
});

test("samples of a pupil with an image come again from the first, with their weights", () => {
  const image = { points: [0.1, 0.2, -0.5, 0.4, 0.3, -0.9], weights: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
  const samples = lensSamples(take({ image: "heart" }, {}, 1.5), image, 256);
  expect(samples.count).toBe(256);
  expect([...samples.weight.slice(9 * 85, 9 * 85 + 3)]).toEqual([1, 2, 3]);
});
