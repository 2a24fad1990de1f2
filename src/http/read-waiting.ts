/**
 * Resolves when what had arrived on open connections is read. After a timer this is not so yet: a process that got no
 * time meanwhile runs its timers before it looks at its connections, and closing one with something unread resets it.
 */
export function readWaiting(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
