/**
 * Whether writing may work later without anybody changing the program: the disk is full, or could not be written to
 * for the moment.
 */
export function isPassingTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^SQLITE_(?:FULL|IOERR|BUSY|LOCKED|NOMEM)/.test(code)) return true;
  // SQLite has rolled back by itself then, so that the rollback after it has nothing to do, and says so instead.
  return code === 'SQLITE_ERROR' && error.message.includes('no transaction is active');
}
