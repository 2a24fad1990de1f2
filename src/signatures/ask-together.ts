/**
 * Questions to the checker's process, asked together. One by one, each is two changes of process; written at once, all
 * are answered in one go. TypeScript's client has this for a few kinds of questions only.
 */
export interface AskTogether {
  /**
   * Runs each of these, which ask questions and do nothing else, until none waits for an answer. Whoever asks the same
   * afterwards has the answer at once.
   */
  ask(asks: readonly (() => unknown)[]): void;
  /** Lets go of the answers that nobody has asked for. */
  forget(): void;
}

/** The private part of TypeScript's client that questions go through, of the version that is pinned. */
export interface QuestionClient {
  apiRequest(method: string, params: unknown): unknown;
  readonly channel: {
    writeAllBuf(bytes: Buffer, length: number): void;
    /** Reads one message into the fields below. */
    readTuple(): void;
    readonly _msgType: number;
    readonly _msgName: Buffer;
    readonly _msgPayload: Buffer;
  };
}

interface Question {
  readonly method: string;
  readonly payload: string;
}

/** Kinds of messages, as the channel numbers them. */
const request = 1;
const response = 4;
const failure = 5;

/** What is asked at once has to fit into the pipe: nobody reads answers while questions are written. Bytes. */
const mostBytes = 30_000;

/** An answer may lead to the next question; so often it is asked together with others. */
const mostRounds = 8;

/** Thrown to whoever asks while questions are gathered. */
const notYet = Object.freeze({ notYet: true });

/** Of no use any more once the process has said something else in between. */
let isOff = false;

export function createAskTogether(client: QuestionClient): AskTogether {
  const { channel } = client;
  const askOne = client.apiRequest.bind(client);
  const answers = new Map<string, string>();
  let gathered: Map<string, Question> | undefined;

  client.apiRequest = (method, params) => {
    if (gathered === undefined && answers.size === 0) return askOne(method, params);
    const payload = JSON.stringify(params);
    const key = `${method} ${payload}`;
    const answer = answers.get(key);
    if (answer !== undefined) return answer === '' ? undefined : JSON.parse(answer);
    if (gathered === undefined) return askOne(method, params);
    gathered.set(key, { method, payload });
    throw notYet;
  };

  /** Gives those that wait for an answer. */
  function gather(asks: readonly (() => unknown)[], into: Map<string, Question>): (() => unknown)[] {
    gathered = into;
    try {
      return asks.filter((ask) => isWaiting(ask));
    } finally {
      gathered = undefined;
    }
  }

  function askAll(questions: ReadonlyMap<string, Question>): void {
    for (const part of inParts([...questions])) {
      const bytes = Buffer.concat(part.map(([, question]) => toMessage(question)));
      channel.writeAllBuf(bytes, bytes.length);
      for (const [key, { method }] of part) {
        channel.readTuple();
        const { _msgType: kind, _msgName: name, _msgPayload: payload } = channel;
        if (name.toString() !== method || (kind !== response && kind !== failure)) {
          isOff = true;
          throw new Error(`expected the checker's answer to ${method}, got message ${kind}`);
        }
        // Asked again, it fails again, where somebody hears of it.
        if (kind === response) answers.set(key, payload.toString());
      }
    }
  }

  return {
    ask(asks) {
      let waiting = asks;
      for (let round = 0; round < mostRounds && waiting.length > 1 && !isOff; round += 1) {
        const questions = new Map<string, Question>();
        waiting = gather(waiting, questions);
        if (questions.size > 1) askAll(questions);
        else return;
      }
    },
    forget: () => answers.clear(),
  };
}

function isWaiting(ask: () => unknown): boolean {
  try {
    ask();
    return false;
  } catch (error) {
    if (error === notYet) return true;
    throw error;
  }
}

function* inParts(questions: readonly (readonly [string, Question])[]): Iterable<typeof questions> {
  let part: (readonly [string, Question])[] = [];
  let bytes = 0;
  for (const entry of questions) {
    const [key] = entry;
    const size = Buffer.byteLength(key) + 16;
    if (bytes + size > mostBytes && part.length > 0) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(entry);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** As MessagePack: a list of three, the last two of them bytes with their length. */
function toMessage({ method, payload }: Question): Buffer {
  const name = Buffer.from(method);
  const body = Buffer.from(payload);
  return Buffer.concat([Buffer.from([0x93, request]), lengthOf(name), name, lengthOf(body), body]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x100) return Buffer.from([0xc4, length]);
  const head = Buffer.from([0xc6, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 1);
  return head;
}
