/** Pace: how fast this card is, learnt from what it has drawn, and so how much to ask of it at a time. */

/** Before anything is known: a slow card, so that the first picture comes soon. */
const FIRST_GUESS_MS = 1.5e-4;
/** How much a new measurement counts. */
const NEWS = 0.4;
/** Of a preview, and of a batch of samples, so that the next input never waits long. */
const PREVIEW_MS = 45;
const BATCH_MS = 24;
const SCALES = [1, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125];

export class Pace {
  /** Milliseconds for a lens sample of a pixel. */
  private cost_ms = FIRST_GUESS_MS;

  /** Learn from a drawing that took so long. */
  learn(samples: number, pixels: number, took_ms: number): void {
    const measured = Math.max(took_ms, 0.5) / (samples * pixels);
    this.cost_ms += NEWS * (measured - this.cost_ms);
  }

  /** The share of the picture's width at which a preview of so many samples comes soon enough. */
  previewScale(samples: number, pixels: number): number {
    const most = PREVIEW_MS / (this.cost_ms * samples * pixels);
    return SCALES.find((scale) => scale * scale <= most) ?? SCALES[SCALES.length - 1];
  }

  /** How many samples of the whole picture to take until the next frame, 1 or more. */
  batch(pixels: number): number {
    return Math.max(1, Math.floor(BATCH_MS / (this.cost_ms * pixels)));
  }
}
