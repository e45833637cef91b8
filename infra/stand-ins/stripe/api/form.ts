import { invalid } from "./failure";

export type Value = string | Value[] | Fields;
export type Fields = { [name: string]: Value };

/** Stripe's form encoding: `items[0][price]=x&metadata[a]=b` as nested objects and lists. */
export function parseForm(text: string): Fields {
  const root: Fields = Object.create(null);
  for (const [path, value] of new URLSearchParams(text)) {
    const keys = path.split(/\[|\]\[|\]/).filter((key, index) => index === 0 || key !== "");
    let at = root;
    for (const key of keys.slice(0, -1)) {
      const next = at[key];
      if (typeof next === "object" && !Array.isArray(next)) at = next;
      else {
        const made: Fields = Object.create(null);
        at[key] = made;
        at = made;
      }
    }
    at[keys.at(-1) ?? path] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, withLists(value)]));
}

function withLists(value: Value): Value {
  if (typeof value === "string" || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.map(([, item]) => withLists(item));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withLists(item)]));
}

export function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function needed(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (value === undefined) throw invalid(`Missing required param: ${name}.`, name, "parameter_missing");
  return value;
}

export function integer(fields: Fields, name: string): number | undefined {
  const value = text(fields, name);
  if (value === undefined) return undefined;
  if (!/^-?\d+$/.test(value)) throw invalid(`Invalid integer: ${value}`, name, "parameter_invalid_integer");
  return Number(value);
}

export function flag(fields: Fields, name: string): boolean | undefined {
  const value = text(fields, name);
  if (value === undefined) return undefined;
  if (value !== "true" && value !== "false") throw invalid(`Invalid boolean: ${value}`, name);
  return value === "true";
}

export function group(fields: Fields, name: string): Fields {
  const value = fields[name];
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}

export function groups(fields: Fields, name: string): Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((item): item is Fields => isFields(item)) : [];
}

export function texts(fields: Fields, name: string): string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function metadata(fields: Fields, before: Record<string, string> = {}): Record<string, string> {
  const merged: Record<string, string> = { ...before };
  for (const [key, value] of Object.entries(group(fields, "metadata"))) {
    if (value === "") delete merged[key];
    else if (typeof value === "string") merged[key] = value;
  }
  return merged;
}

const isFields = (value: Value): value is Fields => typeof value === "object" && !Array.isArray(value);
