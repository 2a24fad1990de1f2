import type { Service } from './service.ts';

/** Gets the running service, as the file that calls `onLoad` may know it. */
export type LoadHook = (service: Service) => void | Promise<void>;

export type LifecycleHook = () => void | Promise<void>;

/**
 * Runs `hook` after the module was evaluated and before it serves: open connections, warm caches.
 * What would be a top-level await goes here. A hook that throws, or takes longer than `loadTimeout`,
 * fails the reload, and the last good version keeps serving.
 *
 * Modules loaded by the runtime get a version bound to their file. This one, seen when a test imports
 * a module directly, does nothing: there is no life cycle to hook into.
 */
export function onLoad(_hook: LoadHook): void {}

/**
 * Runs `hook` when the module was replaced or removed, after its last call in flight has ended, and at
 * shutdown: close connections, clear timers. Hooks of a module run newest first.
 *
 * Outside the runtime it does nothing, see `onLoad`.
 */
export function onDispose(_hook: LifecycleHook): void {}
