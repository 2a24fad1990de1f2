import type { ReloadRun } from '../../modules/reload-run.ts';
import type { LoadRequest } from '../../supervision/cluster/coordinator.ts';
import type { SharedSources } from './shared-sources.ts';
import type { WireLoad, WireSource, WireText } from './wire-sources.ts';

/** So many touched files are handed over with a reload; all others are asked for one by one. */
const handedAtMost = 64;

/** So many are read at once, without leaving the event loop. */
const readAtOnce = 4;

/** A reload with what the processes will most probably ask for first. */
export async function prepareLoad(
  { touched, reason, rollback }: LoadRequest,
  { sources, run }: { sources: SharedSources; run: ReloadRun },
): Promise<WireLoad> {
  const texts = new Map<string, WireText>();
  const parsed = new Map<string, WireSource>();
  if (touched !== 'all' && touched.size <= handedAtMost) {
    const few = touched.size <= readAtOnce;
    await Promise.all(
      [...touched].map(async (file) => {
        const text = await sources.read(file, { time: 0, few });
        texts.set(file, text);
        run.enter('transpiling');
        if (text !== undefined && 'hash' in text)
          parsed.set(`${text.hash} ${file}`, await sources.parse(file, text));
      }),
    );
  }
  const { targets, backTo } = rollback ?? {};
  return {
    touched,
    reason,
    rollback: targets === undefined ? undefined : { targets, backTo },
    texts,
    sources: parsed,
  };
}
