import { writeSync } from 'node:fs';
import { createLogPipe } from '../../../src/supervision/cluster/log-pipe.ts';

const [count = '0', length = '0', how = ''] = process.argv.slice(2);
const pipe = createLogPipe(4);
const ticks = setInterval(() => writeSync(3, 't'), 20);
for (let nr = 0; nr < Number(count); nr++) {
  // Every tenth is one that nobody waits for.
  pipe.write(`${JSON.stringify({ nr, text: 'x'.repeat(Number(length)) })}\n`, nr % 10 === 0 && nr < 500);
}
if (how === 'kill') process.kill(process.pid, 'SIGKILL');
if (how === 'torn') {
  writeSync(4, '{"nr":');
  process.kill(process.pid, 'SIGKILL');
}
await pipe.drained();
clearInterval(ticks);
