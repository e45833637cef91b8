import type { Json } from "./schema";

/** Far more than a provider takes. */
export const MAX_SIZE = 1_000_000;
/** What a value takes beside its text: a list of a million numbers is large, too. */
const PER_VALUE = 20;

/** Converted in turn, each with a size of its own. */
const converted = new Set([
  "properties",
  "items",
  "prefixItems",
  "additionalItems",
  "additionalProperties",
  "anyOf",
  "allOf",
  "$defs",
  "definitions",
]);

/**
 * Bounds the texts and values of a schema with its references written out: one definition that is merged into a thousand places is a
 * thousand times as long.
 */
export class TextBudget {
  #left = MAX_SIZE;

  /** False where that is too much, before any of it is copied. */
  take(schema: Json): boolean {
    for (const [keyword, value] of Object.entries(schema)) {
      this.#left -= converted.has(keyword) ? countOf(value) : sizeOf(value, this.#left);
      if (this.#left < 0) return false;
    }
    return true;
  }
}

function countOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 1;
}

/** About as long as its JSON; counted no further than `most`. */
export function sizeOf(value: unknown, most: number): number {
  if (typeof value === "string") return PER_VALUE + value.length;
  let size = PER_VALUE;
  if (typeof value !== "object" || value === null) return size;
  for (const name of Object.keys(value)) {
    if (size > most) break;
    size += name.length + sizeOf((value as Json)[name], most - size);
  }
  return size;
}
