import { join } from 'node:path';
import * as publicExports from '../index.ts';
import type { Config } from '../config/schema.ts';
import type { LogPort } from '../contract/log-port.ts';
import { Disk } from '../modules/disk.ts';
import { createGenerationKeeper } from '../modules/keep-generations.ts';
import { displayPath } from '../modules/module-failure.ts';
import { createPackageLoader, type PackageLoader } from '../modules/packages.ts';
import type { ReloaderOptions } from '../modules/reload-options.ts';
import { Reloader } from '../modules/reload.ts';
import { createTranspiler, type Transpiler } from '../modules/transpile-cache.ts';
import { readUserTsconfig, type UserTsconfig } from '../modules/user-tsconfig.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure, ModuleWarning } from '../registry/snapshot.ts';
import { createCachedChecker, type CachedChecker } from '../signatures/cached-checker.ts';
import { createSignatureChecker } from '../signatures/checker-client.ts';
import type { SignatureChecker } from '../signatures/signature-checker.ts';
import { openSignatureCache } from '../signatures/signature-cache.ts';
import type { LineCacheOptions } from '../storage/line-cache.ts';
import { cacheKey } from './cache-key.ts';
import type { KeptGenerations } from './open-generations.ts';
import { runtimeDir, runtimePackages, version } from './runtime-package.ts';
import type { ServiceViews } from './view/service-views.ts';

/** What `import … from 'api-deploy'` gives inside served files and `config.ts`. */
export const runtimeExports: Readonly<Record<string, unknown>> = publicExports;

export const packages: PackageLoader = createPackageLoader(runtimeDir);

export interface ModulesOptions extends Pick<ReloaderOptions, 'consensus' | 'keepGeneration' | 'onLoading'> {
  /** What files know of the service. */
  readonly views: Pick<ServiceViews, 'open' | 'refined' | 'reloaded'>;
  readonly settings: () => Pick<
    Config,
    | 'apisDir'
    | 'loadTimeout'
    | 'disposeTimeout'
    | 'reloadTimeout'
    | 'maxFileSize'
    | 'typeErrors'
    | 'breakingChanges'
  >;
  readonly projectDir: string;
  readonly registry: Registry;
  readonly logs: LogPort;
  /** Default: true. False in the process of somebody's tests. */
  readonly ownsProcess?: boolean;
  /** What reads, transpiles and derives. Default: this process, as far as it is needed. */
  readonly sources?: ModuleSources;
  /** Where to keep what is derived for the next start; nothing is kept without it. */
  readonly cacheDir?: string;
  /** Where each generation is kept; without it, there is nothing to go back to. */
  readonly generations?: KeptGenerations;
  readonly onReport?: (report: ReloadReport, newFailures: readonly ModuleFailure[]) => void;
  readonly onWarnings?: (warnings: readonly ModuleWarning[]) => void;
  readonly onOutsideFiles?: (files: readonly string[]) => void;
}

/** Where versions of files and what is known of them come from. */
export interface ModuleSources {
  readonly disk: Disk;
  readonly transpiler: Transpiler;
  readonly checker: CachedChecker;
}

export interface Modules {
  readonly reloader: Reloader;
  readonly checker: CachedChecker;
}

/** Everything that turns the files of `apisDir` into a snapshot. */
export function createModules(options: ModulesOptions): Modules {
  const { apisDir } = options.settings();
  const tsconfig = readUserTsconfig(apisDir);
  const { disk, transpiler, checker } = options.sources ?? createSources(options, tsconfig);
  const store = options.generations?.store;
  const reloader = new Reloader({
    apisDir,
    projectDir: options.projectDir,
    registry: options.registry,
    logs: options.logs,
    checker,
    packages,
    transpiler,
    ownsProcess: options.ownsProcess ?? true,
    loadTimeout: () => options.settings().loadTimeout,
    disposeTimeout: () => options.settings().disposeTimeout,
    disk,
    tsconfig: {
      ...tsconfig,
      paths: Object.assign((specifier: string) => tsconfig.paths(specifier), {
        isFile: (path: string) => disk.isFile(path),
      }),
    },
    reloadTimeout: () => options.settings().reloadTimeout,
    keepGeneration:
      options.keepGeneration ?? (store === undefined ? undefined : createGenerationKeeper(store, disk)),
    checkTypes: () => options.settings().typeErrors !== 'off',
    blocks: () => ({
      typeErrors: options.settings().typeErrors === 'block',
      breakingChanges: options.settings().breakingChanges === 'block',
    }),
    runtimeExports,
    runtimeFiles: [join(runtimeDir, 'src'), join(runtimeDir, 'dist')],
    onReport(report, newFailures) {
      options.onReport?.(report, newFailures);
      options.views.reloaded(report);
    },
    openServiceView: options.views.open,
    onRefined: options.views.refined,
    onWarnings: options.onWarnings ?? (() => {}),
    onOutsideFiles: options.onOutsideFiles ?? (() => {}),
    consensus: options.consensus,
    onLoading: options.onLoading,
  });
  return { reloader, checker };
}

export interface SourcesOptions extends Pick<
  ModulesOptions,
  'cacheDir' | 'generations' | 'logs' | 'projectDir'
> {
  readonly settings: () => Pick<Config, 'apisDir' | 'maxFileSize'>;
  /** Told of what is held, each time that it may have changed. */
  readonly onPins?: () => void;
}

/** Reads, transpiles and derives in this process, with what earlier starts have left. */
export function createSources(options: SourcesOptions, tsconfig: UserTsconfig): ModuleSources {
  const { apisDir } = options.settings();
  const startChecker = (): SignatureChecker =>
    createSignatureChecker({
      root: apisDir,
      runtimeDir,
      ...(tsconfig.file === undefined ? {} : { tsconfigFile: tsconfig.file }),
      runtimePackages,
    });
  const { cacheDir, logs } = options;
  const cacheOf = (name: string, key: string): LineCacheOptions => ({
    path: cacheDir === undefined ? undefined : join(cacheDir, `${name}.jsonl`),
    key,
    onProblem: (err) => logs.system('warn', `${name} cannot be kept for the next start`, { err }),
  });
  const disk = createDisk(options);
  const checker = createCachedChecker({
    start: startChecker,
    cache: openSignatureCache(cacheOf('signatures', cacheKey(apisDir, tsconfig.file))),
    textsOverDisk: () => disk.textsOverDisk(),
  });
  return { disk, checker, transpiler: createTranspiler(tsconfig.raw, cacheOf('transpiled', version)) };
}

function createDisk({ settings, generations, projectDir, logs, onPins }: SourcesOptions): Disk {
  const disk = new Disk({
    maxFileSize: () => settings().maxFileSize,
    onPins(pins) {
      generations?.store.setPins(pins);
      onPins?.();
    },
    onLetGo(file, { generation }) {
      const path = displayPath(file, projectDir);
      logs.system('info', `${path} was saved: it is not held at generation ${generation} any more`, {
        file: path,
      });
    },
  });
  disk.hold(generations?.held ?? new Map());
  return disk;
}
