import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startServer } from '../support/start-server.ts';

const module = (version: number, name = 'read') =>
  `import { apiFunction } from 'api-deploy';\nexport const ${name} = apiFunction((value = ${version}) => value);\n`;

it('saves are served after the transpiler and the type checker were killed', async () => {
  const server = await startServer({ files: { 'm.ts': module(0), 'n.ts': module(0) } });
  try {
    for (let version = 1; version <= 4; version++) {
      const children = execFileSync('pgrep', ['-P', String(server.process.pid)], { encoding: 'utf8' });
      for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
      await Promise.all([server.write('m.ts', module(version)), server.write('n.ts', module(version))]);
      await server.until('/m/read', ({ json }) => json.data === version);
      await server.until('/n/read', ({ json }) => json.data === version);
    }
    expect((await server.admin('/api/reload')).json.data.failed).toEqual([]);
  } finally {
    await server.stop();
  }
});
