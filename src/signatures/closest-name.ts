/** Longer names are no typing errors. */
const longest = 64;

/** The known name that `name` was probably meant to be, if one is close enough. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > longest) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const costs = new Map<string, number>();
  const at = (i: number, j: number): number => (i === 0 ? j : j === 0 ? i : (costs.get(`${i},${j}`) ?? 0));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const edited = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      costs.set(`${i},${j}`, swapped ? Math.min(edited, at(i - 2, j - 2) + 1) : edited);
    }
  }
  return at(a.length, b.length);
}
