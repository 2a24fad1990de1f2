import { ApiError } from '../contract/api-error.ts';
import { generationOf, lastOtherGeneration } from '../generations/choose-generation.ts';
import { describeFiles, describeGeneration } from '../generations/describe-generation.ts';
import type { GenerationStore } from '../generations/generation-store.ts';
import { displayPath } from '../modules/module-failure.ts';
import { planRelease, planRollback, type RollbackPlan } from '../modules/plan-rollback.ts';
import type { Reloader } from '../modules/reload.ts';
import type { RollbackView } from '../modules/run-rollback.ts';
import type { ReloadReport } from '../registry/reload-report.ts';
import { readRollbackRequest, type RollbackRequest } from './rollback-request.ts';

export interface GenerationsOptions {
  readonly store: GenerationStore;
  readonly registry: { readonly current: { readonly generation: number } };
  readonly reloader: Pick<Reloader, 'rollBack'>;
  readonly projectDir: string;
}

/** What admins may ask of generations. */
export interface Generations {
  /**
   * The generations at hand, newest first; with a number, that one alone with the hash of every file.
   *
   * @throws ApiError VALIDATION_ERROR, GENERATION_NOT_FOUND
   */
  list(request: Readonly<Record<string, unknown>>): Promise<unknown>;
  /**
   * Serves an earlier version, and holds it until its file is saved again.
   *
   * @throws ApiError VALIDATION_ERROR, GENERATION_NOT_FOUND, ROLLBACK_FAILED, RELOAD_FAILED; nothing has changed then
   */
  rollBack(request: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export function createGenerations(options: GenerationsOptions): Generations {
  const { store, registry, reloader, projectDir } = options;
  const display = (file: string): string => displayPath(file, projectDir);

  return {
    list(body) {
      const { generation: number } = readRollbackRequest(body, ['generation']);
      store.noteNumber(registry.current.generation);
      const last = store.generations.at(-1);
      if (number === undefined || number === 'latest') {
        const known = number === 'latest' ? store.generations.slice(-1) : [...store.generations].reverse();
        const generations = known.map((one) => describeGeneration(one, one === last));
        return Promise.resolve({ current: registry.current.generation, generations });
      }
      const found = generationOf(number, undefined, store.generations);
      return Promise.resolve({
        ...describeGeneration(found, found === last),
        files: describeFiles(found, display),
      });
    },
    async rollBack(body) {
      const request = readRollbackRequest(body, ['generation', 'module']);
      if (request.generation === undefined && request.module === undefined) throw nothingNamed();
      store.noteNumber(registry.current.generation);
      const number = targetNumber(request, store);
      const { report, plan } = await reloader.rollBack(
        (view) => toPlan(request, { number, view, store }),
        number,
      );
      return { ...report, rollback: describe(request, { number, report, plan, display }) };
    },
  };
}

/** Undefined: back to what is on disk. */
function targetNumber({ generation, module }: RollbackRequest, store: GenerationStore): number | undefined {
  if (generation === 'latest') return undefined;
  if (generation !== undefined) return generation;
  return module === undefined
    ? undefined
    : lastOtherGeneration(module, store.generations, store.pins).generation;
}

interface Planning {
  readonly number: number | undefined;
  readonly view: RollbackView;
  readonly store: GenerationStore;
}

async function toPlan({ module }: RollbackRequest, { number, view, store }: Planning): Promise<RollbackPlan> {
  if (number === undefined) return planRelease(module, view);
  const generation = generationOf(number, module, store.generations);
  return await planRollback({ generation, number, module }, { ...view, textOf: (hash) => store.text(hash) });
}

interface Done {
  readonly number: number | undefined;
  readonly report: ReloadReport;
  readonly plan: RollbackPlan;
  readonly display: (file: string) => string;
}

function describe({ module }: RollbackRequest, { number, report, plan, display }: Done): unknown {
  const touched = [...plan.touched];
  const shown = (wanted: (file: string) => boolean): string[] => touched.filter(wanted).map(display).sort();
  return {
    generation: number ?? 'latest',
    ...(module === undefined ? {} : { module }),
    held: shown((file) => plan.held.get(file)?.found !== undefined),
    hidden: shown((file) => plan.held.has(file) && plan.held.get(file)?.found === undefined),
    released: shown((file) => !plan.held.has(file)),
    alsoAffected: module === undefined ? [] : report.loaded.filter((loaded) => loaded !== module),
  };
}

function nothingNamed(): ApiError {
  return new ApiError(
    'VALIDATION_ERROR',
    "expected 'generation' (a number, or 'latest' for what is on disk), 'module', or both",
    { details: [{ path: 'generation', message: 'is missing, and so is module', code: 'missing' }] },
  );
}
