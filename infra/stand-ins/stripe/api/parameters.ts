import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve as resolvePath } from "node:path";
import { Failure } from "./failure";
import type { Fields, Value } from "./form";

/** Where the SDK declares a call's parameters: the file in `resources` (or, of a preview, its path), and the interface's name. */
export type Declared = readonly [file: string, name: string];

type Field = { type: string; required: boolean };
type Interface = { scope: string[]; fields: Map<string, Field>; paged: boolean };
type Checking = Declarations & { missing: Failure[] };
type Declarations = { interfaces: Map<string, Interface>; aliases: Map<string, string> };

const folder = join(dirname(createRequire(import.meta.url).resolve("stripe")), "..", "esm", "resources");
const files = new Map<string, Declarations>();

/**
 * Refuses parameters that the SDK's types do not declare, at any depth: unknown names, wrong types, values not listed,
 * missing required ones. Then refuses those this route does not implement, because at the real Stripe they would fail
 * or silently do nothing.
 */
export function checkParameters([file, name]: Declared, input: Fields, acts: readonly string[]): void {
  const declarations = files.get(file) ?? readDeclarations(file);
  files.set(file, declarations);
  const declared = find(declarations.interfaces, [], name);
  if (declared === undefined) throw new Error(`The SDK declares no ${name} in ${file}.`);
  const missing: Failure[] = [];
  check({ ...declarations, missing }, declared, input, "");
  checkActs(input, { acts: [...acts, "expand"], paged: declared.paged }, "");
  const [first] = missing;
  if (first !== undefined) throw first;
}

/** The parameter names that the SDK declares for a call. */
export function declaredNames([file, name]: Declared): string[] {
  const declarations = files.get(file) ?? readDeclarations(file);
  files.set(file, declarations);
  return [...(find(declarations.interfaces, [], name)?.fields.keys() ?? [])];
}

const PAGING = ["limit", "starting_after", "ending_before"];

function checkActs(value: Value, known: { acts: readonly string[]; paged: boolean }, path: string): void {
  if (path !== "") {
    // A list index does not matter.
    const plain = path.replace(/\[\d+\]/g, "");
    if (known.acts.some((act) => plain === act || plain.startsWith(`${act}[`))) return;
    if (known.paged && PAGING.includes(plain)) return;
    const leads = known.acts.some((act) => act.startsWith(`${plain}[`));
    if (!leads || typeof value === "string") {
      throw refusal("parameter_unsupported", `This stand-in does not act on ${path}.`, path);
    }
  }
  if (typeof value === "string") return;
  for (const [name, inner] of Object.entries(value)) {
    checkActs(inner, known, path === "" ? name : `${path}[${name}]`);
  }
}

function check(all: Checking, declared: Interface, input: Fields, path: string): void {
  for (const [name, value] of Object.entries(input)) {
    const where = path === "" ? name : `${path}[${name}]`;
    const field = declared.fields.get(name);
    if (field !== undefined) checkValue(all, declared, field.type, value, where);
    else if (!(declared.paged && PAGING.includes(name))) {
      throw refusal("parameter_unknown", `Received unknown parameter: ${where}`, where);
    }
  }
  for (const [name, { required }] of declared.fields) {
    if (!required || name in input) continue;
    const where = path === "" ? name : `${path}[${name}]`;
    all.missing.push(refusal("parameter_missing", `Missing required param: ${where}.`, where));
  }
}

function checkValue(all: Checking, from: Interface, written: string, value: Value, where: string): void {
  const type = resolve(all, from.scope, written);
  if (Array.isArray(value)) {
    const item = /Array<(.*)>/.exec(type)?.[1];
    if (item === undefined) throw refusal("parameter_invalid", "Invalid array", where);
    for (const [index, one] of value.entries()) checkValue(all, from, item, one, `${where}[${index}]`);
    return;
  }
  if (typeof value === "string") {
    checkPlain(all, from, type, value, where);
    return;
  }
  const names = type.match(/[A-Z][\w.]*/g) ?? [];
  const nested = names.flatMap((name) => find(all.interfaces, from.scope, name) ?? []);
  const free = names.some((name) => /^(MetadataParam|RangeQueryParam|AddressParam)$/.test(name));
  if (nested.length === 0 && !free && !type.includes("[key: string]")) {
    throw refusal("parameter_invalid_object", `Invalid object: ${where} takes a plain value`, where);
  }
  const [first] = nested;
  if (first !== undefined) check(all, first, value, where);
}

