import { setTimeout } from 'node:timers';
import type { CallOutcome } from '../../call/call-request.ts';
import { successEnvelopeText } from '../../contract/envelope.ts';
import { completeAnswer, endRequest, refusedRequest, toProcessTime } from '../answer-request.ts';
import { isStreamed, type Answer, type StreamedAnswer } from '../answer.ts';
import type { SharedByCalls } from '../app.ts';
import { HttpCall } from '../http-call.ts';
import type { HttpDeps } from '../http-deps.ts';
import { parseJson } from '../parse-json.ts';
import { takeCall } from '../read-call.ts';
import { jsonType } from '../read-json-body.ts';
import { refuseForNow, toAnswer } from '../routes/calls.ts';
import { afterSending, sendAnswer, sendStream } from '../send-answer.ts';
import { isEnding } from '../service-state.ts';
import { takesFiles } from '../uploads/file-slots.ts';
import type { DirectIncoming } from './direct-incoming.ts';
import { DirectRequest } from './direct-request.ts';
import type { DirectResponse } from './direct-response.ts';
import { Exchange, type ExchangeOwner } from './exchange.ts';
import { httpDate } from './http-date.ts';
import { JoinedPieces } from './joined-pieces.ts';
import { WaitingLine } from './waiting-line.ts';

/** Where all other requests go. */
export type Router = (incoming: DirectIncoming, outgoing: DirectResponse) => void;

/** Milliseconds that a body may take here: what comes slowly costs the general way's time anyway. */
const patience = 250;

/** Bytes. Longer bodies come in many pieces. */
const longestBody = 256 * 1024;

/**
 * Answers plain calls, a `POST` of small JSON to a served path, ahead of the router: without streams, promises and
 * objects that only a general way needs. Every step is one that the router's way takes too. Whatever is not plain is
 * left to the router, also when that shows late.
 */
export class DirectLane implements ExchangeOwner {
  readonly #deps: HttpDeps;
  readonly #shared: SharedByCalls;
  readonly #router: Router;
  /** Whose bodies have not come whole. */
  readonly #unfinished = new WaitingLine();
  readonly #joined = new JoinedPieces();
  #looks = false;

  constructor(deps: HttpDeps, shared: SharedByCalls, router: Router) {
    this.#deps = deps;
    this.#shared = shared;
    this.#router = router;
  }

