import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSignatureChecker } from '../../src/signatures/checker-client.ts';
import type {
  DerivedFunction,
  FileSignatures,
  SignatureChecker,
  SignatureCheckerOptions,
  SignatureProblem,
} from '../../src/signatures/checker-client.ts';
import type { Signature } from '../../src/contract/signature.ts';

export const runtimeDir = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** A folder of real files with a checker on it. */
export interface CheckerProject {
  readonly root: string;
  readonly checker: SignatureChecker;
  path(name: string): string;
  /** Writes the file and derives it, as after a save. */
  save(name: string, text: string, names?: readonly string[]): Promise<FileSignatures>;
  /** Writes a file without telling the checker. */
  write(name: string, text: string): Promise<void>;
  derive(wanted: readonly string[], options?: DeriveOptions): Promise<ReadonlyMap<string, FileSignatures>>;
  end(): Promise<void>;
}

export interface DeriveOptions {
  readonly changed?: Readonly<Record<string, string>>;
  readonly removed?: readonly string[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly typeErrors?: boolean;
}

export async function createCheckerProject(
  options: Partial<SignatureCheckerOptions> & { readonly folder?: string } = {},
): Promise<CheckerProject> {
  const base = await realpath(await mkdtemp(path.join(tmpdir(), 'signatures-')));
  const root = path.join(base, options.folder ?? 'apis');
  await mkdir(root, { recursive: true });
  const checker = createSignatureChecker({ root, runtimeDir, runtimePackages: ['zod', 'hono'], ...options });
  const served = new Set<string>();
  const at = (name: string): string => path.join(root, name);

  const project: CheckerProject = {
    root,
    checker,
    path: at,
    async write(name, text) {
      await mkdir(path.dirname(at(name)), { recursive: true });
      await writeFile(at(name), text);
    },
    async save(name, text, names = []) {
      await project.write(name, text);
      const result = await project.derive([name], { changed: { [name]: text }, names: { [name]: names } });
      return result.get(at(name))!;
    },
    async derive(wanted, { changed = {}, removed = [], names = {}, typeErrors = false } = {}) {
      for (const name of [...wanted, ...Object.keys(changed)]) {
        if (!name.split('/').some((segment) => segment.startsWith('_')) && /\.m?ts$/.test(name))
          served.add(at(name));
      }
      for (const name of removed) served.delete(at(name));
      return checker.derive({
        changed: new Map(Object.entries(changed).map(([name, text]) => [at(name), text])),
        removed: removed.map(at),
        served: [...served],
        wanted: wanted.map(at),
        names: new Map(Object.entries(names).map(([name, list]) => [at(name), list])),
        typeErrors,
      });
    },
    async end() {
      await checker.close();
      await rm(base, { recursive: true, force: true });
    },
  };
  return project;
}

export function signatureOf(derived: DerivedFunction | undefined): Signature {
  if (derived !== undefined && 'signature' in derived) return derived.signature;
  throw new Error(`expected a signature, got ${JSON.stringify(derived)}`);
}

export function problemOf(derived: DerivedFunction | undefined): SignatureProblem {
  if (derived !== undefined && 'problem' in derived) return derived.problem;
  throw new Error(`expected a problem, got ${JSON.stringify(derived)}`);
}
