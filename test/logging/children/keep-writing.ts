import { createLogs } from '../../../src/logging/create-logs.ts';
import { consoleModes } from '../../../src/logging/console-output.ts';
import { defaultSettings } from './settings.ts';

// Goes on writing after its reader has left, and then ends in an orderly way.
const [projectDir = '', mode = ''] = process.argv.slice(2);
const console = consoleModes.find((candidate) => candidate === mode) ?? 'json';
const logs = await createLogs({ settings: () => defaultSettings, projectDir, console, generation: () => 1 });
for (let index = 0; index < 100; index++) {
  logs.system('info', `line ${index}`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await logs.close();
