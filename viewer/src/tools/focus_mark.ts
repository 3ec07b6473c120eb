/** The mark on the picture: flashes where the focus goes, and is moved by the arrow keys to focus without a pointer. */

export interface FocusMark {
  readonly root: HTMLElement;
  /** Show for a moment, at CSS pixels of the canvas. */
  flash(x: number, y: number): void;
  /** Show until `hide`. */
  place(x: number, y: number): void;
  hide(): void;
}

const FLASH_MS = 900;

/** A hidden mark, to be put over the picture. */
export function focusMark(): FocusMark {
  const root = document.createElement("div");
  root.className = "focus-mark";
  root.hidden = true;
  root.setAttribute("aria-hidden", "true");
  let timer = 0;
  const show = (x: number, y: number): void => {
    window.clearTimeout(timer);
    root.hidden = false;
    root.style.left = `${x}px`;
    root.style.top = `${y}px`;
  };
  const hide = (): void => {
    window.clearTimeout(timer);
    root.hidden = true;
  };
  return {
    root,
    hide,
    place: show,
    flash(x, y) {
      show(x, y);
      for (const animation of root.getAnimations()) animation.cancel();
      root.classList.add("flashes");
      for (const animation of root.getAnimations()) animation.play();
      timer = window.setTimeout(() => {
        root.classList.remove("flashes");
        hide();
      }, FLASH_MS);
    },
  };
}
