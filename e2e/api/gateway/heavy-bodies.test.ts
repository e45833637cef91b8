import { describe, expect, it } from "vitest";
import { expectRefusal } from "../../support/client";
import { makeKey } from "../../support/people";
import { useGateway } from "./testing/use-gateway";

/** A small body that would be much work: a process answers everybody, and one call must not hold it up. */

const { api, ada, key } = await useGateway();
const test = await makeKey(api, ada, { environment: "test" });

const messages = [{ role: "user", content: "Which stone is it?" }];
const post = (more: object, as = key) =>
  api.post("/v1/chat/completions", { as, body: { model: "gpt-4o", messages, ...more } });
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

async function postText(path: string, body: string): Promise<[number, string | undefined]> {
  const reply = await fetch(api.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body,
  });
  const { error } = (await reply.json()) as { error?: { code: string } };
  return [reply.status, error?.code];
}

describe("a body that is deeper than a stack is refused, wherever it is", () => {
  const head = '"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]';
  const tool = (schema: string) =>
    `"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]`;
  it.each([
    ["/v1/chat/completions", `{${head},"a_new_field":${nested(100_000)}}`],
    ["/v1/chat/completions", `{${head},${tool(nested(100_000))}}`],
    ["/v1/chat/completions", `{${head},"prediction":{"type":"content","content":${nested(100_000)}}}`],
    ["/v1/embeddings", `{"model":"text-embedding-3-small","input":"a","a_new_field":${nested(100_000)}}`],
    ["/api/v1/inference", `{${head},${tool(nested(100_000))}}`],
    ["/api/v1/inference/quote", `{${head},"tools":${nested(100_000)}}`],
  ])("nested a hundred thousand times, on its way to %s", async (path, body) => {
    expect(await postText(path, body)).toEqual([400, "invalid_json"]);
  });
});

it.each([
  ["/v1/chat/completions", "messages"],
  ["/v1/chat/completions", "tools"],
  ["/api/v1/inference", "messages"],
])("a body of millions of wrong values is refused before each of them is: %s %s", async (path, field) => {
  const values = "1,".repeat(2_000_000);
  const body = `{"model":"gpt-4o","${field}":[${values}1]}`;
  expect(await postText(path, body)).toEqual([413, "payload_too_large"]);
});

it("an embedding takes as many tokens as fit", async () => {
  const input = Array.from({ length: 200 }, () => Array(8_000).fill(1));
  const body = { model: "text-embedding-3-small", input, encoding_format: "base64" };
  const { status, text } = await api.post("/v1/embeddings", { as: test, body });
  expect(status, text.slice(0, 500)).toBe(200);
});

/** Five levels of so many parts each, in a few kilobytes: written out it would be a hundred million schemas. */
function multiplying(parts: number): object {
  const level = (name: string, inner: object) => ({
    allOf: Array.from({ length: parts }, () => ({ $ref: `#/$defs/${name}` })),
    $defs: { [name]: inner },
  });
  const names = ["b", "c", "d", "e"];
  const root = names.reduceRight<object>((inner, name) => level(name, inner), { type: "object" });
  // Each name leads somewhere from the top, too.
  return {
    type: "object",
    ...root,
    $defs: { ...Object.fromEntries(names.map((name) => [name, { type: "object" }])), ...defsOf(root) },
  };
}
const defsOf = (schema: object) =>
  "$defs" in schema && typeof schema.$defs === "object" ? schema.$defs : {};

it.each(["gpt-4o", "gemini-3.8-flash", "deepseek-flash"])(
  "a schema whose parts multiply holds nobody up, for %s",
  async (model) => {
    const tools = [{ type: "function", function: { name: "f", parameters: multiplying(100) } }];
    for (const as of [key, test]) {
      const { status, text } = await post({ model, tools }, as);
      expect([200, 400], text).toContain(status);
    }
  },
);

it("a test key's answer is no larger than a model's, however large its schema and its question", async () => {
  const parameters = {
    type: "object",
    properties: Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`p${n}`, { type: "string", maxLength: 1_000_000_000 }]),
    ),
  };
  const long = [{ role: "user", content: "agate ".repeat(100_000) }];
  const tools = [{ type: "function", function: { name: "f", parameters } }];
  const { status, text } = await post({ messages: long, tools, max_tokens: 16_000 }, test);
  expect(status, text.slice(0, 500)).toBe(200);
  expect(text.length).toBeLessThan(1_000_000);
});

it("vectors that are more than an answer holds are refused before they are made", async () => {
  const input = Array(2_048).fill("agate");
  for (const as of [key, test]) {
    const reply = await api.post("/v1/embeddings", {
      as,
      body: { model: "text-embedding-3-large", input, encoding_format: "base64" },
    });
    expectRefusal(reply, 400, "invalid_request", "input");
  }
});
