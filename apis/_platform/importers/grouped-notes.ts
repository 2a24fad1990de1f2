import type { NotConverted } from './importer.ts';

/** Places that are told one by one of parts that are alike. */
const places = 20;

/** Parts without a counterpart: of those that are alike the first places, and how many more there are. */
export class GroupedNotes {
  readonly list: NotConverted[] = [];
  readonly #groups = new Map<string, { shown: number; last: NotConverted; places: Set<string> }>();

  constructor(notes: readonly NotConverted[] = []) {
    for (const note of notes) this.add(note);
  }

  /** One place is told once: many operations share a parameter. */
  add(note: NotConverted): void {
    const key = `${note.what}\n${note.reason}`;
    const group = this.#groups.get(key);
    if (group === undefined) {
      const last = { ...note };
      this.#groups.set(key, { shown: 1, last, places: new Set([note.where]) });
      this.list.push(last);
      return;
    }
    if (group.places.has(note.where)) return;
    group.places.add(note.where);
    if (group.shown < places) {
      group.shown++;
      group.last = { ...note };
      this.list.push(group.last);
    } else group.last.more = (group.last.more ?? 0) + 1 + (note.more ?? 0);
  }
}
