import { readConfig, type ConfigSource } from './read-config.ts';
import { startService, type Service } from './start-service.ts';

/**
 * Starts what the configuration asks for: one process that serves, or, with `workers` above 1, one that leads
 * several.
 *
 * @throws ConfigError, or Error with a readable message: `apisDir` cannot be read, the port is in use
 */
export async function start(source: ConfigSource): Promise<Service> {
  const loaded = await readConfig(source);
  if (loaded.config.workers === 1) return await startService(source, loaded);
  const { startSupervisor } = await import('./cluster/start-supervisor.ts');
  return await startSupervisor(source, loaded);
}
