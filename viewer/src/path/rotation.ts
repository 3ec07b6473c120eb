/** Rotations as axis times angle: the exponential and the logarithm of SO(3) (`relens.rotation`). */

import type { Mat3 } from "../camera/vectors";
import { IDENTITY, length, multiply, scale } from "../camera/vectors";
import type { Vec3 } from "../state/view";

/** Under this angle the series serve better than the quotients. */
const SMALL_RAD = 1e-4;

/**
 * The rotation about a vector's direction by its length: R = 1 + sin(a)/a K + (1 - cos(a))/a^2 K K.
 *
 * Convention: right-handed, acting on columns; K is the cross product with the vector. Source: Rodrigues, 1840.
 */
export function expSo3(vector_rad: Vec3): Mat3 {
  const angle = length(vector_rad);
  const small = angle < SMALL_RAD;
  const first = small ? 1 - angle ** 2 / 6 : Math.sin(angle) / angle;
  const second = small ? 0.5 - angle ** 2 / 24 : (1 - Math.cos(angle)) / angle ** 2;
  const [x, y, z] = vector_rad;
  const cross: Mat3 = [0, -z, y, z, 0, -x, -y, x, 0];
  const square = multiply(cross, cross);
  return IDENTITY.map((one, i) => one + first * cross[i] + second * square[i]) as unknown as Mat3;
}

/**
 * Axis times angle of a rotation, angles 0 to pi; the inverse of `expSo3`.
 *
 * By way of the unit quaternion, which is exact at every angle; half a turn takes one of its two axes. Source:
 * Shepperd, Quaternion from Rotation Matrix, Journal of Guidance and Control, 1978.
 */
export function logSo3(r: Mat3): Vec3 {
  const trace = r[0] + r[4] + r[8];
  const [wx, wy, wz] = [r[7] - r[5], r[2] - r[6], r[3] - r[1]];
  const [xy, xz, yz] = [r[1] + r[3], r[2] + r[6], r[5] + r[7]];
  // Four times each pair of quaternion components; the row of the largest component is the well-conditioned one.
  const rows: readonly (readonly [number, number, number, number])[] = [
    [1 + trace, wx, wy, wz],
    [wx, 1 + 2 * r[0] - trace, xy, xz],
    [wy, xy, 1 + 2 * r[4] - trace, yz],
    [wz, xz, yz, 1 + 2 * r[8] - trace],
  ];
  let best = 0;
  for (let i = 1; i < 4; i++) if (rows[i][i] > rows[best][best]) best = i;
  const norm = Math.hypot(...rows[best]) * (rows[best][0] < 0 ? -1 : 1);
  const [w, x, y, z] = rows[best].map((component) => component / norm) as [number, number, number, number];
  const sine = Math.hypot(x, y, z);
  return scale([x, y, z], sine < 1e-12 ? 2 : (2 * Math.atan2(sine, w)) / sine);
}
