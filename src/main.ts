import { run } from './cli/run.ts';
import { checkModules } from './service/check-modules.ts';
import { startService, type Service } from './service/start-service.ts';
import { version } from './service/runtime-package.ts';

/** Wires the commands to what they start, and signals to the way out. Nothing else ends the process. */
const exitCode = await run(process.argv.slice(2), {
  version,
  projectDir: process.cwd(),
  env: process.env,
  start: async (source) => handleSignals(await startService(source)),
  check: checkModules,
});
if (exitCode !== undefined) process.exitCode = exitCode;
// `start` goes on; every other command is done, whatever a module that it loaded has left open.
if (exitCode !== undefined) process.exit();

function handleSignals(service: Service): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      service.stop(signal).then(
        () => process.exit(0),
        (error: unknown) => {
          service.reportStray('the service could not stop in order', error);
          process.exit(1);
        },
      );
    });
  }
  process.on('unhandledRejection', (reason) =>
    service.reportStray('a promise was rejected and nobody handled it', reason),
  );
  process.on('uncaughtException', (error) =>
    service.reportStray('an error was thrown outside every call', error),
  );
}
