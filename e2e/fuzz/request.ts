import fc from "fast-check";
import type { ApiDocument, Asked, Json, Schema } from "../support/contract";
import { hostile, hostileText } from "./hostile";
import { contentTypes, oddHeaders } from "./odd-headers";
import { arbitraryOf } from "./schema-values";
import { scimOperations } from "./scim-operations";

/** One request as it goes over the wire. */
export interface FuzzRequest {
  operation: string;
  method: string;
  /** Already encoded, well or badly. */
  path: string;
  headers: [string, string][];
  body: Buffer | undefined;
  as: "nobody" | "key" | "person" | "app" | "service account" | "directory" | "nonsense";
}

/** Who calls, as often as named. */
const ofApi: readonly FuzzRequest["as"][] = [
  ...(["key", "key", "person", "person", "person"] as const),
  ...(["app", "service account", "directory", "nobody", "nonsense"] as const),
];
const ofScim: readonly FuzzRequest["as"][] = ["directory", "directory", "directory", "directory", "key"];

/** Arbitrary requests of one API, from its own document. `ids` are things that exist, so that calls also get far. */
export function fuzzRequests(document: ApiDocument, ids: readonly string[]): fc.Arbitrary<FuzzRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  // Model calls have the largest bodies and the most code that reads them.
  const weighted = [...operations, ...scimOperations].flatMap((target) =>
    /^\/v1\//.test(target.path) ? [target, target, target, target] : [target],
  );
  return fc.constantFrom(...weighted).chain((target) => requestOf(target, document, ids));
}

function requestOf(
  { method, path, operation }: { method: string; path: string; operation: Asked },
  document: ApiDocument,
  ids: readonly string[],
): fc.Arbitrary<FuzzRequest> {
  const resolve = (schema: Schema): Schema => {
    const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
    return name === undefined ? schema : (document.components.schemas[name] ?? {});
  };
  const parameters = operation.parameters ?? [];
  const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, hostileText);
  const pathText = fc
    .array(id, { minLength: 3, maxLength: 3 })
    .map((values) => path.replaceAll(/\{\w+\}/g, () => encode(values.pop() ?? "x") || "%20"));
  const query = queryOf(
    parameters.filter((each) => each.in === "query"),
    resolve,
    ids,
  );
  const media = operation.requestBody?.content["application/json"];
  const body =
    media === undefined
      ? fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, rawBody(hostile))
      : rawBody(
          fc.oneof(
            ...(media.example === undefined ? [] : [mutated(media.example)]),
            arbitraryOf(media.schema, resolve),
          ),
        );
  return fc
    .record({
      pathText,
      query,
      body,
      headers: oddHeaders,
      contentType: contentTypes,
      as: fc.constantFrom<FuzzRequest["as"][]>(...(path.startsWith("/scim/") ? ofScim : ofApi)),
      method: fc.oneof(
        { weight: 30, arbitrary: fc.constant(method) },
        fc.constantFrom("PUT", "PATCH", "HEAD", "OPTIONS"),
      ),
    })
    .map((drawn) => ({
      operation: operation.operationId,
      // Headers too large are refused before they are read: the server cannot know that HEAD wants no body.
      method:
        drawn.method === "HEAD" && drawn.pathText.length + drawn.query.length > 8_000 ? "GET" : drawn.method,
      path: drawn.pathText + drawn.query,
      headers: [
        ...(drawn.body === undefined ? [] : [["content-type", drawn.contentType] as [string, string]]),
        ...drawn.headers,
      ],
      body: drawn.body,
      as: drawn.as,
    }));
}

function queryOf(
  parameters: readonly { name: string; schema: Schema }[],
  resolve: (schema: Schema) => Schema,
  ids: readonly string[],
): fc.Arbitrary<string> {
  const names = parameters.map(({ name }) => name);
  const known = parameters.map(({ name, schema }) =>
    fc
      .oneof(
        { weight: 3, arbitrary: arbitraryOf(schema, resolve) },
        { weight: 1, arbitrary: fc.constantFrom(...ids) },
        hostileText,
      )
      .map((value): [string, string] => [
        name,
        typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
      ]),
  );
  const pair = fc.oneof(
    ...(known.length > 0 ? [{ weight: 8, arbitrary: fc.oneof(...known) }] : []),
    fc.tuple(
      fc.oneof(
        hostileText,
        fc.constantFrom(
          ...names,
          "metadata[a]",
          "metadata[]",
          "metadata[a][b]",
          "metadata",
          "limit",
          "cursor",
        ),
      ),
      hostileText,
    ),
  );
  return fc
    .oneof(
      { weight: parameters.length > 0 ? 1 : 8, arbitrary: fc.constant<[string, string][]>([]) },
      { weight: 4, arbitrary: fc.array(pair, { maxLength: 4 }) },
      // A page of a list that was never given out.
      fc.base64String({ maxLength: 80 }).map((cursor): [string, string][] => [["cursor", cursor]]),
    )
    .map((pairs) =>
      pairs.length === 0
        ? ""
        : `?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")}`,
    );
}

