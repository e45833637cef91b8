import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Failure } from "./failure";
import type { Fields, Value } from "./form";

/** Where the SDK declares a call's parameters: the file below `resources`, and the interface's name in it. */
export type Declared = readonly [file: string, name: string];

type Field = { type: string; required: boolean };
type Interface = { scope: string[]; fields: Map<string, Field>; paged: boolean };

const folder = join(dirname(createRequire(import.meta.url).resolve("stripe")), "..", "esm", "resources");
const files = new Map<string, Map<string, Interface>>();

/**
 * Refuses a parameter that the SDK's own types do not name, at any depth, and the lack of one they require: a typing
 * mistake that this let through would only fail at the real Stripe.
 */
export function checkParameters([file, name]: Declared, input: Fields): void {
  const interfaces = files.get(file) ?? readInterfaces(file);
  files.set(file, interfaces);
  const declared = find(interfaces, [], name);
  if (declared === undefined) throw new Error(`The SDK declares no ${name} in ${file}.`);
  check(interfaces, declared, input, "");
}

function check(all: Map<string, Interface>, declared: Interface, input: Fields, path: string): void {
  for (const [name, value] of Object.entries(input)) {
    const where = path === "" ? name : `${path}[${name}]`;
    const field = declared.fields.get(name);
    if (field !== undefined) checkValue(all, declared, field.type, value, where);
    else if (!(declared.paged && ["limit", "starting_after", "ending_before"].includes(name))) {
      throw refusal("parameter_unknown", `Received unknown parameter: ${where}`, where);
    }
  }
  for (const [name, { required }] of declared.fields) {
    if (!required || name in input) continue;
    const where = path === "" ? name : `${path}[${name}]`;
    throw refusal("parameter_missing", `Missing required param: ${where}.`, where);
  }
}

function checkValue(
  all: Map<string, Interface>,
  from: Interface,
  type: string,
  value: Value,
  where: string,
): void {
  if (Array.isArray(value)) {
    if (!type.includes("Array<")) throw refusal("parameter_invalid", `Invalid array`, where);
    for (const [index, item] of value.entries()) checkValue(all, from, type, item, `${where}[${index}]`);
    return;
  }
  if (typeof value === "string") return;
  const names = type.match(/[A-Z][\w.]*/g) ?? [];
  const nested = names.flatMap((name) => find(all, from.scope, name) ?? []);
  const free = names.some((name) => /^(MetadataParam|RangeQueryParam|AddressParam)$/.test(name));
  if (nested.length === 0 && !free && !type.includes("[key: string]")) {
    throw refusal("parameter_invalid_object", `Invalid object: ${where} takes a plain value`, where);
  }
  const [first] = nested;
  if (first !== undefined) check(all, first, value, where);
}

/** A name as TypeScript resolves it: from the innermost namespace outwards. */
function find(all: Map<string, Interface>, scope: string[], name: string): Interface | undefined {
  for (let depth = scope.length; depth >= 0; depth--) {
    const found = all.get([...scope.slice(0, depth), name].join("."));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads the generated declarations, whose layout is regular: one member a line, one brace a block. */
function readInterfaces(file: string): Map<string, Interface> {
  const source = readFileSync(join(folder, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = new Map<string, Interface>();
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
    const member = /^(\w+)(\??): (?:(.+);|\{)$/.exec(line);
    const within = open.at(-1)?.made;
    if (member !== null && within !== undefined) {
      // An object written out in place (`payload: {`) is a map with keys of the caller's.
      const [, field = "", optional, type = "[key: string]"] = member;
      within.fields.set(field, { type, required: optional === "" });
    }
    if (/^}/.test(line)) open.pop();
    else if (line.endsWith("{")) open.push({ name: "" });
  }
  return found;
}

const refusal = (code: string, message: string, param: string) =>
  new Failure(400, { type: "invalid_request_error", code, message, param });
