/** PageList: the canonical texture's pages, to take to any editor and bring back. */

import { openPack } from "../scene/pack";
import type { Server } from "../server/server";
import type { App } from "../state/app";
import { reasonOf } from "../state/reason";
import { editQueue } from "../tools/edit_queue";
import { group } from "./controls";
import { element } from "./element";
import { dropTarget, fileButton } from "./file_drop";

/** The page of what the photo itself shows; `relens.canonical.PHOTO`. */
const PHOTO = "photo";

/** A row a page: download, and import by a button or by dropping a PNG on the row. Loaded when it is first seen. */
export function pageList(app: App, server: Server): HTMLElement {
  const list = element("ul", { class: "list pages", "aria-label": "Pages" });
  const state = element("p", { class: "hint", role: "status" }, "Loading…");
  let asked = false;
  const load = async (): Promise<void> => {
    if (asked || !app.store.get().open.includes("touch-up")) return;
    asked = true;
    try {
      list.replaceChildren(...(await pageNames(app, server)).map((name) => row(app, server, name)));
      state.textContent = "16-bit PNG. What is painted on the photo's page goes to the layers that show there.";
    } catch (error) {
      asked = false;
      state.textContent = reasonOf(error);
    }
  };
  app.store.on(() => void load());
  void load();
  return group("Pages", list, state);
}

/** The names of the pages, the photo's first; the smallest level of the scene says them. */
async function pageNames({ info }: App, server: Server): Promise<readonly string[]> {
  const smallest = Math.max(...info.levels.map(({ level }) => level));
  const layers = openPack(await server.pack(smallest)).header.layers.map(({ name }) => name);
  return layers.includes(PHOTO) ? layers : [PHOTO, ...layers];
}

function row(app: App, server: Server, name: string): HTMLElement {
  const bring = (file: File): void => {
    void editQueue(app).add({
      what: `The page ${name}`, run: (to, revision, level) => to.importPage(name, file, revision, level),
    }).then((outcome) => {
      if (outcome === "done") app.say(`The page ${name} is as in ${file.name}.`);
    });
  };
  const take = element("a", {
    class: "button quiet", href: server.pageUrl(name), download: true, "aria-label": `Download the page ${name}`,
  }, "Download");
  const look = { look: "quiet", title: `Import a PNG as the page ${name}` };
  const give = server.mayWrite ? fileButton("Import", ".png,image/png", bring, look) : null;
  const made = element("li", { class: "item" }, element("span", {}, name), element("span", { class: "row" }, take, give));
  if (server.mayWrite) dropTarget(made, bring);
  return made;
}
