import type { Service } from '../contract/service.ts';

/** The running service as one version of a file knows it. */
export interface ServiceView {
  readonly service: Service;
  /** Listeners of this version hear nothing more; resolves when the one that runs has ended. */
  close(): Promise<void>;
}

export type OpenServiceView = (file: string) => ServiceView;
