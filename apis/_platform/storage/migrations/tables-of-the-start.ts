import type { CreateTableBuilder, Kysely, Migration } from 'kysely';

/** Creates all tables of the first version. */
export const tablesOfTheStart: Migration = {
  async up(db: Kysely<never>) {
    const table = (name: string) => db.schema.createTable(name);
    const withId = (name: string) =>
      table(name).addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement());

    await dated(
      withId('projects')
        .addColumn('name', 'varchar(100)', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('auth_json', 'text', (c) => c.notNull())
        .addColumn('settings_json', 'text', (c) => c.notNull())
        .addColumn('own_json', 'text')
        .addColumn('position', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await dated(
      owned(withId('modules'), 'project_id', 'projects')
        .addColumn('name', 'varchar(50)', (c) => c.notNull())
        .addColumn('icon', 'varchar(10)', (c) => c.notNull())
        .addColumn('auth_json', 'text', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull())
        .addColumn('own_module', 'varchar(1000)')
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await dated(
      owned(withId('categories'), 'module_id', 'modules')
        .addColumn('name', 'varchar(100)', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('colour', 'varchar(7)', (c) => c.notNull())
        .addColumn('auth_json', 'text', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await dated(
      owned(withId('apis'), 'module_id', 'modules')
        .addColumn('category_id', 'integer', (c) => c.references('categories.id').onDelete('set null'))
        .addColumn('name', 'varchar(200)', (c) => c.notNull())
        .addColumn('method', 'varchar(20)', (c) => c.notNull())
        .addColumn('url', 'text', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('path_params_json', 'text', (c) => c.notNull())
        .addColumn('params_json', 'text', (c) => c.notNull())
        .addColumn('headers_json', 'text', (c) => c.notNull())
        .addColumn('body_json', 'text', (c) => c.notNull())
        .addColumn('auth_json', 'text', (c) => c.notNull())
        .addColumn('settings_json', 'text', (c) => c.notNull())
        .addColumn('tags_json', 'text', (c) => c.notNull())
        .addColumn('assertions_json', 'text', (c) => c.notNull())
        .addColumn('extractions_json', 'text', (c) => c.notNull())
        .addColumn('schemas_json', 'text')
        .addColumn('own_endpoint', 'varchar(1000)')
        .addColumn('own_json', 'text')
        .addColumn('position', 'integer', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await owned(table('module_schemas'), 'module_id', 'modules')
      .addColumn('name', 'varchar(200)', (c) => c.notNull())
      .addColumn('schema_json', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('module_schemas_key', ['module_id', 'name'])
      .execute();

    await dated(
      owned(withId('scenarios'), 'module_id', 'modules')
        .addColumn('name', 'varchar(200)', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('steps_json', 'text', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await dated(
      owned(withId('environments'), 'project_id', 'projects')
        .addColumn('name', 'varchar(100)', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await dated(
      withId('variables')
        .addColumn('environment_id', 'integer', (c) => c.references('environments.id').onDelete('cascade'))
        .addColumn('module_id', 'integer', (c) => c.references('modules.id').onDelete('cascade'))
        .addColumn('project_id', 'integer', (c) => c.references('projects.id').onDelete('cascade'))
        .addColumn('name', 'varchar(200)', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('secret', 'integer', (c) => c.notNull())
        .addColumn('enabled', 'integer', (c) => c.notNull()),
    ).execute();

    await dated(
      owned(withId('schedules'), 'project_id', 'projects')
        .addColumn('name', 'varchar(200)', (c) => c.notNull())
        .addColumn('cron', 'varchar(200)', (c) => c.notNull())
        .addColumn('time_zone', 'varchar(100)', (c) => c.notNull())
        .addColumn('enabled', 'integer', (c) => c.notNull())
        .addColumn('target_json', 'text', (c) => c.notNull())
        .addColumn('webhooks_json', 'text', (c) => c.notNull())
        .addColumn('next_run_at', 'varchar(24)')
        .addColumn('last_run_at', 'varchar(24)')
        .addColumn('last_record_id', 'integer')
        .addColumn('missed_runs', 'integer', (c) => c.notNull())
        .addColumn('catch_up', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await dated(
      owned(withId('test_records'), 'project_id', 'projects')
        .addColumn('name', 'varchar(200)', (c) => c.notNull())
        .addColumn('type', 'varchar(20)', (c) => c.notNull())
        .addColumn('status', 'varchar(20)', (c) => c.notNull())
        .addColumn('config_json', 'text', (c) => c.notNull())
        .addColumn('environment_id', 'integer', (c) => c.references('environments.id').onDelete('set null'))
        .addColumn('scenario_id', 'integer', (c) => c.references('scenarios.id').onDelete('set null'))
        .addColumn('schedule_id', 'integer', (c) => c.references('schedules.id').onDelete('set null'))
        .addColumn('total', 'integer', (c) => c.notNull())
        .addColumn('passed', 'integer', (c) => c.notNull())
        .addColumn('failed', 'integer', (c) => c.notNull())
        .addColumn('error', 'integer', (c) => c.notNull())
        .addColumn('skipped', 'integer', (c) => c.notNull())
        .addColumn('cancelled', 'integer', (c) => c.notNull())
        .addColumn('cancel_requested', 'integer', (c) => c.notNull())
        .addColumn('owner', 'varchar(100)')
        .addColumn('lease_until', 'varchar(24)')
        .addColumn('takeovers', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('removing', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('error_json', 'text')
        .addColumn('started_at', 'varchar(24)')
        .addColumn('completed_at', 'varchar(24)'),
    ).execute();

    await owned(withId('test_results'), 'record_id', 'test_records')
      .addColumn('sequence', 'integer', (c) => c.notNull())
      .addColumn('iteration', 'integer', (c) => c.notNull())
      .addColumn('path', 'varchar(500)', (c) => c.notNull())
      .addColumn('name', 'varchar(500)', (c) => c.notNull())
      .addColumn('api_id', 'integer', (c) => c.references('apis.id').onDelete('set null'))
      .addColumn('status', 'varchar(20)', (c) => c.notNull())
      .addColumn('method', 'varchar(20)')
      .addColumn('url', 'text')
      .addColumn('http_status', 'integer')
      .addColumn('time', 'real')
      .addColumn('started_at', 'varchar(24)', (c) => c.notNull())
      .addColumn('result_json', 'text', (c) => c.notNull())
      .addUniqueConstraint('test_results_place', ['record_id', 'iteration', 'path'])
      .execute();

    await dated(
      owned(withId('schedule_runs'), 'schedule_id', 'schedules')
        .addColumn('trigger', 'varchar(20)', (c) => c.notNull())
        .addColumn('status', 'varchar(20)', (c) => c.notNull())
        .addColumn('due_at', 'varchar(24)', (c) => c.notNull())
        .addColumn('count', 'integer', (c) => c.notNull())
        .addColumn('record_id', 'integer', (c) => c.references('test_records.id').onDelete('set null'))
        .addColumn('error_json', 'text'),
    ).execute();

    await dated(
      owned(
        owned(withId('webhook_deliveries'), 'schedule_id', 'schedules'),
        'schedule_run_id',
        'schedule_runs',
      )
        .addColumn('record_id', 'integer', (c) => c.references('test_records.id').onDelete('set null'))
        .addColumn('webhook_id', 'varchar(40)', (c) => c.notNull())
        .addColumn('status', 'varchar(20)', (c) => c.notNull())
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('next_try_at', 'varchar(24)', (c) => c.notNull())
        .addColumn('http_status', 'integer')
        .addColumn('error_json', 'text')
        .addColumn('notice_json', 'text', (c) => c.notNull())
        .addUniqueConstraint('webhook_deliveries_place', ['schedule_run_id', 'webhook_id']),
    ).execute();

    await dated(
      owned(withId('datasets'), 'project_id', 'projects')
        .addColumn('name', 'varchar(200)', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('columns_json', 'text', (c) => c.notNull())
        .addColumn('row_count', 'integer', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await owned(table('dataset_rows'), 'dataset_id', 'datasets')
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('values_json', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('dataset_rows_key', ['dataset_id', 'position'])
      .execute();

    await dated(
      owned(withId('files'), 'project_id', 'projects')
        .addColumn('name', 'varchar(255)', (c) => c.notNull())
        .addColumn('content_type', 'varchar(255)', (c) => c.notNull())
        .addColumn('size', 'integer', (c) => c.notNull())
        .addColumn('sha256', 'varchar(64)', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1)),
    ).execute();

    await owned(table('reached_endpoints'), 'scenario_id', 'scenarios')
      .addColumn('endpoint', 'varchar(500)', (c) => c.notNull())
      .addPrimaryKeyConstraint('reached_endpoints_key', ['scenario_id', 'endpoint'])
      .execute();

    await table('test_on_save')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('holder', 'varchar(100)', (c) => c.notNull())
      .addColumn('lease_until', 'varchar(24)', (c) => c.notNull())
      .addColumn('outcome_json', 'text')
      .execute();
    await (db as unknown as Kysely<{ test_on_save: { id: number; holder: string; lease_until: string } }>)
      .insertInto('test_on_save')
      .values({ id: 1, holder: '', lease_until: '1970-01-01T00:00:00.000Z' })
      .execute();

    for (const [on, ...columns] of indexes) {
      await db.schema
        .createIndex(`${on}_by_${columns.join('_')}`)
        .on(on)
        .columns(columns)
        .execute();
    }
  },
};

const indexes: [table: string, ...columns: string[]][] = [
  ['modules', 'project_id', 'position'],
  ['categories', 'module_id', 'position'],
  ['apis', 'module_id', 'position'],
  ['apis', 'category_id'],
  ['apis', 'own_endpoint'],
  ['scenarios', 'module_id', 'position'],
  ['environments', 'project_id', 'position'],
  ['variables', 'environment_id'],
  ['variables', 'module_id'],
  ['variables', 'project_id'],
  ['test_records', 'project_id', 'created_at'],
  ['test_records', 'status'],
  ['test_records', 'scenario_id'],
  ['test_records', 'schedule_id'],
  ['test_results', 'record_id', 'sequence'],
  ['test_results', 'api_id', 'started_at'],
  ['datasets', 'project_id'],
  ['files', 'project_id'],
  ['files', 'sha256'],
  ['schedules', 'project_id'],
  ['schedules', 'enabled', 'next_run_at'],
  ['schedule_runs', 'schedule_id', 'id'],
  ['schedule_runs', 'status'],
  ['schedule_runs', 'record_id'],
  ['webhook_deliveries', 'status', 'next_try_at'],
  ['webhook_deliveries', 'schedule_id', 'id'],
  ['webhook_deliveries', 'record_id'],
  ['reached_endpoints', 'endpoint'],
];

function dated(table: CreateTableBuilder<string, string>): CreateTableBuilder<string, string> {
  return table
    .addColumn('created_at', 'varchar(24)', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(24)', (c) => c.notNull());
}

/** A row that goes with its owner. */
function owned(
  table: CreateTableBuilder<string, string>,
  column: string,
  owner: string,
): CreateTableBuilder<string, string> {
  return table.addColumn(column, 'integer', (c) => c.notNull().references(`${owner}.id`).onDelete('cascade'));
}
