/** Distances in words: as many digits as matter to somebody who focuses. */

/** "1.20 m", "0.85 m", "12.4 m", "∞". */
export function distanceText(distance_m: number): string {
  if (distance_m >= 1000) return "∞";
  return `${distance_m.toFixed(distance_m < 10 ? 2 : distance_m < 100 ? 1 : 0)} m`;
}

/** The two limits of a depth of field with the digits that tell them apart, the unit on the second: ["1.170", "1.187 m"]. */
export function limitsText(near_m: number, far_m: number): readonly [string, string] {
  if (far_m >= 1000) return [distanceText(near_m), "∞"];
  const apart = far_m - near_m;
  const digits = apart >= 10 ? 0 : apart >= 1 ? 1 : apart >= 0.02 ? 2 : 3;
  return [near_m.toFixed(digits), `${far_m.toFixed(digits)} m`];
}
