/** What the rules of both protocols stand on. A rule says what is wrong in the provider's words, or nothing. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The first name in an object that is not among the known ones. */
export function unknownName(object: Json, known: readonly string[]): string | undefined {
  return Object.keys(object).find((name) => !known.includes(name));
}

/** The first thing wrong, or undefined. */
export function first<T>(...rules: (() => T | undefined)[]): T | undefined {
  for (const rule of rules) {
    const wrong = rule();
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** The same, over a list. */
export function firstOf<Item, T>(items: readonly Item[], rule: (item: Item, index: number) => T | undefined) {
  for (const [index, item] of items.entries()) {
    const wrong = rule(item, index);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
