/** Opened: where the page's scene comes from, a server or the page's own file. */

import type { PathRecord } from "../path/path_record";
import type { SafeVolume, SceneInfo } from "../scene/scene_info";
import { exportedPage } from "./exported_page";
import { httpServer, readSceneInfo } from "./http_server";
import type { Server } from "./server";
import { tokenFromAddress } from "./token_from_address";

export interface Opened {
  readonly info: SceneInfo;
  readonly server: Server | null;
  pack(level: number): Promise<ArrayBuffer>;
  source(level: number): Promise<Blob | null>;
  safeVolume(): Promise<SafeVolume>;
  bakedMove(name: string): PathRecord | null;
}

/** The scene of this page. Rejects, in one line, where there is none. */
export async function opened(): Promise<Opened> {
  const page = exportedPage();
  if (page) {
    return {
      info: page.info,
      server: null,
      pack: () => Promise.resolve(page.pack()),
      source: () => Promise.resolve(page.source()),
      safeVolume: () => Promise.resolve(page.safe),
      bakedMove: (name) => page.moves.find((move) => move.name === name)?.path ?? null,
    };
  }
  const server = httpServer(tokenFromAddress());
  return {
    info: await readSceneInfo(),
    server,
    pack: (level) => server.pack(level),
    source: (level) => server.source(level),
    safeVolume: () => server.safeVolume(),
    bakedMove: () => null,
  };
}
