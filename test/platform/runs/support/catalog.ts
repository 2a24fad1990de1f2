import type { Assertion, Extraction } from '../../../../apis/_platform/model/checks.ts';
import type { Database } from '../../../../apis/_platform/storage/open-database.ts';

const now = '2030-01-01T00:00:00.000Z';
const dated = { createdAt: now, updatedAt: now };

export interface TestCatalog {
  readonly projectId: number;
  readonly moduleId: number;
  /** Adds a GET of this URL; gives its id. */
  api(url: string, checks?: { assertions?: Assertion[]; extractions?: Extraction[] }): Promise<number>;
  scenario(steps: unknown): Promise<number>;
}

/** A project with a module, written straight into the tables. */
export async function createCatalog(db: Database): Promise<TestCatalog> {
  const { id: projectId } = await db
    .insertInto('projects')
    .values({ name: 'shop', description: '', authJson: '{"type":"none"}', settingsJson: '{}', ...dated })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: moduleId } = await db
    .insertInto('modules')
    .values({
      projectId,
      name: 'orders',
      icon: '',
      authJson: '{"type":"inherit"}',
      position: 0,
      ownModule: null,
      ...dated,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  let position = 0;
  return {
    projectId,
    moduleId,
    async api(url, { assertions = [], extractions = [] } = {}) {
      position += 1;
      const { id } = await db
        .insertInto('apis')
        .values({
          moduleId,
          categoryId: null,
          name: `request ${position}`,
          method: 'GET',
          url,
          description: '',
          pathParamsJson: '[]',
          paramsJson: '[]',
          headersJson: '[]',
          bodyJson: '{"type":"none"}',
          authJson: '{"type":"inherit"}',
          settingsJson: '{}',
          tagsJson: '[]',
          assertionsJson: JSON.stringify(assertions),
          extractionsJson: JSON.stringify(extractions),
          schemasJson: null,
          ownEndpoint: null,
          position,
          ...dated,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
    async scenario(steps) {
      const { id } = await db
        .insertInto('scenarios')
        .values({
          moduleId,
          name: 'flow',
          description: '',
          stepsJson: JSON.stringify(steps),
          position: 0,
          ...dated,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
  };
}
