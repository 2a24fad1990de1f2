/** The language's own declarations and Node's: their types are recognised by name and never walked into. */
export function isStandardLibrary(path: string): boolean {
  return /\/lib\.[\w.]*d\.ts$/.test(path) || path.includes('/node_modules/@types/node/');
}

export function isPackageFile(path: string): boolean {
  return path.includes('/node_modules/');
}
