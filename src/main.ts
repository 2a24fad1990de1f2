import { run } from './cli/run.ts';
import { checkModules } from './service/check-modules.ts';
import { startService, type Service } from './service/start-service.ts';
import { version } from './service/runtime-package.ts';

/** Wires the commands to what they start, and signals to the way out. Nothing else ends the process. */
const exitCode = await run(process.argv.slice(2), {
  version,
  projectDir: process.cwd(),
  env: process.env,
  async start(source) {
    const starting = startService(source);
    handleSignals(starting);
    await starting;
  },
  check: checkModules,
});
if (exitCode !== undefined) process.exitCode = exitCode;
// `start` goes on; every other command is done, whatever a module that it loaded has left open.
if (exitCode !== undefined) process.exit();

/** Also while the service starts: it is stopped as soon as it has. */
function handleSignals(starting: Promise<Service>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      void stopService(starting, signal);
    });
  }
  const report = (message: string, reason: unknown): void => {
    starting.then(
      (service) => service.reportStray(message, reason),
      () => {},
    );
  };
  process.on('unhandledRejection', (reason) =>
    report('a promise was rejected and nobody handled it', reason),
  );
  process.on('uncaughtException', (error) => report('an error was thrown outside every call', error));
}

async function stopService(starting: Promise<Service>, signal: string): Promise<void> {
  // A start that fails says so itself.
  const service = await starting.catch(() => process.exit(1));
  try {
    await service.stop(signal);
    process.exit(0);
  } catch (error) {
    service.reportStray('the service could not stop in order', error);
    process.exit(1);
  }
}