/** Checks a scalar in its text form: one of the listed values, or of the declared type. */
function checkPlain(all: Declarations, from: Interface, type: string, value: string, where: string): void {
  const options = optionsOf(type);
  const listed = options.flatMap((option) => /^'(.*)'$/.exec(option)?.slice(1) ?? []);
  if (listed.includes(value)) return;
  // An empty text unsets what can be unset, and means nothing elsewhere.
  if (value === "") return;
  if (options.some((option) => takes(all, from, option, value))) return;
  if (listed.length > 0) {
    const names = listed.filter((one) => one !== "").join(", ");
    throw refusal("parameter_invalid", `Invalid ${where}: must be one of ${names}`, where);
  }
  const wanted = options.find((option) => option === "number" || option === "boolean");
  if (wanted === "number") throw refusal("parameter_invalid_integer", `Invalid integer: ${value}`, where);
  if (wanted === "boolean") throw refusal("parameter_invalid", `Invalid boolean: ${value}`, where);
  throw refusal("parameter_invalid_object", `Invalid object: ${where}`, where);
}

function takes(all: Declarations, from: Interface, option: string, value: string): boolean {
  if (option === "string") return true;
  if (option === "number") return /^-?\d+$/.test(value) || /^-?\d*\.\d+$/.test(value);
  if (option === "boolean") return value === "true" || value === "false";
  if (option === "Decimal" || option.endsWith(".Decimal")) return /^-?\d+(\.\d+)?$/.test(value);
  // A range may also be given as one number: `created=1700000000`.
  if (option === "RangeQueryParam") return /^\d+$/.test(value);
  if (option.startsWith("'") || option.startsWith("Array<") || option === "OtherString") return false;
  // A type declared in another file is left to the route.
  return find(all.interfaces, from.scope, option) === undefined && !/Param$/.test(option);
}

/** The parts of a top-level union, without those only TypeScript needs. */
function optionsOf(type: string): string[] {
  const parts: string[] = [];
  let [depth, part] = [0, ""];
  for (const char of type) {
    if (char === "<" || char === "{" || char === "(") depth++;
    if (char === ">" || char === "}" || char === ")") depth--;
    if (char === "|" && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += char;
  }
  parts.push(part.trim());
  return parts.filter((one) => one !== "null" && one !== "undefined" && one !== "");
}

/** Resolves aliases and `Emptyable`. */
function resolve(all: Declarations, scope: string[], type: string): string {
  return optionsOf(type)
    .map((option) => {
      const emptyable = /^Emptyable<(.*)>$/.exec(option)?.[1];
      if (emptyable !== undefined) return `'' | ${resolve(all, scope, emptyable)}`;
      const alias = find(all.aliases, scope, option);
      return alias === undefined ? option : resolve(all, scope, alias);
    })
    .join(" | ");
}

/** Looks a name up as TypeScript does: from the innermost namespace outwards. */
function find<T>(all: Map<string, T>, scope: string[], name: string): T | undefined {
  for (let depth = scope.length; depth >= 0; depth--) {
    const found = all.get([...scope.slice(0, depth), name].join("."));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads the generated declarations, whose layout is regular: one member per line, one brace per block. */
function readDeclarations(file: string): Declarations {
  const source = readFileSync(resolvePath(folder, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = new Map<string, Interface>();
  const aliases = new Map<string, string>();
  const open: { name: string; made?: Interface }[] = [];
  for (const line of source.split("\n").map((part) => part.trim())) {
    const block = /^(?:export )?(?:declare )?(namespace|interface) (\w+)([^{]*)\{/.exec(line);
    if (block !== null) {
      const [, kind, name = "", rest = ""] = block;
      const scope = open.map((outer) => outer.name);
      if (kind === "namespace") open.push({ name });
      else {
        const made = { scope: [...scope, name], fields: new Map(), paged: /PaginationParams/.test(rest) };
        found.set([...scope, name].join("."), made);
        if (!line.endsWith("}")) open.push({ name, made });
      }
      continue;
    }
    const alias = /^(?:export )?(?:declare )?type (\w+) = (.+);$/.exec(line);
    if (alias !== null) {
      const [, name = "", type = ""] = alias;
      aliases.set([...open.map((outer) => outer.name), name].join("."), type);
      continue;
    }
    const member = /^(\w+)(\??): (?:(.+);|\{)$/.exec(line);
    const within = open.at(-1)?.made;
    if (member !== null && within !== undefined) {
      // An inline object (`payload: {`) is a map with the caller's own keys.
      const [, field = "", optional, type = "[key: string]"] = member;
      within.fields.set(field, { type, required: optional === "" });
    }
    if (/^}/.test(line)) open.pop();
    else if (line.endsWith("{")) open.push({ name: "" });
  }
  return { interfaces: found, aliases };
}

const refusal = (code: string, message: string, param: string) =>
  new Failure(400, { type: "invalid_request_error", code, message, param });