  /** Takes a request over, or leaves it. A call runs in a tick of its own, see `contract/main-thread.ts`. */
  takes(incoming: DirectIncoming, outgoing: DirectResponse): boolean {
    if (!this.#isPlain(incoming, outgoing)) return false;
    const exchange = new Exchange(incoming, outgoing, this);
    incoming.collect(exchange);
    this.#unfinished.add(exchange);
    if (!this.#looks) this.#lookLater();
    return true;
  }

  onChunk(exchange: Exchange, bytes: number): void {
    this.#shared.overload.buffers.take(bytes);
    exchange.held += bytes;
  }

  onLeft(exchange: Exchange): void {
    this.#giveUp(exchange);
  }

  onWhole(exchange: Exchange): void {
    const { incoming, held } = exchange;
    const { registry, door, meter } = this.#deps;
    const { buffers } = this.#shared.overload;
    const pieces = incoming.wholeBody();
    // It was given up in the meantime.
    if (pieces === undefined) return;
    const snapshot = registry.current;
    const endpoint = snapshot.endpoints.get(incoming.url ?? '');
    const isOrdinary = door?.held !== undefined || !buffers.fits(0, held);
    if (isOrdinary || endpoint === undefined || takesFiles(endpoint.signature)) {
      this.#giveUp(exchange);
      return;
    }
    this.#unfinished.remove(exchange);
    incoming.forgetBody();
    const request = new DirectRequest(exchange, snapshot);
    meter.began();
    meter.received(held);
    let outcome: CallOutcome | Promise<CallOutcome>;
    try {
      refuseForNow({ state: this.#deps.state, overload: this.#shared.overload });
      const input = takeCall(this.#deps, request, parseJson(this.#joined.of(pieces), endpoint.plain));
      const call = new HttpCall(request, endpoint, input);
      outcome = this.#deps.caller.call(call, { onEnded: (ended) => this.#end(request, ended) });
    } catch (thrown) {
      this.#answer(request, refusedRequest(this.#deps, request, thrown));
      return;
    }
    if (outcome instanceof Promise) void outcome.then((settled) => this.#end(request, settled));
    else this.#end(request, outcome);
  }

  #lookLater(): void {
    this.#looks = true;
    setTimeout(() => this.#look(), patience).unref();
  }

  /** Clients may take their time, and the router knows how long. */
  #look(): void {
    const since = performance.now() - patience;
    let { first } = this.#unfinished;
    while (first !== undefined && first.startedAt <= since) {
      this.#giveUp(first);
      ({ first } = this.#unfinished);
    }
    this.#looks = false;
    if (first !== undefined) this.#lookLater();
  }

  #giveUp(exchange: Exchange): void {
    const { incoming, outgoing } = exchange;
    this.#unfinished.remove(exchange);
    this.#release(exchange);
    incoming.giveUp();
    this.#router(incoming, outgoing);
  }

  #isPlain({ method, url = '', httpVersion, headers }: DirectIncoming, outgoing: DirectResponse): boolean {
    const { registry, settings } = this.#deps;
    if (method !== 'POST' || httpVersion !== '1.1' || !registry.current.endpoints.has(url)) return false;
    const { 'content-type': type, 'content-length': length } = headers;
    return (
      outgoing.shouldKeepAlive &&
      type !== undefined &&
      (type === 'application/json' || jsonType.test(type)) &&
      length !== undefined &&
      Number(length) <= Math.min(longestBody, settings().bodyLimit) &&
      headers.expect === undefined &&
      headers['content-encoding'] === undefined
    );
  }

  #end(request: DirectRequest, outcome: CallOutcome): void {
    const { settings, state } = this.#deps;
    const { logResponseData } = settings();
    if (!outcome.ok || outcome.kind !== 'value' || logResponseData || isEnding(state())) {
      this.#answer(request, toAnswer({ settings, streams: this.#shared.streams }, request, outcome));
      return;
    }
    const { outgoing } = request;
    const text = successEnvelopeText(outcome.json, request.path);
    const durationMs = performance.now() - request.startedAt;
    endRequest(this.#deps, request, { status: 200, code: undefined, durationMs });
    this.#release(request.exchange);
    if (outgoing.destroyed) return;
    const bytes = Buffer.byteLength(text);
    const process = toProcessTime(durationMs);
    if (outgoing.sendWhole(this.#head(request, process, bytes), text, bytes === text.length)) {
      const { overload } = this.#shared;
      afterSending(outgoing, bytes, { deps: this.#deps, buffers: overload.buffers });
      return;
    }
    // Behind an answer that is still being sent.
    const { requestId, snapshot } = request;
    const headers = {
      'content-type': 'application/json; charset=UTF-8',
      'x-request-id': requestId,
      'x-process-time': process,
      'x-generation': String(snapshot.generation),
    };
    this.#send(request, { status: 200, headers, text });
  }

  #head({ requestId, snapshot }: DirectRequest, process: string, bytes: number): string {
    const { keepAliveTimeout } = this.#deps.settings();
    const keepAlive = keepAliveTimeout >= 1 ? `Keep-Alive: timeout=${Math.floor(keepAliveTimeout)}\r\n` : '';
    return (
      'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\nx-request-id: ' +
      `${requestId}\r\nx-process-time: ${process}\r\nx-generation: ${snapshot.generation}\r\n` +
      `content-length: ${bytes}\r\nDate: ${httpDate()}\r\nConnection: keep-alive\r\n${keepAlive}\r\n`
    );
  }

  #answer(request: DirectRequest, answer: Answer | StreamedAnswer): void {
    const complete = completeAnswer(this.#deps, request, answer);
    this.#release(request.exchange);
    if (isStreamed(complete)) {
      sendStream(request, complete, this.#deps).catch((error: unknown) => this.#fail(request, error));
    } else this.#send(request, complete);
  }

  #send(request: DirectRequest, answer: Answer): void {
    try {
      sendAnswer(request, answer, { deps: this.#deps, buffers: this.#shared.overload.buffers });
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #release(exchange: Exchange): void {
    this.#shared.overload.buffers.give(exchange.held);
    exchange.held = 0;
  }

  #fail({ outgoing, path }: DirectRequest, err: unknown): void {
    this.#deps.logs.error('The runtime failed to send an answer', { err, endpoint: path });
    // Half an answer cannot be taken back: a broken connection says so, a second answer would not.
    outgoing.destroy();
  }
}
