/** Writes to stdout, no faster than it takes it. A reader that has seen enough (`| head`) is no error. */
export function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => resolve());
    process.stdout.write(text, () => resolve());
  });
}
