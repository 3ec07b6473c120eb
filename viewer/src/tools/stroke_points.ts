/** StrokePoints: where a brush went, in as few points as its radius needs. */

/** Column and row of the photo. */
export type PagePoint = readonly [number, number];

/** Points nearer to the one before than this share of the radius change nothing that can be seen. */
const STEP = 0.25;

/** The points with one more, or the same points where it is nearer than a quarter of the radius to the last. */
export function withPoint(points: readonly PagePoint[], point: PagePoint, radius_px: number): readonly PagePoint[] {
  const last = points.at(-1);
  const isNear = last !== undefined && Math.hypot(point[0] - last[0], point[1] - last[1]) < STEP * radius_px;
  return isNear ? points : [...points, point];
}

/** The points, ending exactly where the brush did. */
export function endingAt(points: readonly PagePoint[], end: PagePoint): readonly PagePoint[] {
  const last = points.at(-1);
  return last !== undefined && last[0] === end[0] && last[1] === end[1] ? points : [...points, end];
}
