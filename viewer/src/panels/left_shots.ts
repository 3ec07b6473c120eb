/** LeftShots: pictures that waited when relens view ended last. It takes them now; here they come home. */

import type { LeftShot, Server, ShotResult } from "../server/server";
import { reasonOf } from "../state/reason";
import { group } from "./controls";
import { element } from "./element";

/** Their place in the panel; nothing shows where there are none. */
export function leftShots(server: Server): HTMLElement {
  const root = group("From last time");
  root.hidden = true;
  // Who cannot be told of them has no use for the reason either: the page says elsewhere that nobody answers.
  void server.leftShots().then(async (left) => {
    root.hidden = left.length === 0;
    const rows = left.map(() => element("p", { class: "hint" }, "Waiting"));
    root.append(...rows);
    // One after the other, as they are taken: each takes a connection, of which a browser has few.
    for (const [at, shot] of left.entries()) rows[at].replaceChildren(await shown(server, shot, rows[at]));
  }).catch(() => undefined);
  return root;
}

async function shown(server: Server, shot: LeftShot, row: HTMLElement): Promise<Node | string> {
  try {
    return link(await server.followShot(shot.id, ({ fraction }) => {
      row.textContent = `Rendering, ${Math.round(100 * fraction)} %`;
    }));
  } catch (error) {
    return reasonOf(error);
  }
}

/** Not shown until somebody wants it: what nobody has fetched stays for the next time. */
function link(result: ShotResult): HTMLElement {
  return element("a", { class: "button", href: result.url, download: result.name }, `Download ${result.name}`);
}
