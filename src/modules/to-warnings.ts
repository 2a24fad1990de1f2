import type { ModuleWarning } from '../registry/snapshot.ts';
import type { LiveModules } from './live-modules.ts';
import { displayPath } from './module-failure.ts';

/** Type errors and doubtful doc comments of the modules that serve. */
export function toWarnings(live: LiveModules, projectDir: string): ModuleWarning[] {
  return live.types.warnedFiles.flatMap((file) => {
    const module = live.served.get(file)?.module;
    const signatures = live.types.get(file);
    if (module === undefined || signatures === undefined) return [];
    return [...signatures.warnings, ...signatures.typeErrors].map((warning) => ({
      module: module.module,
      file: displayPath(warning.file, projectDir),
      line: warning.line,
      column: warning.column,
      message: warning.message,
    }));
  });
}
