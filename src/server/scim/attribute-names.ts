/** What every object inherits. As the name of an attribute it would reach beyond the object that is read or changed. */
const inherited: ReadonlySet<string> = new Set(
  Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase()),
);
const NAME = /^[a-z$][\w$-]*(\.[a-z$][\w$-]*)?$/i;

export function isInherited(name: string): boolean {
  return inherited.has(name.toLowerCase());
}

/**
 * An attribute, or a part of one: `name.familyName`. The library builds objects by the names that it is given, so it is given no
 * others: `constructor.keys` or `__proto__.x` would change what the whole process inherits.
 */
export function isAttributeName(text: string): boolean {
  return NAME.test(text) && !text.split(".").some(isInherited);
}
