/** Longer paths get no suggestion: nobody mistypes them, and comparing costs. */
const longestPath = 160;

/**
 * The served path that was probably meant, or undefined. Upper and lower case count as the same; up to
 * one typing mistake in four letters, three at most.
 */
export function suggestPath(path: string, served: Iterable<string>): string | undefined {
  if (path.length > longestPath) return undefined;
  const wanted = path.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.floor(path.length / 4)) + 1;
  for (const candidate of served) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Levenshtein's distance with a swap of neighbours as one step, or `limit` when it is not below it. Only
 * the diagonal band that can stay below the limit is computed: strangers may ask for paths as fast as
 * they like.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = Array.from({ length: b.length + 1 }, () => limit);
    if (row < limit) current[0] = row;
    let smallest = current[0] ?? limit;
    for (let column = Math.max(1, row - limit); column <= Math.min(b.length, row + limit); column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? limit) + 1,
        (current[column - 1] ?? limit) + 1,
        (last[column - 1] ?? limit) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? limit) + 1);
      current[column] = cost;
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= limit) return limit;
    beforeLast = last;
    last = current;
  }
  return Math.min(last[b.length] ?? limit, limit);
}
