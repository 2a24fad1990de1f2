/** Tells a process that it is one of several that serve. */
export const workerMark = 'API_DEPLOY_WORKER';

/** Whether a supervisor has started this process. Asked once: the mark is not passed on to what functions start. */
export function takeWorkerMark(env: NodeJS.ProcessEnv): boolean {
  const marked = env[workerMark] !== undefined;
  delete env[workerMark];
  return marked;
}
