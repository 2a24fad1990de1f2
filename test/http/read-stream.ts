/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: any;
}

/** The events of a text; comments are left out. Throws where the text is no event stream. */
export function parseEvents(text: string): ServerEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const match = /^event: (\w+)\ndata: (.*)$/.exec(block);
      if (match === null) throw new Error(`no event: ${JSON.stringify(block)}`);
      return { event: match[1] ?? '', data: JSON.parse(match[2] ?? '') as unknown };
    });
}

export function parseLines(text: string): any[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Text received until `enough` says so, or the end. */
  until(enough: (text: string) => boolean): Promise<string>;
  leave(): Promise<void>;
}

/** An answer whose body is read bit by bit. */
export async function openAnswer(url: string, init: RequestInit): Promise<OpenAnswer> {
  const controller = new AbortController();
  const response = await fetch(url, { ...init, method: 'POST', signal: controller.signal });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return {
    status: response.status,
    headers: response.headers,
    async until(enough) {
      while (!enough(text)) {
        const step = await reader?.read();
        if (step === undefined || step.done) break;
        text += decoder.decode(step.value, { stream: true });
      }
      return text;
    },
    async leave() {
      controller.abort();
      await reader?.closed.catch(() => {});
    },
  };
}
