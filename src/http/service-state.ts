/** `starting` until the first load is done, `stopping` from the first signal to stop. */
export type ServiceState = 'starting' | 'ready' | 'stopping';
