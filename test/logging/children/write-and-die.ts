import { createLogs } from '../../../src/logging/create-logs.ts';
import { defaultSettings } from './settings.ts';

// Writes lines, tells each one that `createLogs` has taken on the standard output, and is killed at once.
const [projectDir = '', how = ''] = process.argv.slice(2);
const logs = await createLogs({
  settings: () => defaultSettings,
  projectDir,
  console: 'none',
  generation: () => 1,
});

for (let index = 0; index < 200; index++) {
  const fields = { index };
  logs.request({
    requestId: `r${index}`,
    method: 'POST',
    endpoint: '/m/f',
    status: 200,
    durationMs: 1,
    generation: 1,
  });
  if (index % 3 === 0) logs.error('line', { ...fields, err: new Error('failed') });
  else if (index % 3 === 1) logs.auth('warn', 'line', fields);
  else logs.system('info', 'line', fields);
  process.stdout.write(`${index}\n`);
}
logs.request({
  requestId: 'last',
  method: 'POST',
  endpoint: '/m/f',
  status: 200,
  durationMs: 1,
  generation: 1,
});
if (how === 'exit') process.exit(3);
if (how === 'throw') throw new Error('uncaught');
if (how === 'kill') process.kill(process.pid, 'SIGKILL');
