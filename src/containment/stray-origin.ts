/** Files whose timers threw: the stack of what was thrown may say nothing of them, or not be there at all. */
const origins = new WeakMap<object, string>();

export function noteOrigin(thrown: unknown, file: string): void {
  if (typeof thrown === 'object' && thrown !== null) origins.set(thrown, file);
}

/** The file (absolute) whose timer threw this, or undefined. */
export function originOf(thrown: unknown): string | undefined {
  return typeof thrown === 'object' && thrown !== null ? origins.get(thrown) : undefined;
}
