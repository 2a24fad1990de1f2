import type { Database } from '../storage/open-database.ts';

/** Notes which own endpoints a run reaches, by calls and by requests to this service's own address. */
export interface ReachedEndpoints {
  called(endpoint: string): void;
  sent(url: string): void;
  /** Adds what is new to what earlier runs of the scenario reached. */
  save(db: Database, scenario: number): Promise<void>;
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

export function createReachedEndpoints(baseUrl: string | undefined): ReachedEndpoints {
  const own = baseUrl === undefined ? undefined : new URL(baseUrl);
  const seen = new Set<string>();
  const urls = new Set<string>();
  return {
    called: (endpoint) => void seen.add(endpoint),
    sent(url) {
      const plain = url.split(/[?#]/, 1)[0] ?? url;
      // The same addresses come again and again; a flood of different ones is no set of endpoints.
      if (own === undefined || urls.size >= 10_000 || urls.has(plain)) return;
      urls.add(plain);
      if (!URL.canParse(plain)) return;
      const { hostname, port, pathname } = new URL(plain);
      const isOwn = hostname === own.hostname || (loopback.has(hostname) && loopback.has(own.hostname));
      if (isOwn && port === own.port && pathname !== '/') seen.add(pathname);
    },
    async save(db, scenarioId) {
      if (seen.size === 0) return;
      await db.transaction().execute(async (transaction) => {
        const scenario = await transaction
          .selectFrom('scenarios')
          .select('id')
          .where('id', '=', scenarioId)
          .executeTakeFirst();
        if (scenario === undefined) return;
        const known = await transaction
          .selectFrom('reachedEndpoints')
          .select('endpoint')
          .where('scenarioId', '=', scenarioId)
          .execute();
        const fresh = [...seen].filter((endpoint) => !known.some((row) => row.endpoint === endpoint));
        if (fresh.length === 0) return;
        const rows = fresh.map((endpoint) => ({ scenarioId, endpoint }));
        await transaction.insertInto('reachedEndpoints').values(rows).execute();
      });
    },
  };
}
