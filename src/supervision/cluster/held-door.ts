/** A door that can be held shut for a moment; requests wait behind it. */
export class HeldDoor {
  /** Resolves when the door is opened; undefined while it is open. */
  held: Promise<void> | undefined;
  #open: (() => void) | undefined;

  hold(): void {
    this.held ??= new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.held = undefined;
    this.#open?.();
  }
}
