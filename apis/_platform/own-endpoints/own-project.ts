import type { Auth } from '../model/request.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { freeName } from '../storage/unique-name.ts';

/** What the project was given last. */
interface OwnProject {
  baseUrl: string;
}

const name = 'api-deploy';
const description = `The functions of this service. Their entries follow each reload; what you change in an entry stays as you made it.
Requests use the variables baseUrl, which is set by itself, and token, which you set: a token of this service, best as a secret.`;
const auth: Auth = { type: 'bearer', token: '{{token}}' };

/**
 * The project with this service's own endpoints, made when there is none; its variable `baseUrl` follows, unless
 * people changed it. Gives the id.
 */
export async function ownProject(db: Database, baseUrl: string): Promise<number> {
  const ownJson = JSON.stringify({ baseUrl } satisfies OwnProject);
  const present = await db
    .selectFrom('projects')
    .select(['id', 'ownJson'])
    .where('ownJson', 'is not', null)
    .orderBy('id')
    .executeTakeFirst();
  if (present !== undefined) {
    if (present.ownJson !== ownJson) {
      const last = JSON.parse(present.ownJson ?? '{}') as OwnProject;
      await db
        .updateTable('variables')
        .set({ value: JSON.stringify(baseUrl), updatedAt: new Date().toISOString() })
        .where('projectId', '=', present.id)
        .where('name', '=', 'baseUrl')
        .where('value', '=', JSON.stringify(last.baseUrl))
        .execute();
      await db.updateTable('projects').set({ ownJson }).where('id', '=', present.id).execute();
    }
    return present.id;
  }
  const { id } = await insertRow(db, 'projects', {
    name: await freeName(db, { table: 'projects', name }, 100),
    description,
    authJson: JSON.stringify(auth),
    settingsJson: '{}',
    ownJson,
    position: await nextPosition(db, { table: 'projects' }),
    ...stamps(),
  });
  await db
    .insertInto('variables')
    .values({
      projectId: id,
      environmentId: null,
      moduleId: null,
      name: 'baseUrl',
      value: JSON.stringify(baseUrl),
      secret: 0,
      enabled: 1,
      ...stamps(),
    })
    .execute();
  return id;
}
