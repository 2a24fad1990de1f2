import type { CallRequest } from '../call/call-request.ts';
import type { Principal } from '../contract/call-context.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { HttpRequest } from './http-request.ts';

/** Who calls, with what. */
export type HttpCallInput = Pick<CallRequest, 'body' | 'plain' | 'principal'>;

/** The call that a request asks for. A class, so that its getter costs nothing; see `create-context.ts`. */
export class HttpCall implements CallRequest {
  readonly endpoint: Endpoint;
  readonly principal: Principal;
  readonly body: unknown;
  readonly plain: boolean | undefined;
  readonly generation: number;
  readonly requestId: string;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest, endpoint: Endpoint, { principal, body, plain }: HttpCallInput) {
    this.endpoint = endpoint;
    this.principal = principal;
    this.body = body;
    this.plain = plain;
    this.generation = request.snapshot.generation;
    this.requestId = request.requestId;
    this.#request = request;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }
}
