/** Files from the person: by a button, or dropped on a part of the page. */

import { button, type ButtonLook } from "./controls";
import { element } from "./element";

/** A button that asks for a file of some endings, e.g. ".png". */
export function fileButton(text: string, accept: string, open: (file: File) => void, look: ButtonLook = {}): HTMLElement {
  const input = element("input", { type: "file", accept, hidden: true, tabindex: -1 });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The same file may be asked for again, after an editor changed it.
    input.value = "";
    if (file !== undefined) open(file);
  });
  const press = button(text, () => {
    input.click();
  }, look);
  return element("span", { class: "file-button" }, press, input);
}

/** Let files be dropped on a part of the page; it has the class "drop-here" while one is over it. */
export function dropTarget(place: HTMLElement, open: (file: File) => void): void {
  let depth = 0;
  const mark = (): void => {
    place.classList.toggle("drop-here", depth > 0);
  };
  const brings = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  place.addEventListener("dragenter", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    depth += 1;
    mark();
  });
  place.addEventListener("dragover", (event) => {
    if (brings(event)) event.preventDefault();
  });
  place.addEventListener("dragleave", (event) => {
    if (!brings(event)) return;
    depth = Math.max(0, depth - 1);
    mark();
  });
  place.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    depth = 0;
    mark();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) open(file);
  });
}
