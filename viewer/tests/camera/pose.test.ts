import { expect, test } from "vitest";
import { cameraToWorld, placeOf, poseOf, rotationOf, turnsOf } from "../../src/camera/pose";
import type { Mat3 } from "../../src/camera/vectors";
import { IDENTITY, apply, multiply, transpose } from "../../src/camera/vectors";
import { expectClose } from "../golden/closeness";
import { golden } from "../golden/lens_golden";
import { anyPose, seeded } from "../golden/random";

const DEGREES = 180 / Math.PI;

test("poses are relens's, there and back", () => {
  for (const { pose, camera_to_world, turns_deg } of golden.poses) {
    expectClose(cameraToWorld(placeOf(pose)), camera_to_world);
    const back = poseOf(camera_to_world, pose.zoom);
    expectClose(back.eye_m, pose.eye_m);
    expect(back.zoom).toBe(pose.zoom);
    expectClose(
      [back.yaw_rad * DEGREES, back.pitch_rad * DEGREES, back.roll_rad * DEGREES],
      [turns_deg.yaw_deg, turns_deg.pitch_deg, turns_deg.roll_deg],
    );
  }
});

test("turns make the rotation they were read from", () => {
  const random = seeded(5);
  for (let i = 0; i < 200; i++) {
    const rotation = rotationOf(anyPose(random, 7));
    expectClose(multiply(rotation, transpose(rotation)), IDENTITY);
    expectClose(rotationOf(turnsOf(rotation)), rotation);
  }
});

test("yaw looks to the right, pitch up, roll tips the horizon", () => {
  const look = (yaw_rad: number, pitch_rad: number, roll_rad: number): Mat3 =>
    rotationOf({ yaw_rad, pitch_rad, roll_rad });
  expect(apply(look(0.1, 0, 0), [0, 0, 1])[0]).toBeGreaterThan(0);
  expect(apply(look(0, 0.1, 0), [0, 0, 1])[1]).toBeLessThan(0);
  expect(apply(look(0, 0, 0.1), [1, 0, 0])[1]).toBeGreaterThan(0);
});
