import { expect, test } from "vitest";
import { clampToSafe, lookedAround } from "../../src/camera/look_around";
import { project } from "../../src/camera/pinhole";
import { placeOf } from "../../src/camera/pose";
import { add, length, subtract } from "../../src/camera/vectors";
import { PHOTO_POSE } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { anyPoint, anyPose, seeded } from "../golden/random";

const CAMERA = { fx_px: 1000, fy_px: 1000, cx_px: 400, cy_px: 300, width_px: 800, height_px: 600 };
const SAFE = { left_m: 0.2, right_m: 0.1, up_m: 0.05, down_m: 0.08, forward_m: 0.3, back_m: 0.02 };

test("the pivot keeps its place in the picture, and roll and zoom stay", () => {
  const random = seeded(8);
  for (let i = 0; i < 300; i++) {
    const start = anyPose(random, 0.6);
    const place = placeOf(start);
    const before = [random(50, 750), random(50, 550), 1 / random(1, 5)] as const;
    const ahead = [(before[0] - 400) / 1000, (before[1] - 300) / 1000, 1] as const;
    const r = place.rotation;
    const away = (row: 0 | 3 | 6): number =>
      (r[row] * ahead[0] + r[row + 1] * ahead[1] + r[row + 2] * ahead[2]) / before[2];
    const pivot_m = add(start.eye_m, [away(0), away(3), away(6)]);
    const moved_m = anyPoint(random, 0.3);
    const found = lookedAround(start, pivot_m, moved_m);
    expectClose(project(CAMERA, placeOf(found), pivot_m).slice(0, 2), before.slice(0, 2));
    expectClose(found.eye_m, add(start.eye_m, moved_m));
    expect([found.roll_rad, found.zoom]).toEqual([start.roll_rad, start.zoom]);
  }
});

test("an eye that does not move does not turn, however it looks", () => {
  const random = seeded(9);
  for (let i = 0; i < 300; i++) {
    const start = anyPose(random, 7);
    const found = lookedAround(start, anyPoint(random, 5), [0, 0, 0]);
    expectClose([found.yaw_rad, found.pitch_rad], [start.yaw_rad, start.pitch_rad], 1e-6);
  }
});

test("small moves make small turns, past half a turn too", () => {
  const start = { ...PHOTO_POSE, yaw_rad: Math.PI - 1e-4, pitch_rad: 0.3 };
  for (const x_m of [-0.001, 0.001]) {
    const found = lookedAround(start, [0.1, -0.5, -3], [x_m, 0, 0]);
    expect(Math.abs(found.yaw_rad - start.yaw_rad)).toBeLessThan(1e-3);
  }
});

test("an eye in the pivot keeps its direction", () => {
  expect(lookedAround(PHOTO_POSE, [0, 0, 2], [0, 0, 2])).toEqual({ ...PHOTO_POSE, eye_m: [0, 0, 2] });
});

test("an eye within the safe volume stays, one outside comes to the nearest place in it", () => {
  const random = seeded(10);
  const reach = (eye: readonly number[]): number => Math.hypot(
    eye[0] / (eye[0] < 0 ? 0.2 : 0.1), eye[1] / (eye[1] < 0 ? 0.05 : 0.08), eye[2] / (eye[2] < 0 ? 0.02 : 0.3),
  );
  for (let i = 0; i < 500; i++) {
    const eye_m = anyPoint(random, 0.4);
    const found = clampToSafe(eye_m, SAFE);
    if (reach(eye_m) <= 1) {
      expect(found).toEqual(eye_m);
      continue;
    }
    expect(reach(found)).toBeCloseTo(1, 9);
    expectClose(clampToSafe(found, SAFE), found);
    const away_m = length(subtract(found, eye_m));
    for (let k = 0; k < 20; k++) {
      const other = clampToSafe(anyPoint(random, 0.4), SAFE);
      expect(length(subtract(other, eye_m))).toBeGreaterThanOrEqual(away_m - 1e-12);
    }
  }
});

test("the way along the edge has no jumps: two eyes come no farther apart", () => {
  const random = seeded(11);
  for (let i = 0; i < 500; i++) {
    const [one, other] = [anyPoint(random, 0.4), anyPoint(random, 0.4)];
    const apart_m = length(subtract(clampToSafe(one, SAFE), clampToSafe(other, SAFE)));
    expect(apart_m).toBeLessThanOrEqual(length(subtract(one, other)) + 1e-12);
  }
});

test("a direction without room is closed and leaves the others open", () => {
  const flat = { ...SAFE, left_m: 0, forward_m: 0, back_m: 0 };
  expectClose(clampToSafe([-0.3, 0.04, 1], flat), [0, 0.04, 0]);
  expectClose(clampToSafe([-0.3, 0.5, 0], flat), [0, 0.08, 0]);
  const none = { left_m: 0, right_m: 0, up_m: 0, down_m: 0, forward_m: 0, back_m: 0 };
  expectClose(clampToSafe([0.1, -0.2, 0.3], none), [0, 0, 0]);
});
