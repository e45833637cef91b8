/**
 * Where something at Stripe is not as it should be, by path: `features.subscription_cancel.mode`. What is not wanted
 * explicitly is Stripe's own business; lists are compared as sets.
 */
export function driftOf(wanted: object, found: object, path = ""): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const where = path === "" ? name : `${path}.${name}`;
    const there: unknown = Reflect.get(found, name);
    if (Array.isArray(value)) return sameSet(value, there) ? [] : [where];
    if (typeof value === "object" && value !== null) {
      return typeof there === "object" && there !== null ? driftOf(value, there, where) : [where];
    }
    return value === there ? [] : [where];
  });
}

function sameSet(wanted: readonly unknown[], found: unknown): boolean {
  if (!Array.isArray(found) || found.length !== wanted.length) return false;
  return wanted.every((one) => found.includes(one));
}
