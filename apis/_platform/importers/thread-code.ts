import { build } from 'esbuild';

const codes = new Map<string, Promise<string>>();

/** A TypeScript file with all that it imports as one script: a thread cannot load TypeScript by itself. */
export function threadCode(file: string): Promise<string> {
  const known = codes.get(file);
  if (known !== undefined) return known;
  const code = build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'silent',
  }).then((result) => result.outputFiles[0]?.text ?? '');
  codes.set(file, code);
  code.catch(() => codes.delete(file));
  return code;
}
