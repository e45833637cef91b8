import type { CodeSample } from "../ui/code/code-tabs";

export interface SnippetCall {
  /** The public URL, without a trailing slash. */
  baseUrl: string;
  /** The JSON body of `POST /api/v1/inference`. */
  body: object;
  /** Written into the code when given; otherwise the code reads `AGATHA_API_KEY` from its environment. */
  secret?: string | undefined;
}

/** Inside single quotes, a POSIX shell changes nothing; only the quote itself needs escaping. */
export const shellQuote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON and Python differ in three literals only. */
export function toPython(value: unknown, indent: string): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => `${inner}${toPython(item, inner)},\n`).join("")}${indent}]`;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${toPython(item, inner)},\n`);
    return `{\n${lines.join("")}${indent}}`;
  }
  return JSON.stringify(value);
}

export const indentJson = (body: object, indent: string) =>
  JSON.stringify(body, null, 2).replaceAll("\n", `\n${indent}`);

function curl({ baseUrl, body, secret }: SnippetCall): string {
  return [
    `curl ${baseUrl}/api/v1/inference \\`,
    `  -H "Authorization: Bearer ${secret ?? "$AGATHA_API_KEY"}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -H "Prefer: wait=60" \\`,
    `  -d ${shellQuote(JSON.stringify(body, null, 2))}`,
  ].join("\n");
}

function python({ baseUrl, body, secret }: SnippetCall): string {
  const bearer = secret === undefined ? `f"Bearer {os.environ['AGATHA_API_KEY']}"` : `"Bearer ${secret}"`;
  return [
    secret === undefined ? "import os\nimport requests" : "import requests",
    "",
    "response = requests.post(",
    `    "${baseUrl}/api/v1/inference",`,
    `    headers={"Authorization": ${bearer}, "Prefer": "wait=60"},`,
    `    json=${toPython(body, "    ")},`,
    "    timeout=90,",
    ")",
    "print(response.json())",
  ].join("\n");
}

function typescript({ baseUrl, body, secret }: SnippetCall): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the code that is shown
  const bearer = secret === undefined ? "`Bearer ${process.env.AGATHA_API_KEY}`" : `"Bearer ${secret}"`;
  return [
    `const response = await fetch("${baseUrl}/api/v1/inference", {`,
    `  method: "POST",`,
    "  headers: {",
    `    Authorization: ${bearer},`,
    `    "Content-Type": "application/json",`,
    `    Prefer: "wait=60",`,
    "  },",
    `  body: JSON.stringify(${indentJson(body, "  ")}),`,
    "});",
    "console.log(await response.json());",
  ].join("\n");
}

/** The same request in three languages, ready to paste. */
export function inferenceSnippets(call: SnippetCall): CodeSample[] {
  return [
    { language: "curl", code: curl(call) },
    { language: "Python", code: python(call) },
    { language: "TypeScript", code: typescript(call) },
  ];
}
