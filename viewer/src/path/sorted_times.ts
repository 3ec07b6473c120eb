/** Sorted times: where a moment lies among ascending numbers. */

/** How many are at most `time` (numpy.searchsorted, side right). */
export function countUpTo(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** After which of them a moment lies, so that another follows; before the first and after the last, of the end two. */
export function segmentOf(times: readonly number[], time: number): number {
  return Math.min(Math.max(countUpTo(times, time) - 1, 0), times.length - 2);
}

/** Which share of the way from one time to a later one is done at a moment, 0 to 1. */
export function shareOf(one: number, other: number, time: number): number {
  return Math.min(Math.max((time - one) / (other - one), 0), 1);
}
