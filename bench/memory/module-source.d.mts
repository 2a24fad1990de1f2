export function moduleSource(format: 'esm' | 'script' | 'api', version: number): string;