/** JSON, and what only looks like it: broken off, doubled keys, other encodings, huge, or nested beyond reason. */
function rawBody(json: fc.Arbitrary<Json | undefined>): fc.Arbitrary<Buffer | undefined> {
  const text = json.map((value) => (value === undefined ? "" : JSON.stringify(value)));
  return fc.oneof(
    { weight: 40, arbitrary: text.map((body) => Buffer.from(body)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(text, fc.nat())
        .map(([body, at]) => Buffer.from(body.slice(0, at % (body.length + 1)))),
    },
    { weight: 2, arbitrary: text.map((body) => Buffer.from(body.replace(/^\{("[^"]*":)/, '{$1"first",$1'))) },
    // What JSON can say and JSON.stringify never does: numbers beyond a double, escapes without a partner, names of old.
    {
      weight: 3,
      arbitrary: fc
        .tuple(text, fc.nat(), fc.constantFrom(...ODD_LITERALS))
        .map(([body, at, literal]) => Buffer.from(withLiteral(body, at, literal))),
    },
    { weight: 1, arbitrary: text.map((body) => Buffer.from(body, "utf16le")) },
    {
      weight: 1,
      arbitrary: text.map((body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)])),
    },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("NaN", "[1,]", "{'a':1}", "{}{}", "1e400", '"\ud800"', "\u0000", "// x\n{}")
        .map((each) => Buffer.from(each)),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(100, 10_000, 200_000)
        .map((depth) => Buffer.from(`${"[".repeat(depth)}${"]".repeat(depth)}`)),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(1_000, 5_000)
        .map((depth) => Buffer.from(`${'{"messages":'.repeat(depth)}1${"}".repeat(depth)}`)),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(70_000, 1_000_000)
        .map((size) => Buffer.from(JSON.stringify({ model: "gpt-4o", prompt: "a".repeat(size) }))),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(2_000, 50_000)
        .map((size) =>
          Buffer.from(
            JSON.stringify(Object.fromEntries(Array.from({ length: size }, (_, at) => [`k${at}`, at]))),
          ),
        ),
    },
  );
}

const ODD_LITERALS = [
  "1e400",
  "-1e400",
  "9".repeat(400),
  "0.".padEnd(400, "3"),
  "1E-400",
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{}}}',
  '{"toString":1,"hasOwnProperty":1,"length":-1}',
];

/** The text with one of its plain values replaced. */
function withLiteral(body: string, at: number, literal: string): string {
  const values = [
    ...body.matchAll(/(?<=[:[,])("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)(?=[,\]}])/g),
  ];
  const place = values[at % Math.max(1, values.length)];
  if (place === undefined) return literal;
  return body.slice(0, place.index) + literal + body.slice(place.index + place[0].length);
}

/** A good example with up to three places spoilt. */
function mutated(example: Json): fc.Arbitrary<Json> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom("replace", "replace", "remove", "add", "wrap"),
    by: hostile,
    name: fc.oneof(hostileText, fc.constantFrom("id", "org_id", "role", "scopes", "model")),
  });
  return fc.array(change, { maxLength: 3 }).map((changes) => changes.reduce(spoil, structuredClone(example)));
}

function spoil(root: Json, change: { at: number; how: string; by: Json; name: string }): Json {
  const { at, how, name } = change;
  // A copy: the same value put into itself would never end.
  const by = structuredClone(change.by);
  const places: { parent: Json[] | { [key: string]: Json }; key: string }[] = [];
  const walk = (node: Json) => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push({ parent: node, key });
      walk((node as { [key: string]: Json })[key] ?? null);
    }
  };
  walk(root);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return by;
  const parent = place.parent as { [key: string]: Json };
  if (how === "replace") parent[place.key] = by;
  if (how === "wrap") parent[place.key] = [parent[place.key] ?? null];
  if (how === "remove") delete parent[place.key];
  if (how === "add")
    Object.defineProperty(parent, name, { value: by, enumerable: true, configurable: true, writable: true });
  return root;
}

function encode(text: string): string {
  if (/^%[0-9a-z]{2}/.test(text)) return text;
  return [...text]
    .map((character) => (character.isWellFormed() ? encodeURIComponent(character) : "%ED%A0%80"))
    .join("");
}
