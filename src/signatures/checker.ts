/**
 * The only file that imports `typescript`: its native checker, driven through an interface that
 * TypeScript calls unstable. Everything else in this folder takes what it needs from here.
 */
import type { ChildProcess } from 'node:child_process';
import { API } from 'typescript/unstable/sync';
import type { Project, Snapshot } from 'typescript/unstable/sync';
import type { FileSystem } from 'typescript/unstable/fs';
import { createAskTogether, type AskTogether, type QuestionClient } from './ask-together.ts';

export {
  DiagnosticCategory,
  ElementFlags,
  ModifierFlags,
  NodeBuilderFlags,
  ObjectFlags,
  SignatureKind,
  SymbolFlags,
  TypeFlags,
} from 'typescript/unstable/sync';
export type {
  Diagnostic,
  NodeHandle,
  Project,
  Signature as CallSignature,
  Symbol as TypeSymbol,
  TupleType,
  Type,
} from 'typescript/unstable/sync';
export {
  isBindingElement,
  isCallExpression,
  isIdentifier,
  isImportDeclaration,
  isNamedImports,
  isNumericLiteral,
  isObjectBindingPattern,
  isParameterDeclaration,
  isPrefixUnaryExpression,
  isPropertyDeclaration,
  isPropertySignatureDeclaration,
  isStringLiteralLikeNode,
  isVariableDeclaration,
  SyntaxKind,
} from 'typescript/unstable/ast';
export type { Node, ParameterDeclaration, SourceFile } from 'typescript/unstable/ast';
export type { FileSystem };

export interface FileChanges {
  readonly changed: readonly string[];
  readonly created: readonly string[];
  readonly deleted: readonly string[];
}

/** What a tsconfig file says, with everything that it extends. */
export interface ParsedConfig {
  readonly options: Readonly<Record<string, unknown>>;
  readonly fileNames: readonly string[];
}

/** One process of TypeScript's native checker with one project. Every method blocks the thread. */
export interface NativeChecker {
  readonly pid: number | undefined;
  /** False as soon as the process has ended: its pipes must not be written to any more. */
  readonly alive: boolean;
  /** @throws Error when the file cannot be read */
  parseConfig(file: string): ParsedConfig;
  readonly together: AskTogether;
  /** The project after these changes. Symbols, types and nodes of the project before become invalid. */
  update(changes: FileChanges): Project;
  /** Lets go of the project before; nobody has to wait for that. */
  settle(): void;
  close(): void;
}

export interface NativeCheckerOptions {
  readonly cwd: string;
  readonly fs: FileSystem;
  /** Path of the project's tsconfig, which may exist in `fs` only. */
  readonly configFile: string;
  readonly onExit: () => void;
}

/** The part of the interface that is private: without it, a process that ended cannot be told from one that waits. */
interface WithClient {
  readonly client: QuestionClient & { readonly channel: { readonly child: ChildProcess } };
}

export function startNativeChecker(options: NativeCheckerOptions): NativeChecker {
  const api = new API({ cwd: options.cwd, fs: options.fs });
  const { client } = api as unknown as WithClient;
  const { child } = client.channel;
  const together = createAskTogether(client);
  let snapshot: Snapshot | undefined;
  let previous: Snapshot | undefined;
  let alive = true;
  const ended = (): void => {
    if (!alive) return;
    alive = false;
    options.onExit();
  };
  child.once('exit', ended);
  child.once('error', ended);

  function settle(): void {
    const last = previous;
    previous = undefined;
    last?.dispose();
  }

  return {
    pid: child.pid,
    get alive() {
      return alive;
    },
    parseConfig: (file) => api.parseConfigFile(file),
    together,
    settle,
    update(changes) {
      settle();
      together.forget();
      const next = api.updateSnapshot(
        snapshot === undefined
          ? { openProjects: [options.configFile] }
          : {
              fileChanges: {
                changed: [...changes.changed],
                created: [...changes.created],
                deleted: [...changes.deleted],
              },
            },
      );
      previous = snapshot;
      snapshot = next;
      const project = next.getProject(options.configFile);
      if (project === undefined) throw new Error(`the type checker did not open '${options.configFile}'`);
      return project;
    },
    close() {
      if (alive) {
        alive = false;
        options.onExit();
      }
      // Not `api.close()`: it would first ask the process, which may hang or be gone, to release snapshots.
      (api as unknown as { client: { close(): void } }).client.close();
    },
  };
}
