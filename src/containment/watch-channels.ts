import type { ChildProcess } from 'node:child_process';
import diagnostics, { type Channel } from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type Worker } from 'node:worker_threads';
import { noteBelonging } from './module-scope.ts';

/** Child processes, worker threads, broadcast channels, message ports, and subscriptions of diagnostics. */
export function watchChannels(): void {
  diagnostics.subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    noteBelonging({
      kind: 'process',
      describe: () => `child process ${child.pid ?? ''} (${child.spawnfile})`,
      isLeft: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    });
  });
  diagnostics.subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker };
    noteBelonging({ kind: 'worker', describe: () => 'worker thread', isLeft: () => worker.threadId !== -1 });
  });
  watchPorts();
  watchSubscriptions();
}

function watchPorts(): void {
  const { BroadcastChannel, MessageChannel } = workerThreads;
  const open = new WeakSet<object>();
  const close = BroadcastChannel.prototype.close;
  BroadcastChannel.prototype.close = function (this: object): void {
    open.delete(this);
    Reflect.apply(close, this, []);
  };
  replaceGlobal('BroadcastChannel', BroadcastChannel, (channel) => {
    open.add(channel);
    noteBelonging({
      kind: 'port',
      describe: () => `BroadcastChannel '${channel.name}'`,
      isLeft: () => open.has(channel),
    });
  });
  replaceGlobal('MessageChannel', MessageChannel, ({ port1, port2 }) => {
    for (const port of [port1, port2]) {
      noteBelonging({
        kind: 'port',
        describe: () => 'MessagePort that listens',
        isLeft: () => (port as typeof port & { hasRef(): boolean }).hasRef(),
      });
    }
  });
}

/** A proxy, so that nothing but the moment of construction differs. */
function replaceGlobal<T extends object>(
  name: string,
  original: new (...args: never[]) => T,
  made: (it: T) => void,
): void {
  const watched = new Proxy(original, {
    construct(target, args, newTarget) {
      const it = Reflect.construct(target, args, newTarget) as T;
      made(it);
      return it;
    },
  });
  for (const holder of [globalThis, workerThreads]) {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, {
      value: watched,
      writable: true,
      configurable: true,
      enumerable: before?.enumerable ?? false,
    });
  }
  syncBuiltinESMExports();
}

/** All ways to subscribe end in one method of a prototype that is not exported. */
function watchSubscriptions(): void {
  const probe = diagnostics.channel('api-deploy.probe');
  const nothing = (): void => {};
  probe.subscribe(nothing);
  const active = Object.getPrototypeOf(probe) as Channel;
  probe.unsubscribe(nothing);
  const { subscribe, unsubscribe } = active;
  const live = new WeakMap<object, Set<unknown>>();
  active.subscribe = function (this: Channel, listener) {
    const subscribed = live.get(this) ?? new Set();
    live.set(this, subscribed.add(listener));
    noteBelonging({
      kind: 'subscription',
      describe: () => `subscription of the diagnostics channel '${String(this.name)}'`,
      isLeft: () => subscribed.has(listener),
    });
    return Reflect.apply(subscribe, this, [listener]);
  };
  active.unsubscribe = function (this: Channel, listener) {
    live.get(this)?.delete(listener);
    return Reflect.apply(unsubscribe, this, [listener]);
  };
}
