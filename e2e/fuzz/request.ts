import fc from "fast-check";
import type { ApiDocument } from "../support/contract";

/** One request as it goes over the wire. */
export interface FuzzRequest {
  operation: string;
  method: string;
  /** Already encoded, well or badly. */
  path: string;
  headers: [string, string][];
  body: Buffer | undefined;
  as: "nobody" | "key" | "person" | "nonsense";
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = Record<string, unknown>;
interface OperationObject {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: Json }> };
}

/** Texts that break programs: encodings, injections, boundaries, and things of other kinds than expected. */
const HOSTILE_TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udfff x",
  "a\ud83d",
  "\uffff",
  "\u202eabc",
  "e\u0301\u0301\u0301",
  "👩‍👩‍👧‍👦",
  "İıſK",
  "\r\nx-injected: 1",
  "\t\u000b\u007f",
  "'; DROP TABLE users; --",
  '"}{"',
  "{{7*7}}<%= 1 %>",
  "../../etc/passwd",
  "%00",
  "%zz",
  "%ed%a0%80",
  "__proto__",
  "constructor",
  "NaN",
  "-0",
  "1e999",
  "0x10",
  "9".repeat(40),
  "null",
  "undefined",
  "true",
  "2026-02-30T00:00:00Z",
  "-271821-04-20T00:00:00.000Z",
  "+275760-09-13T00:00:00.001Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999+14:00",
  "1970-01-01T00:00:00.000Z",
  "inf_00000000000000000000000000",
  "inf_7zzzzzzzzzzzzzzzzzzzzzzzzz",
  "inf_01h455vb4pex5vsknk084sn02q",
  "key_7zzzzzzzzz7zzzzzzzzzzzzzzz",
  "usr_01h455vb4pex5vsknk084sn02q",
  "00000000-0000-0000-0000-000000000000",
  "agt_live_x",
  "eyJhbGciOiJub25lIn0.e30.",
  "a".repeat(300),
  "é".repeat(5_000),
];
const HOSTILE_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 63),
  1e21,
  1e308,
  5e-324,
];

const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
);
const hostile: fc.Arbitrary<Json> = fc.oneof(
  hostileText,
  fc.constantFrom<Json>(...HOSTILE_NUMBERS, null, true, false, [], {}, [null], { "": null }),
  fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<Json>,
  fc.integer({ min: 1, max: 60 }).map((depth) => {
    let nested: Json = 1;
    for (let level = 0; level < depth; level++) nested = level % 2 ? [nested] : { messages: nested };
    return nested;
  }),
);

/** Arbitrary requests of one API, from its own document. `ids` are things that exist, so that calls also get far. */
export function fuzzRequests(document: ApiDocument, ids: readonly string[]): fc.Arbitrary<FuzzRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: operation as unknown as OperationObject,
    })),
  );
  return fc.constantFrom(...operations).chain((target) => requestOf(target, document, ids));
}

function requestOf(
  { method, path, operation }: { method: string; path: string; operation: OperationObject },
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
      as: fc.constantFrom<FuzzRequest["as"][]>(
        "key",
        "key",
        "person",
        "person",
        "person",
        "nobody",
        "nonsense",
      ),
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

const contentTypes = fc.oneof(
  { weight: 12, arbitrary: fc.constant("application/json") },
  fc.constantFrom(
    "application/json; charset=utf-8",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/json, text/plain",
    "x",
    "",
  ),
);

const headerText = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }).map((text) => text.trim()),
  fc.constantFrom(
    "a".repeat(255),
    "a".repeat(256),
    "a".repeat(3_000),
    "é".repeat(10),
    "\u0080\u00ff",
    "\t",
    ",",
  ),
);
const oddHeaders: fc.Arbitrary<[string, string][]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<[string, string][]>([]) },
  fc.array(
    fc.oneof(
      fc.tuple(fc.constant("idempotency-key"), headerText),
      fc.tuple(
        fc.constant("prefer"),
        fc.oneof(
          headerText,
          fc.constantFrom("wait=1", "wait=0", "wait=61", "wait=-1", "wait=1.5", "respond-async"),
        ),
      ),
      fc.tuple(
        fc.constantFrom(
          "origin",
          "accept",
          "user-agent",
          "content-encoding",
          "x-api-key",
          "cookie",
          "range",
          "if-match",
        ),
        headerText,
      ),
      fc.tuple(fc.constant("traceparent"), headerText),
      fc.constantFrom<[string, string][]>(
        ["content-encoding", "gzip"],
        ["accept", "text/html"],
        ["accept-encoding", "gzip, br"],
        ["expect", "something"],
        ["x-http-method-override", "DELETE"],
        ["x-request-id", "req_mine"],
        ["authorization", "Basic YTpi"],
        ["authorization", "Bearer"],
      ),
    ),
    { maxLength: 3 },
  ),
);

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

