/** App: what every panel and tool is given. */

import type { LiveView } from "../render/live_view";
import type { SceneInfo, SafeVolume } from "../scene/scene_info";
import type { Server } from "../server/server";
import type { Store } from "./store";

export interface App {
  readonly info: SceneInfo;
  readonly store: Store;
  readonly live: LiveView;
  /** null in an exported page, which has no server. */
  readonly server: Server | null;
  /** Known some seconds after the start; null until then. */
  safe(): SafeVolume | null;
  /** Moves that an exported page carries, by name. */
  bakedMove(name: string): import("../path/path_record").PathRecord | null;
  /** A line for people at the bottom of the picture; `wrong` for what failed. It is read out by screen readers. */
  say(message: string, kind?: "note" | "wrong"): void;
  /** Take over what an edit on the server changed. */
  takeOver(patches: ArrayBuffer, history: import("./state").History): Promise<void>;
}
