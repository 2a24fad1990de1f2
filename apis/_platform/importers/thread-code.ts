const codes = new Map<string, Promise<string>>();

/** A TypeScript file with all that it imports as one script: a thread cannot load TypeScript by itself. */
export function threadCode(file: string): Promise<string> {
  const known = codes.get(file);
  if (known !== undefined) return known;
  const code = bundle(file);
  codes.set(file, code);
  code.catch(() => codes.delete(file));
  return code;
}

async function bundle(file: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
