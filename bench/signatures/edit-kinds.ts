import type { CallerAnswer } from '../connection/caller.ts';
import { markOf } from '../reload/module-text.ts';
import type { ModuleVersion } from './typed-module.ts';

/** `body`: the text inside a function changes. `signature`: a parameter comes and goes. */
export const edits = ['body', 'signature'] as const;
export type Edit = (typeof edits)[number];

export interface EditKind {
  /** What is asked for, again and again. */
  readonly body: object;
  /** `step` counts from 1. Every version is new text, so that no answer comes from a cache by content. */
  versionAt(version: number, step: number): ModuleVersion;
  /** Whether an answer can only come from this version. */
  shows(answer: CallerAnswer, version: ModuleVersion): boolean;
}

export const editKinds: Readonly<Record<Edit, EditKind>> = {
  body: {
    body: { name: 'Ada' },
    versionAt: (version) => ({ version, hasNote: false }),
    shows: ({ status, text }, { version }) => status === 200 && text.includes(markOf(version)),
  },
  signature: {
    body: { name: 'Ada', note: 'short' },
    // The file begins without the parameter: already the first step is a change.
    versionAt: (version, step) => ({ version, hasNote: step % 2 === 1 }),
    shows: ({ status, text }, { version, hasNote }) =>
      hasNote
        ? status === 200 && text.includes(`${markOf(version)}, short note`)
        : status === 422 && text.includes('note'),
  },
};