function arbitraryOf(given: Schema, resolve: (schema: Schema) => Schema, depth = 0): fc.Arbitrary<Json> {
  const good = goodValueOf(resolve(given), resolve, depth);
  return fc.oneof({ weight: depth === 0 ? 20 : 9, arbitrary: good }, hostile);
}

function goodValueOf(schema: Schema, resolve: (schema: Schema) => Schema, depth: number): fc.Arbitrary<Json> {
  if (depth > 5) return fc.constant(null);
  const branches = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined;
  if (branches !== undefined)
    return fc.oneof(...branches.map((branch) => arbitraryOf(branch, resolve, depth + 1)));
  if (schema.const !== undefined) return fc.constant(schema.const as Json);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as Json[]));
  const number = (name: string) => (typeof schema[name] === "number" ? (schema[name] as number) : undefined);
  switch (schema.type) {
    case "string": {
      const [min, max] = [number("minLength") ?? 0, number("maxLength") ?? 200];
      const examples = [schema.example, schema.default].filter((each) => typeof each === "string");
      return fc.oneof(
        ...(examples.length > 0 ? [fc.constantFrom(...examples)] : []),
        ...(schema.format === "date-time"
          ? [fc.date({ noInvalidDate: true }).map((date) => date.toISOString())]
          : []),
        ...(schema.format === "email" ? [fc.emailAddress()] : []),
        fc.constantFrom("gpt-4o", "gemini-pro", "Hello"),
        fc.string({ unit: "grapheme", minLength: Math.min(min, 200), maxLength: Math.min(max, 400) }),
        fc
          .constantFrom(min, Math.min(max, 5_000), Math.min(max, 5_000) + 1)
          .map((length) => "x".repeat(length)),
      );
    }
    case "integer":
    case "number": {
      const [min, max] = [number("minimum") ?? -5, number("maximum") ?? 1_000];
      return fc.oneof(
        schema.type === "integer"
          ? fc.integer({
              min: Math.ceil(Math.max(min, -(2 ** 31))),
              max: Math.floor(Math.min(max, 2 ** 31 - 1)),
            })
          : fc.double({ min, max, noNaN: true }),
        fc.constantFrom(min, max, min - 1, max + 1),
      );
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(arbitraryOf((schema.items ?? {}) as Schema, resolve, depth + 1), { maxLength: 4 });
    case "object": {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
      const required = (schema.required ?? []) as string[];
      const named = fc.record(
        Object.fromEntries(properties.map(([name, each]) => [name, arbitraryOf(each, resolve, depth + 1)])),
        { requiredKeys: required.filter((name) => properties.some(([known]) => known === name)) },
      );
      const free = schema.additionalProperties;
      if (typeof free !== "object") return named;
      return fc.dictionary(hostileText, arbitraryOf(free as Schema, resolve, depth + 1), { maxKeys: 4 });
    }
    default:
      return hostile;
  }
}

/** Percent-encoded as UTF-8 would be, halves of surrogate pairs included; what is percent-encoded already stays. */
function encode(text: string): string {
  if (/^%[0-9a-z]{2}/.test(text)) return text;
  return [...text]
    .map((character) => (character.isWellFormed() ? encodeURIComponent(character) : "%ED%A0%80"))
    .join("");
}
