import type { LogPort } from '../contract/log-port.ts';
import type { Consensus } from '../registry/agreement.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure, ModuleWarning } from '../registry/snapshot.ts';
import type { SignatureChecker } from '../signatures/signature-checker.ts';
import type { Disk } from './disk.ts';
import type { KeepGeneration } from './keep-generations.ts';
import type { PackageLoader } from './packages.ts';
import type { Blocks } from './refuse.ts';
import type { OpenServiceView } from './service-view.ts';
import type { Transpiler } from './transpile-cache.ts';
import type { UserTsconfig } from './user-tsconfig.ts';

export interface ReloaderOptions {
  /** Absolute. */
  readonly apisDir: string;
  /** Paths in messages are relative to it. */
  readonly projectDir: string;
  readonly registry: Registry;
  readonly logs: LogPort;
  readonly checker: SignatureChecker;
  readonly packages: PackageLoader;
  /** What may be held at an earlier version. */
  readonly disk: Disk;
  readonly tsconfig: UserTsconfig;
  readonly transpiler: Transpiler;
  /** Seconds; asked anew for each reload. */
  readonly loadTimeout: () => number;
  /** Seconds that calls in flight may hold back a disposal, and that one hook of it may take; asked anew. */
  readonly disposeTimeout: () => number;
  /** Whether nobody else, such as a test runner, has a say in what builtins are. */
  readonly ownsProcess: boolean;
  /** Seconds that a whole reload may take; asked anew for each one. */
  readonly reloadTimeout: () => number;
  readonly runtimeExports: Readonly<Record<string, unknown>>;
  /** Folders of the runtime itself, whose types are not watched. */
  readonly runtimeFiles: readonly string[];
  /** Asked anew for each reload. */
  readonly blocks: () => Blocks;
  /** Whether type errors are looked for. */
  readonly checkTypes: () => boolean;
  /** Other processes that serve the same; whatever is swapped, all swap alike. Default: none. */
  readonly consensus?: Consensus | undefined;
  /** What `onLoad` hooks of a file get. */
  readonly openServiceView: OpenServiceView;
  /** Told after a swap of new types of results alone; such swaps have no report. */
  readonly onRefined?: (() => void) | undefined;
  /** Told of the files of a group before they are evaluated, and of none when that is over. */
  readonly onLoading?: ((files: readonly string[]) => void) | undefined;
  /** Told of type errors and doubtful doc comments, each time they may have changed. */
  readonly onWarnings: (warnings: readonly ModuleWarning[]) => void;
  /** Told of each reload after its generation serves, with the failures that are new. */
  readonly onReport: (report: ReloadReport, newFailures: readonly ModuleFailure[]) => void;
  /** Told of each generation after it serves; without it, nothing is kept to go back to. */
  readonly keepGeneration?: KeepGeneration | undefined;
  /** Told after each reload which files outside `apisDir` matter. */
  readonly onOutsideFiles: (files: readonly string[]) => void;
}
