import { randomInt } from 'node:crypto';
import {
  ApiError,
  apiFunction,
  onLoad,
  type CallContext,
  type ServedEndpoint,
  type Service,
} from 'api-deploy';
import { endpointsOf, reasonToLeaveOut } from './_platform/fuzz/choose-endpoints.ts';
import { fuzzAndSave } from './_platform/fuzz/fuzz-and-save.ts';
import { fuzzMany, type FuzzEvent } from './_platform/fuzz/fuzz-many.ts';
import type { FuzzReport } from './_platform/fuzz/fuzz-report.ts';
import { refuseMissingModule } from './_platform/fuzz/save-failure.ts';
import { database } from './_platform/storage/database.ts';

let service: Service;
onLoad((running) => {
  service = running;
});

/** Seconds. */
const patient = { timeout: 3700 };

/**
 * Calls an endpoint of this service with generated arguments, valid and invalid ones.
 * Valid arguments must never be answered with a status of 500 or more, and a result must be as the signature says;
 * invalid ones must be refused. What fails is made as small as possible and saved as a catalog entry.
 *
 * The function really runs, hundreds of times and with odd arguments: what it writes is written, what it sends is sent.
 * Fuzz functions with side effects against test data only, and mark those as `@destructive` that must never be called
 * this way: they are left out unless `destructive` is true. A run is repeated exactly with its seed.
 *
 * @param endpoint path of the endpoint, such as `/orders/create` @minLength 1 @maxLength 1000
 * @param cases how many valid, and how many invalid arguments are tried @integer @minimum 1 @maximum 100000
 * @param seed of an earlier run, to try the same arguments again; default: a random one @integer @minimum 0 @maximum 2147483647
 * @param timeBudget milliseconds after which no further call begins @integer @minimum 100 @maximum 3600000
 * @param save whether failures become catalog entries
 * @param moduleId id of the catalog's module for these; default: the one that mirrors the endpoint's, else one in the project `Fuzz` @integer
 * @param destructive whether an endpoint that is marked `@destructive` may be called
 * @param files whether an endpoint that takes files may be called; small ones are sent
 */
export const run = apiFunction(
  async (
    endpoint: string,
    ctx: CallContext,
    cases = 100,
    seed?: number,
    timeBudget = 20_000,
    save = true,
    moduleId?: number,
    destructive = false,
    files = false,
  ): Promise<FuzzReport> => {
    const served = findEndpoint(endpoint);
    const { roles } = ctx.principal;
    const reason = reasonToLeaveOut(served, { destructive, files, roles });
    if (reason !== undefined)
      throw new ApiError('NOT_FUZZED', `'${endpoint}' is not fuzzed: ${reason}`, { status: 409 });
    await refuseMissingModule(database(), moduleId);
    return await fuzzAndSave(service, served, {
      seed: seed ?? randomSeed(),
      cases,
      timeBudget,
      roles,
      signal: ctx.signal,
      save,
      moduleId,
    });
  },
  patient,
);

/**
 * Fuzzes all endpoints of a module, or of all modules that are not the platform's own, as `run` does.
 * Gives events as they happen: `begin` with the seed, `endpoint` when one is begun, its `report`, and `end` with the counts.
 *
 * @param module name of the module, such as `orders`; default: all but those of the platform @minLength 1 @maxLength 1000
 * @param cases how many valid, and how many invalid arguments are tried for each endpoint @integer @minimum 1 @maximum 100000
 * @param seed of an earlier run, to try the same arguments again; default: a random one @integer @minimum 0 @maximum 2147483647
 * @param timeBudget milliseconds for each endpoint, after which no further call begins @integer @minimum 100 @maximum 3600000
 * @param concurrency endpoints that are fuzzed at a time @integer @minimum 1 @maximum 32
 * @param save whether failures become catalog entries
 * @param moduleId id of the catalog's module for these; default: the one that mirrors the endpoint's, else one in the project `Fuzz` @integer
 * @param destructive whether endpoints that are marked `@destructive` are called too
 * @param files whether endpoints that take files are called too; small ones are sent
 */
export const runAll = apiFunction(async function* (
  ctx: CallContext,
  module?: string,
  cases = 100,
  seed?: number,
  timeBudget = 20_000,
  concurrency = 2,
  save = true,
  moduleId?: number,
  destructive = false,
  files = false,
): AsyncGenerator<FuzzEvent> {
  const chosen = endpointsOf(service.endpoints(), module);
  if (chosen.length === 0 && module !== undefined) throw unknownModule(module);
  await refuseMissingModule(database(), moduleId);
  const { signal } = ctx;
  const { roles } = ctx.principal;
  const base = seed ?? randomSeed();
  const options = { seed: base, cases, timeBudget, roles, signal, save, moduleId };
  yield* fuzzMany(chosen, {
    seed: base,
    concurrency,
    consent: { destructive, files, roles },
    signal,
    fuzz: (endpoint) => fuzzAndSave(service, endpoint, options),
  });
}, patient);

function randomSeed(): number {
  return randomInt(2 ** 31 - 1);
}

function findEndpoint(path: string): ServedEndpoint {
  const endpoints = service.endpoints();
  const found = endpoints.find((one) => one.path === path);
  if (found !== undefined) return found;
  const module = path.split('/').slice(1, -1).join('/');
  const near = endpoints.filter((one) => one.module === module).map((one) => one.path);
  const known = near.length > 0 ? `; its module serves ${near.join(', ')}` : '; GET / lists what is served';
  throw new ApiError('NOT_FOUND', `'${path}' is not served${known}`, { status: 404 });
}

function unknownModule(module: string): ApiError {
  const modules = [...new Set(service.endpoints().map((one) => one.module))].join(', ');
  return new ApiError('NOT_FOUND', `there is no module '${module}'; expected one of ${modules}`, {
    status: 404,
  });
}
