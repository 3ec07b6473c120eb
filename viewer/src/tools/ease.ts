/** Eased changes over time, one picture at a time; at once for people who want less motion. */

/** Slow at both ends. */
export function easeInOut(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Whether the reader's system asks for less motion. */
export function wantsLessMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Call `step` with 0 < t <= 1, eased, over so many milliseconds; it returns false to stop early. Returns how to stop. */
export function animate(duration_ms: number, step: (t: number) => boolean): () => void {
  if (wantsLessMotion()) {
    step(1);
    return () => undefined;
  }
  const start = performance.now();
  const tick = (now: number): void => {
    const t = Math.min(1, Math.max(0, (now - start) / duration_ms));
    const goesOn = t === 0 || step(easeInOut(t));
    if (t < 1 && goesOn) frame = window.requestAnimationFrame(tick);
  };
  let frame = window.requestAnimationFrame(tick);
  return () => {
    window.cancelAnimationFrame(frame);
  };
}
