import { importError } from '../import-error.ts';
import type { ImportedCollection, Importer } from '../importer.ts';
import { shorten } from '../read-node.ts';
import { readCommand } from './read-command.ts';
import { splitShell } from './split-shell.ts';

/** One or several curl commands, as bash or Windows' cmd take them. */
export const curlImporter: Importer = {
  name: 'cURL',
  detect(text) {
    return /^\s*(?:#[^\n]*\n\s*)*(?:\$\s+)?curl(?:\.exe)?\s/i.test(text)
      ? 1
      : /^\s*curl(?:\.exe)?\s/im.test(text.slice(0, 20_000))
        ? 0.5
        : 0;
  },
  read(input) {
    const commands = splitShell(input.text.replace(/^\uFEFF/, ''))
      .map((words) => words.filter((word, index) => !(index === 0 && word === '$')))
      .filter(([first]) => /(?:^|[\\/])curl(?:\.exe)?$/i.test(first ?? ''))
      .flatMap((words) => splitNext(words.slice(1)));
    if (commands.length === 0) {
      throw importError("expected at least one command that begins with 'curl'", { file: input.name });
    }
    const collection: ImportedCollection = {
      format: 'cURL',
      name: 'cURL',
      description: '',
      variables: [],
      environments: [],
      categories: [],
      entries: [],
      schemas: {},
      skipped: [],
      notConverted: [],
    };
    for (const [index, words] of commands.entries()) {
      const where = `command ${index + 1}`;
      try {
        const { entry, notes } = readCommand(words, where);
        collection.entries.push(entry);
        collection.notConverted.push(...notes.map((note) => ({ where, ...note })));
      } catch (error) {
        collection.skipped.push({
          where,
          name: shorten(`curl ${words.join(' ')}`, 200),
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
    return collection;
  },
};

/** `--next` begins another request in the same command. */
function splitNext(words: string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === '--next' || word === '-:') parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts.filter((part) => part.length > 0);
}
