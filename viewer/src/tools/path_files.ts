/** Path files and ready-made moves: camera paths into the page and out of it. */

import { readPathFile, writePathFile } from "../path/path_file";
import type { PathRecord } from "../path/path_record";
import type { App } from "../state/app";
import { reasonOf } from "../state/reason";
import { download, fileStem } from "./download";
import { takePath } from "./keyframe_commands";

/** As much as the server takes of a path. */
const MOST_BYTES = 1 << 26;

/** Take the camera path of a file: ours, or another program's that the server can read. */
export async function importPath(app: App, file: File): Promise<void> {
  try {
    takePath(app, await pathOfFile(app, file));
    app.say(`The camera path of ${file.name}.`);
  } catch (error) {
    app.say(`${file.name}: ${reasonOf(error)}`, "wrong");
  }
}

async function pathOfFile({ server }: App, file: File): Promise<PathRecord> {
  if (file.size > MOST_BYTES) throw new Error(`is larger than ${MOST_BYTES >> 20} MB; expected a camera path`);
  const text = await file.text();
  const found = readPathFile(text);
  if ("wrong" in found) throw new Error(found.wrong);
  if (!("foreign" in found)) return found;
  if (server === null) throw new Error("is a file that only relens reads; open the scene with relens view for it");
  return server.readPath(text);
}

/** Save the page's path as a file that relens reads. */
export function exportPath(app: App): void {
  const { path } = app.store.get();
  if (path === null) {
    app.say("There is no camera path to save yet.");
    return;
  }
  try {
    download(new Blob([writePathFile(path)], { type: "application/yaml" }), `${fileStem(app.info.name)}-path.yaml`);
  } catch (error) {
    app.say(reasonOf(error), "wrong");
  }
}

/** Take a ready-made move, made for this scene and the lens on the page. */
export async function takeMove(app: App, name: string): Promise<void> {
  const { server, store } = app;
  try {
    if (server === null) {
      const baked = app.bakedMove(name);
      if (baked === null) throw new Error(`the move ${name} is not in this page; open the scene with relens view for it`);
      takePath(app, baked);
    } else if (server.mayWrite) {
      takePath(app, await server.move(name, store.get().view));
    } else {
      throw new Error("this page only looks: open the address that relens view printed, with its token, for moves");
    }
    app.say(`The move ${name}: play it, or change its keyframes.`);
  } catch (error) {
    app.say(reasonOf(error), "wrong");
  }
}
