/** `JSON` as it was before any served file ran: one that overwrites it must not change what callers get. */
export const { parse: parseJsonText, stringify: toJsonString } = JSON;
