import type { TsconfigRaw } from 'esbuild';
import { createPathsMatcher, getTsconfig } from 'get-tsconfig';
import type { PathsMatcher } from './resolve-import.ts';

/** What of the author's own `tsconfig.json` matters while files are loaded. */
export interface UserTsconfig {
  /** Absolute path, or undefined when there is none at or above `apisDir`. */
  readonly file: string | undefined;
  readonly paths: PathsMatcher;
  /** Given to esbuild with each file: decorators, class fields, JSX. */
  readonly raw: TsconfigRaw;
}

/** Reads the `tsconfig.json` at or above `apisDir`, with all that it extends. */
export function readUserTsconfig(apisDir: string): UserTsconfig {
  const found = getTsconfig(apisDir);
  if (found === null) return { file: undefined, paths: () => [], raw: {} };
  const matcher = createPathsMatcher(found);
  const {
    experimentalDecorators,
    emitDecoratorMetadata,
    useDefineForClassFields,
    jsx,
    jsxFactory,
    jsxFragmentFactory,
    jsxImportSource,
  } = found.config.compilerOptions ?? {};
  const options = {
    experimentalDecorators,
    emitDecoratorMetadata,
    useDefineForClassFields,
    jsx,
    jsxFactory,
    jsxFragmentFactory,
    jsxImportSource,
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { file: found.path, paths: matcher ?? (() => []), raw: { compilerOptions: given } };
}
