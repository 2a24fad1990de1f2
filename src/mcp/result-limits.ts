/** Items of a stream that one tool result holds at most. */
export const mostItems = 1_000;

/** JSON of a stream's items that one tool result holds at most. Characters. */
export const longestItems = 2 ** 20;

/** Body of a returned `Response` that a tool result holds at most. Bytes. */
export const longestResponse = 2 ** 20;
