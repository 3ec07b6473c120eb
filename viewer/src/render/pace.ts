/** Pace: how fast this card is, learnt from what it has drawn, and so how much to ask of it at a time. */

/** Before anything is known: a slow card, so that the first picture comes soon. */
const FIRST_GUESS_MS = 1.5e-4;
/** How much a new measurement counts. */
const NEWS = 0.4;
/** What a preview may take: where that is too little for a fair picture, a slow card gets more time for fewer samples. */
const PREVIEW_MS = 40;
const SLOW_PREVIEW_MS = 100;
const PREVIEW_SAMPLES = 8;
const SLOW_PREVIEW_SAMPLES = 4;
const FAIR_SCALE = 0.5;
/** Of a batch of samples, so that the next input never waits long. */
const BATCH_MS = 24;
/** Drawings of fewer samples say nothing; longer ones have waited for something else. */
const FEWEST_PIXELS = 2000;
const LONGEST_MS = 600;
const SCALES = [1, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125];

export interface PreviewSize {
  readonly samples: number;
  /** Of the picture's width. */
  readonly scale: number;
}

export class Pace {
  /** Milliseconds for a lens sample of a pixel. */
  private cost_ms = FIRST_GUESS_MS;

  /** Learn from a drawing that took so long: nothing from a tiny one, and little from one that waited in a hidden tab. */
  learn(samples: number, pixels: number, took_ms: number): void {
    if (samples * pixels < FEWEST_PIXELS) return;
    const measured = Math.min(Math.max(took_ms, 0.5), LONGEST_MS) / (samples * pixels);
    this.cost_ms += NEWS * (measured - this.cost_ms);
  }

  /** The preview of a picture that comes soon enough. */
  preview(pixels: number): PreviewSize {
    const scale = this.scale(PREVIEW_SAMPLES, PREVIEW_MS, pixels);
    if (scale >= FAIR_SCALE) return { samples: PREVIEW_SAMPLES, scale };
    return { samples: SLOW_PREVIEW_SAMPLES, scale: Math.min(FAIR_SCALE, this.scale(SLOW_PREVIEW_SAMPLES, SLOW_PREVIEW_MS, pixels)) };
  }

  /** How many samples of the whole picture to take until the next frame, 1 or more. */
  batch(pixels: number): number {
    // Rounded up: nobody learns before the screen's next frame that a batch is done, and so one would stay one.
    return Math.max(1, Math.ceil(BATCH_MS / (this.cost_ms * pixels)));
  }

  private scale(samples: number, most_ms: number, pixels: number): number {
    const most = most_ms / (this.cost_ms * samples * pixels);
    return SCALES.find((scale) => scale * scale <= most) ?? SCALES[SCALES.length - 1];
  }
}
