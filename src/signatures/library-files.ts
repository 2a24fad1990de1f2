/** The language's own declarations and Node's: their types are recognised by name and never walked into. */
export function isStandardLibrary(path: string): boolean {
  return (
    /\/lib\.[\w.]*d\.ts$/.test(path) ||
    path.includes('/node_modules/@types/node/') ||
    path.includes('/node_modules/undici-types/')
  );
}

export function isPackageFile(path: string): boolean {
  return path.includes('/node_modules/');
}
