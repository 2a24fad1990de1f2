/** The command line itself is wrong; the overview of commands helps. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
