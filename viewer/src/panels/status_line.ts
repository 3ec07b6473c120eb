/** The status line under the picture: what is wrong, messages, how far the picture has come and how large it is. */

import { lensReading } from "../camera/lens_reading";
import type { App } from "../state/app";
import { element } from "./element";

/** The line; `messages` is the part that `App.say` writes to. */
export function statusLine(app: App, messages: HTMLElement): HTMLElement {
  const wrong = element("p", { class: "message warning", role: "alert" });
  const count = element("span", { class: "value" });
  const bar = element("progress", { class: "progress", "aria-label": "Lens samples", max: 1, value: 0 });
  const root = element("div", { class: "status" }, element("div", { class: "notices" }, wrong, messages), element("div", { class: "samples" }, bar, count));

  const showWrong = (): void => {
    const line = lensReading(app.store.get().view, app.info.camera).wrong;
    if (wrong.textContent !== (line ?? "")) wrong.textContent = line ?? "";
    root.classList.toggle("is-wrong", line !== null);
  };
  app.live.onFrame(({ samples, of }) => {
    bar.max = of;
    bar.value = samples;
    count.textContent = samples >= of ? `${of} samples` : `${samples} of ${of} samples`;
    root.classList.toggle("is-done", samples >= of);
  });
  app.store.on((state, before) => {
    if (state.view !== before.view) showWrong();
  });
  showWrong();
  return root;
}
