/** Store: the one place where state lives; panels read it, change it and are told of changes. */

import type { State } from "./state";
import type { View } from "./view";

export type Listener = (state: State, before: State) => void;

export class Store {
  private readonly listeners = new Set<Listener>();

  constructor(private state: State) {}

  get(): State {
    return this.state;
  }

  /** Change some values; listeners are told once, and only if one of them is new. */
  set(change: Partial<State>): void {
    const before = this.state;
    const keys = Object.keys(change) as (keyof State)[];
    if (keys.every((key) => Object.is(before[key], change[key]))) return;
    this.state = Object.freeze({ ...before, ...change });
    for (const listener of [...this.listeners]) listener(this.state, before);
  }

  /** Change some values of the view. */
  look(change: Partial<View>): void {
    this.set({ view: Object.freeze({ ...this.state.view, ...change }) });
  }

  /** Be told of every change; returns how to stop it. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
