/** SceneLoader: gets the level of the scene that the canvas needs, a small one first, and puts it on the card. */

import { downFrom, fittingLevel } from "../scene/fitting_level";
import { loadScene } from "../scene/loaded_scene";
import type { Level, SceneInfo } from "../scene/scene_info";
import type { History } from "../state/state";
import type { LiveRenderer } from "./live_renderer";
import { reasonOf } from "../state/reason";

export interface Loading {
  readonly info: SceneInfo;
  readonly live: Pick<LiveRenderer, "open">;
  pack(level: number): Promise<ArrayBuffer>;
  /** Told of the edits that a loaded scene has in it. */
  onHistory(history: History): void;
  /** The newest revision that the page knows of; an older scene is not shown any more. */
  revision(): number;
  say(message: string, kind: "note" | "wrong"): void;
}

export class SceneLoader {
  /** Levels are loaded one after the other; what is wanted is found out when its turn comes. */
  private last: Promise<void> = Promise.resolve();
  private shown: Level | null = null;
  /** Wider ones do not fit the card. */
  private most_px = Infinity;
  private canvas_px: readonly [number, number] = [1, 1];
  private zoom = 1;

  constructor(private readonly loading: Loading) {}

  /** The smallest level at once, then the one that fits. Rejects where nothing can be shown. */
  async first(canvas_px: readonly [number, number]): Promise<void> {
    this.canvas_px = canvas_px;
    const smallest = downFrom(this.loading.info.levels, this.fitting()).at(-1) ?? this.fitting();
    await this.load(smallest);
    void this.fit(canvas_px);
  }

  /** Get a larger level where the canvas, or how far the view is zoomed in, asks for one. */
  fit(canvas_px: readonly [number, number], zoom = 1): Promise<void> {
    [this.canvas_px, this.zoom] = [canvas_px, zoom];
    return this.run(() => {
      const wanted = this.fitting();
      return this.shown && wanted.width_px <= this.shown.width_px ? null : wanted;
    });
  }

  /** Get the scene anew: the card has lost it, or an edit reached past what is there. */
  reload(): Promise<void> {
    return this.run(() => this.shown ?? this.fitting());
  }

  private fitting(): Level {
    const { levels, camera } = this.loading.info;
    const held = levels.filter((level) => level.width_px <= this.most_px);
    return fittingLevel(held.length ? held : levels, camera, this.canvas_px, this.zoom);
  }

  private run(wanted: () => Level | null): Promise<void> {
    this.last = this.last.then(async () => {
      const level = wanted();
      if (level) await this.load(level);
    }).catch((error: unknown) => {
      this.loading.say(reasonOf(error), "wrong");
    });
    return this.last;
  }

  private async load(wanted: Level): Promise<void> {
    const { info, live } = this.loading;
    for (const level of downFrom(info.levels, wanted)) {
      let scene = await loadScene(await this.loading.pack(level.level));
      // Packed before an edit that the page has seen since; a server that was started anew counts from the beginning.
      if (scene.history.revision < this.loading.revision()) scene = await loadScene(await this.loading.pack(level.level));
      try {
        live.open(scene);
      } catch (error) {
        for (const { colour } of scene.layers) colour.close();
        if (!(error instanceof RangeError)) throw error;
        this.most_px = level.width_px - 1;
        continue;
      }
      this.shown = level;
      this.loading.onHistory(scene.history);
      if (level !== wanted) {
        this.loading.say(`This graphics card holds ${level.width_px} x ${level.height_px} of the photo's ${info.camera.width_px} x ${info.camera.height_px} pixels.`, "note");
      }
      return;
    }
    throw new Error("no size of this scene fits the graphics card");
  }
}
