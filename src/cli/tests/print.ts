let isGuarded = false;

/** Writes to stdout, no faster than it takes it. A reader that has seen enough (`| head`) is no error. */
export function print(text: string | Uint8Array): Promise<void> {
  // An error is told to the callback first, and then by the event.
  if (!isGuarded) process.stdout.on('error', () => {});
  isGuarded = true;
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}
