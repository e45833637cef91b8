/** The part of an action that lists group by: `key` of `key.created`. */
export const kindOf = (action: string): string => action.split(".", 1)[0] ?? action;
