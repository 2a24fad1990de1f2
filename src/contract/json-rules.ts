/** How deep arrays and objects of a request may nest, the outermost counted as 1. */
export const deepestJson = 64;

/** Keys that a careless copy of an object takes for more than keys; no request may have them. */
export function isDangerousKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor';
}
