import { type ApiDocument, documentSchema, type Operation, type Parameter } from "./document";
import { describeFields, describeType, escapeCell } from "./schema-text";

const HEAD = `<!-- Written by \`npm run docs:api\` from the OpenAPI document. Change the procedures, not this file. -->

# API reference

`;

/** The whole API in one document: what \`/docs/api\` shows, to read and to search offline. */
export function renderApiReference(json: string): string {
  const document = documentSchema.parse(JSON.parse(json));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = document.tags
    .map(({ name }) => ({ name, of: operations.filter(({ operation }) => operation.tags[0] === name) }))
    .filter(({ of }) => of.length > 0);
  const contents = sections.map(
    ({ name, of }) => `- [${name}](#${anchor(name)}): ${of.length} ${of.length === 1 ? "call" : "calls"}`,
  );
  const parts = sections.map(
    ({ name, of }) => `## ${name}\n\n${of.map((call) => describeCall(call, document)).join("\n")}`,
  );
  const schemas = Object.entries(document.components.schemas)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([name, schema]) =>
        `### ${name}\n\n${[schema.description, describeFields(schema)].filter(Boolean).join("\n\n")}\n`,
    );
  return `${HEAD}${document.info.description}

The address in examples stands for that of your installation; the document itself is at \`/api/openapi.json\`. [Getting started](GETTING_STARTED.md) has the first calls.

${contents.join("\n")}
- [Schemas](#schemas)

${parts.join("\n")}
## Schemas

${schemas.join("\n")}`;
}

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

interface Call {
  path: string;
  method: string;
  operation: Operation;
}

function describeCall({ path, method, operation }: Call, document: ApiDocument): string {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const found = parameters.map((parameter) => resolve(parameter, document));
  const parts = [
    `### ${summary}`,
    `\`${method} ${path}\``,
    description,
    credentials(operation),
    found.length > 0 ? parameterTable(found) : undefined,
    body("Body", requestBody?.content),
    ...Object.entries(responses)
      .filter(([status]) => Number(status) < 400)
      .map(([status, { description: meaning, content }]) => response(status, meaning, content)),
    errors(responses),
  ];
  return `${parts.filter((part) => part !== undefined && part !== "").join("\n\n")}\n`;
}

function resolve(parameter: Parameter, { components }: ApiDocument): Parameter {
  const name = parameter.$ref?.split("/").at(-1);
  return name === undefined ? parameter : (components.parameters?.[name] ?? parameter);
}

const names: Record<string, string> = {
  apiKey: "an API key",
  apiKeyHeader: "an API key as `x-api-key`",
  accessToken: "an access token",
  clientSecret: "an app's ID and secret",
  metricsToken: "the metrics token",
};

function credentials({ security }: Operation): string | undefined {
  if (security === undefined) return undefined;
  const ways = security.map((way) => Object.keys(way)[0]);
  const named = ways.filter((way) => way !== undefined).map((way) => names[way] ?? way);
  if (named.length === 0) return "Credentials: none.";
  return `Credentials: ${named.join(", or ")}${ways.includes(undefined) ? ", or none" : ""}.`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(
    ({ name, in: where, required, description = "", schema }) =>
      `| \`${name}\` | ${where}${required ? ", required" : ""} | ${escapeCell(describeType(schema ?? {}))} | ${escapeCell(description || (schema?.description ?? ""))} |`,
  );
  return ["| parameter | in | type | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

type Content = NonNullable<Operation["requestBody"]>["content"];

function body(title: string, content: Content | undefined): string | undefined {
  const [entry] = Object.entries(content ?? {});
  if (entry === undefined) return undefined;
  const [mediaType, { schema, example }] = entry;
  const type = schema === undefined ? "" : `: ${describeType(schema)}`;
  const kind = mediaType === "application/json" ? "" : ` (\`${mediaType}\`)`;
  return [
    `**${title}${title.includes("**") ? "" : "**"}${kind}${type}`,
    example === undefined ? undefined : fenced(example),
  ]
    .filter((part) => part !== undefined)
    .join("\n\n");
}

function response(status: string, meaning = "", content?: Content): string {
  return body(`${status}** ${meaning.replace(/\.$/, "")}`, content) ?? `**${status}** ${meaning}`;
}

function fenced(example: unknown): string {
  return typeof example === "string"
    ? `\`\`\`\n${example.trimEnd()}\n\`\`\``
    : `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``;
}

function errors(responses: Operation["responses"]): string | undefined {
  const rows = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(
      ([status, { description = "" }]) =>
        `${status} (${description.replace(/^Codes?: /, "").replace(/\.$/, "")})`,
    );
  return rows.length === 0 ? undefined : `Errors: ${rows.join(" · ")}`;
}
