import { isDeepStrictEqual } from "node:util";
import { asArray, asObject, isObject, type Json, resolveRef } from "./schema";

const MAX_CHAIN = 50;

/**
 * A budget of comparisons, which grow with the square of the branches. What is not proven within it counts as not
 * proven.
 */
export interface Proof {
  root: Json;
  left: number;
}

/** An upper bound of the values that a schema accepts: never narrower than the schema. */
interface Outline {
  /** Undefined: any type. */
  kinds: ReadonlySet<string> | undefined;
  /** Undefined: no list of values. */
  values: readonly unknown[] | undefined;
  required: Set<string>;
  /** The schemas that apply to each property. */
  properties: Map<string, unknown[]>;
  /** For each part that forbids additional properties, the properties it has. */
  closed: ReadonlySet<string>[];
}

/**
 * Whether no value can match two branches, so that `oneOf` means the same as `anyOf`. Proven by what separates branches
 * in practice: their types, their listed values, a property with either, or a property that another branch forbids.
 * @param beside what applies to every branch: the keywords around the union.
 * @param proof its budget is shared by all unions of a document.
 */
export function areExclusive(branches: readonly unknown[], beside: Json, proof: Proof): boolean {
  const outlines = branches.map((branch) => outlineOf([beside, branch], proof, 0));
  return outlines.every((one, index) =>
    outlines.slice(index + 1).every((other) => areDisjoint(one, other, proof)),
  );
}

function outlineOf(parts: readonly unknown[], proof: Proof, depth: number): Outline {
  const outline: Outline = {
    kinds: undefined,
    values: undefined,
    required: new Set(),
    properties: new Map(),
    closed: [],
  };
  for (const part of parts) add(part, outline, proof, depth);
  return outline;
}

/** Skipping a part only widens the outline, which proves less but nothing wrong. */
function add(part: unknown, outline: Outline, proof: Proof, depth: number): void {
  proof.left -= 1;
  if (!isObject(part) || depth > MAX_CHAIN || proof.left < 0) return;
  const orNull = part.nullable === true ? [null] : [];
  if (typeof part.$ref === "string" && orNull.length === 0) {
    add(resolveRef(part.$ref, proof.root), outline, proof, depth + 1);
  }
  if (orNull.length === 0) for (const each of asArray(part.allOf)) add(each, outline, proof, depth + 1);
  if (part.type !== undefined) {
    narrowKinds(outline, [
      ...asArray(Array.isArray(part.type) ? part.type : [part.type]).flatMap(kindsOfType),
      ...orNull.map(kindOf),
    ]);
  }
  if (part.const !== undefined) narrowValues(outline, [part.const, ...orNull], proof);
  if (part.enum !== undefined) narrowValues(outline, [...asArray(part.enum), ...orNull], proof);
  for (const keyword of ["anyOf", "oneOf"]) {
    if (part[keyword] === undefined || orNull.length > 0) continue;
    const options = asArray(part[keyword]).map((option) => outlineOf([option], proof, depth + 1));
    const kinds = options.map((option) => option.kinds);
    if (kinds.every((each) => each !== undefined))
      narrowKinds(
        outline,
        kinds.flatMap((each) => [...each]),
      );
    const values = options.map((option) => option.values);
    if (values.every((each) => each !== undefined)) narrowValues(outline, values.flat(), proof);
  }
  for (const name of asArray(part.required)) outline.required.add(String(name));
  const own = Object.entries(asObject(part.properties));
  for (const [name, schema] of own) {
    outline.properties.set(name, [...(outline.properties.get(name) ?? []), schema]);
  }
  if (part.additionalProperties === false && part.patternProperties === undefined) {
    outline.closed.push(new Set(own.map(([name]) => name)));
  }
}

function narrowKinds(outline: Outline, kinds: readonly string[]): void {
  outline.kinds = new Set(kinds.filter((kind) => outline.kinds?.has(kind) ?? true));
}

function narrowValues(outline: Outline, values: readonly unknown[], proof: Proof): void {
  const { values: before } = outline;
  proof.left -= values.length * (before?.length ?? 0);
  if (before === undefined) outline.values = values;
  else if (proof.left >= 0) outline.values = values.filter((value) => isAmong(value, before));
}

function isAmong(value: unknown, values: readonly unknown[]): boolean {
  return values.some((other) => isDeepStrictEqual(value, other));
}

/** Every integer is also a number. */
function kindsOfType(type: unknown): string[] {
  return type === "number" ? ["integer", "fraction"] : [String(type)];
}

function kindOf(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function areDisjoint(one: Outline, other: Outline, proof: Proof, depth = 0): boolean {
  proof.left -= 1 + (one.values?.length ?? 0) * Math.max(1, other.values?.length ?? 0);
  if (proof.left < 0 || depth > MAX_CHAIN) return false;
  const [listing, rest] = one.values === undefined ? [other, one] : [one, other];
  if (listing.values !== undefined) {
    return listing.values.every(
      (value) =>
        [listing, rest].some(({ kinds }) => kinds?.has(kindOf(value)) === false) ||
        (rest.values !== undefined && !isAmong(value, rest.values)),
    );
  }
  if (one.kinds === undefined || other.kinds === undefined) return false;
  const { kinds } = other;
  const common = [...one.kinds].filter((kind) => kinds.has(kind));
  return common.every((kind) => kind === "object" && areDisjointObjects(one, other, proof, depth));
}

/** A value of both schemas has the properties that either one requires. */
function areDisjointObjects(one: Outline, other: Outline, proof: Proof, depth: number): boolean {
  const closed = [...one.closed, ...other.closed];
  return [...one.required, ...other.required].some((name) => {
    if (closed.some((names) => !names.has(name))) return true;
    const [ours, theirs] = [one, other].map(({ properties }) => properties.get(name));
    return (
      ours !== undefined &&
      theirs !== undefined &&
      areDisjoint(outlineOf(ours, proof, depth + 1), outlineOf(theirs, proof, depth + 1), proof, depth + 1)
    );
  });
}
