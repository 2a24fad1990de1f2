/** Why a step that is no request could not do its work; becomes the error of a result at its path. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
