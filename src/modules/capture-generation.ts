import type { FileVersion, Generation } from '../generations/generation.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import type { FileSignatures } from '../signatures/signature-checker.ts';
import { importedFiles, type FileInstance } from './file-instance.ts';
import type { LiveModules } from './live-modules.ts';

/** Takes down what serves, after a swap. */
export type CaptureGeneration = (live: LiveModules, report: ReloadReport) => Generation;

interface Captured {
  readonly imports: number;
  readonly signatures: FileSignatures | undefined;
  readonly version: FileVersion;
}

/** What is known of a file is kept with its instance: a save of one file costs one new entry. */
export function createCapture(): CaptureGeneration {
  const captured = new WeakMap<FileInstance, Captured>();

  function versionOf(file: string, instance: FileInstance, live: LiveModules): FileVersion {
    const signatures = live.types.get(file);
    const known = captured.get(instance);
    // What is imported late is added to an instance that serves.
    if (known?.imports === instance.imports.size && known.signatures === signatures) return known.version;
    const imports = new Set([...importedFiles(instance), ...(signatures?.dependencies ?? [])]);
    const version = { hash: instance.source.hash, imports: [...imports], typesOnly: false };
    captured.set(instance, { imports: instance.imports.size, signatures, version });
    return version;
  }

  return (live, report) => {
    const files = new Map<string, FileVersion>();
    for (const [file, instance] of live.instances) files.set(file, versionOf(file, instance, live));
    for (const [file, hash] of live.typeFiles) {
      // Without a hash: written while it was read, so nobody knows which version counts.
      if (hash !== '' && !files.has(file)) files.set(file, { hash, imports: [], typesOnly: true });
    }
    const { generation, reason, backTo, loaded, removed, endpoints, contract } = report;
    return {
      generation,
      through: generation,
      time: new Date().toISOString(),
      reason,
      ...(backTo === undefined ? {} : { backTo }),
      modules: new Map([...live.served].map(([file, { module }]) => [module.module, file])),
      files,
      loaded,
      removed,
      endpoints,
      contract,
    };
  };
}
