import { onDispose, onLoad, type Service } from 'api-deploy';
import { database } from '../storage/database.ts';
import { openSecret } from '../secrets/secrets.ts';
import { createCookieJar } from '../transport/cookie-jar.ts';
import { createTransport } from '../transport/create-transport.ts';
import { datasetRows } from './dataset-rows.ts';
import { resolveFile } from './resolve-file.ts';
import { applyAllRetentions } from './retention.ts';
import { createRunner, type Runner } from './runner.ts';

let opened: Runner | undefined;
let cleaning: NodeJS.Timeout | undefined;

const day = 86_400_000;

onLoad((service) => {
  opened = openRunner(service);
  // Not before the service serves: what this file replaces has its runs until then.
  service.onReload(() => {
    if (cleaning !== undefined) return;
    opened?.takeOver();
    const clean = () => void cleanUp(service);
    cleaning = setInterval(clean, day);
    clean();
  });
});

onDispose(async () => {
  clearInterval(cleaning);
  await opened?.close();
  opened = undefined;
});

/** The runner of this process; there from the load of this file to its disposal. */
export function runner(): Runner {
  if (opened === undefined) throw new Error('the runner is not there: runner() was called before onLoad');
  return opened;
}

function openRunner(service: Service): Runner {
  const db = database();
  return createRunner({
    db,
    processName: service.processName,
    log: service.log,
    baseUrl: () => service.baseUrl,
    createTransport: ({ allow = [] }) =>
      createTransport({
        allowPrivate: service.config['runnerAllowPrivate'] === true,
        allow,
      }),
    callFunction: (endpoint, body, options) => service.call(endpoint, body, options),
    engineParts: ({ dataset }) => ({
      openSecret,
      createJar: createCookieJar,
      resolveFile: (id) => resolveFile(db, service.dataDir, id),
      ...(dataset !== undefined && 'id' in dataset
        ? { rows: (from: number) => datasetRows(db, dataset.id, from) }
        : {}),
    }),
  });
}

async function cleanUp(service: Service): Promise<void> {
  try {
    const removed = await applyAllRetentions(database());
    if (removed > 0)
      service.log.info(`removed ${removed} runs that the retention of their projects does not keep`);
  } catch (error) {
    service.log.error(`the retention of runs could not be applied: ${String(error)}`, { err: error });
  }
}
