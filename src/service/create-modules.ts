import { join } from 'node:path';
import * as publicExports from '../index.ts';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import { createPackageLoader, type PackageLoader } from '../modules/packages.ts';
import { Reloader } from '../modules/reload.ts';
import { readUserTsconfig } from '../modules/user-tsconfig.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure } from '../registry/snapshot.ts';
import { createSignatureChecker } from '../signatures/checker-client.ts';
import type { SignatureChecker } from '../signatures/signature-checker.ts';
import { runtimeDir, runtimePackages } from './runtime-package.ts';

/** What `import … from 'api-deploy'` gives inside served files and `config.ts`. */
export const runtimeExports: Readonly<Record<string, unknown>> = publicExports;

export const packages: PackageLoader = createPackageLoader(runtimeDir);

export interface ModulesOptions {
  readonly settings: () => Pick<Config, 'apisDir' | 'loadTimeout'>;
  readonly projectDir: string;
  readonly registry: Registry;
  readonly logs: LogPort;
  readonly onReport?: (report: ReloadReport, newFailures: readonly ModuleFailure[]) => void;
  readonly onOutsideFiles?: (files: readonly string[]) => void;
}

export interface Modules {
  readonly reloader: Reloader;
  readonly checker: SignatureChecker;
}

/** Everything that turns the files of `apisDir` into a snapshot. */
export function createModules(options: ModulesOptions): Modules {
  const { apisDir } = options.settings();
  const tsconfig = readUserTsconfig(apisDir);
  const checker = createSignatureChecker({
    root: apisDir,
    runtimeDir,
    ...(tsconfig.file === undefined ? {} : { tsconfigFile: tsconfig.file }),
    runtimePackages,
  });
  const reloader = new Reloader({
    apisDir,
    projectDir: options.projectDir,
    registry: options.registry,
    logs: options.logs,
    checker,
    packages,
    tsconfig,
    loadTimeout: () => options.settings().loadTimeout,
    runtimeExports,
    runtimeFiles: [join(runtimeDir, 'src'), join(runtimeDir, 'dist')],
    onReport: options.onReport ?? (() => {}),
    onOutsideFiles: options.onOutsideFiles ?? (() => {}),
  });
  return { reloader, checker };
}
