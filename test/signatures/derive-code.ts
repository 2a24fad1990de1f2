import type { Shape, Signature } from '../../src/contract/signature.ts';
import type { FileSignatures, SignatureProblem } from '../../src/signatures/checker-client.ts';
import { createCheckerProject, problemOf, signatureOf, type CheckerProject } from './checker-project.ts';

/** Derives one function at a time, each in a file of its own. */
export interface CodeProject {
  readonly project: CheckerProject;
  /** `export const f = apiFunction(<code>)` after `head`, which starts in line 2; the function is in the last line. */
  file(code: string, head?: string): Promise<FileSignatures>;
  signature(code: string, head?: string): Promise<Signature>;
  problem(code: string, head?: string): Promise<SignatureProblem>;
  /** Of the parameter `v` of this type. */
  shape(type: string, head?: string): Promise<Shape>;
  /** Of what `code` gives back. */
  returned(code: string, head?: string): Promise<Signature['returns']>;
  end(): Promise<void>;
}

export async function createCodeProject(): Promise<CodeProject> {
  const project = await createCheckerProject();
  let count = 0;
  const self: CodeProject = {
    project,
    async file(code, head = '') {
      count += 1;
      const text = `import { apiFunction, type CallContext } from 'api-deploy'; export type Ctx = CallContext;
${head === '' ? '' : `${head}\n`}export const f = apiFunction(${code});
`;
      return project.save(`code${count}.ts`, text);
    },
    signature: async (code, head) => signatureOf((await self.file(code, head)).functions['f']),
    problem: async (code, head) => problemOf((await self.file(code, head)).functions['f']),
    shape: async (type, head) => (await self.signature(`(v: ${type}) => void v`, head)).parameters[0]!.shape,
    returned: async (code, head) => (await self.signature(code, head)).returns,
    end: () => project.end(),
  };
  return self;
}
