/** Names in a sentence: "Pro and Plus". Without a comma before the last, as in the rest of our prose. */
const and = new Intl.ListFormat("en-GB");
const or = new Intl.ListFormat("en-GB", { type: "disjunction" });

export const andList = (names: readonly string[]): string => and.format(names);
export const orList = (names: readonly string[]): string => or.format(names);
