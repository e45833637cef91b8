import type { CodeSample } from "../ui/code/code-tabs";
import { indentJson, type SnippetCall, shellQuote, toPython } from "./inference-snippets";

export interface ChatSnippetCall extends SnippetCall {
  /** The answer as it is written. */
  stream?: boolean;
}

function node({ baseUrl, body, secret, stream }: ChatSnippetCall): string {
  const call = stream ? { ...body, stream: true } : body;
  return [
    `import OpenAI from "openai";`,
    "",
    "const client = new OpenAI({",
    `  baseURL: "${baseUrl}/v1",`,
    `  apiKey: ${secret === undefined ? "process.env.AGATHA_API_KEY" : JSON.stringify(secret)},`,
    "});",
    "",
    `const ${stream ? "stream" : "completion"} = await client.chat.completions.create(${indentJson(call, "")});`,
    ...(stream
      ? [
          "for await (const chunk of stream) {",
          `  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");`,
          "}",
        ]
      : ["console.log(completion.choices[0].message.content);"]),
  ].join("\n");
}

function python({ baseUrl, body, secret, stream }: ChatSnippetCall): string {
  const call = Object.entries(stream ? { ...body, stream: true } : body);
  return [
    ...(secret === undefined ? ["import os"] : []),
    "from openai import OpenAI",
    "",
    "client = OpenAI(",
    `    base_url="${baseUrl}/v1",`,
    `    api_key=${secret === undefined ? `os.environ["AGATHA_API_KEY"]` : JSON.stringify(secret)},`,
    ")",
    "",
    `${stream ? "stream" : "completion"} = client.chat.completions.create(`,
    ...call.map(([name, value]) => `    ${name}=${toPython(value, "    ")},`),
    ")",
    ...(stream
      ? ["for chunk in stream:", `    print(chunk.choices[0].delta.content or "", end="", flush=True)`]
      : ["print(completion.choices[0].message.content)"]),
  ].join("\n");
}

function curl({ baseUrl, body, secret, stream }: ChatSnippetCall): string {
  const call = stream ? { ...body, stream: true } : body;
  return [
    `curl ${stream ? "-N " : ""}${baseUrl}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${secret ?? "$AGATHA_API_KEY"}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d ${shellQuote(JSON.stringify(call, null, 2))}`,
  ].join("\n");
}

/** A chat completion with OpenAI's SDKs and with curl, ready to paste. */
export function chatSnippets(call: ChatSnippetCall): [CodeSample, CodeSample, CodeSample] {
  return [
    { language: "Node.js", code: node(call) },
    { language: "Python", code: python(call) },
    { language: "curl", code: curl(call) },
  ];
}
