import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows } from "../../support/database";
import { customer, makeKey } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let key: string;
let narrow: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  const ada = await customer(api, stack);
  key = await makeKey(api, ada);
  narrow = await makeKey(api, ada, { models: ["gpt-4o"] });
});

const user = (content: unknown) => [{ role: "user", content }];
const tool = (name: string) => ({ type: "function", function: { name } });
const call = (...ids: string[]) => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })),
});
const image = (url: string) => user([{ type: "image_url", image_url: { url } }]);

/** What is wrong, the change to a good request, and the code and param of the refusal (400 unless said). */
const cases: [string, Record<string, unknown>, string, string, number?][] = [
  ["an unknown model", { model: "gpt-5-ultra-max" }, "model_not_found", "model", 404],
  ["a model near a known one", { model: "gpt4o" }, "model_not_found", "model", 404],
  ["an empty model", { model: "" }, "invalid_request", "model"],
  ["a model that is a number", { model: 4 }, "invalid_request", "model"],
  ["null for a model", { model: null }, "invalid_request", "model"],
  ["no model", { model: undefined }, "invalid_request", "model"],

  ["no messages at all", { messages: undefined }, "invalid_request", "messages"],
  ["an empty list of messages", { messages: [] }, "invalid_request", "messages"],
  ["messages that are a string", { messages: "Hello" }, "invalid_request", "messages"],
  ["messages and a prompt", { prompt: "Hello" }, "invalid_request", "prompt"],
  [
    "too many messages",
    { messages: Array.from({ length: 2_049 }, () => user("x")[0]) },
    "invalid_request",
    "messages",
  ],
  ["a message that is a string", { messages: ["Hello"] }, "invalid_request", "messages[0]"],
  ["null for a message", { messages: [null] }, "invalid_request", "messages[0]"],
  ["a message without a role", { messages: [{ content: "x" }] }, "invalid_request", "messages[0].role"],
  [
    "an unknown role",
    { messages: [{ role: "wizard", content: "x" }] },
    "invalid_request",
    "messages[0].role",
  ],
  ["empty content", { messages: user("") }, "invalid_request", "messages[0].content"],
  ["content that is a number", { messages: user(5) }, "invalid_request", "messages[0].content"],
  ["no content", { messages: [{ role: "user" }] }, "invalid_request", "messages[0].content"],
  [
    "an unknown field in a message",
    { messages: [{ role: "user", content: "x", nmae: "y" }] },
    "unknown_parameter",
    "messages[0].nmae",
  ],
  [
    "the second message wrong",
    { messages: [...user("x"), ...user(null)] },
    "invalid_request",
    "messages[1].content",
  ],
  ["NUL in content", { messages: user("a\u0000b") }, "invalid_request", "messages[0].content"],
  [
    "half a surrogate pair in content",
    { messages: user("a\ud800b") },
    "invalid_request",
    "messages[0].content",
  ],
  [
    "NUL in a part",
    { messages: user([{ type: "text", text: "\u0000" }]) },
    "invalid_request",
    "messages[0].content[0].text",
  ],
  [
    "an image where the model has no eyes",
    { model: "gpt-3.5-turbo", messages: image("https://example.com/a.png") },
    "unsupported_parameter",
    "messages[0].content[0]",
  ],
  [
    "an image by file address",
    { messages: image("file:///etc/passwd") },
    "invalid_request",
    "messages[0].content[0].image_url.url",
  ],
  [
    "an image of another kind",
    { messages: image("data:text/html;base64,AAAA") },
    "invalid_request",
    "messages[0].content[0].image_url.url",
  ],

  ["max_tokens as text", { max_tokens: "5" }, "invalid_request", "max_tokens"],
  ["two limits", { max_tokens: 5, max_completion_tokens: 6 }, "invalid_request", "max_completion_tokens"],
  ["max_tokens in a list", { max_tokens: [5] }, "invalid_request", "max_tokens"],
  ["max_tokens 0", { max_tokens: 0 }, "invalid_request", "max_tokens"],
  ["max_tokens below 0", { max_tokens: -1 }, "invalid_request", "max_tokens"],
  ["half a token", { max_tokens: 1.5 }, "invalid_request", "max_tokens"],
  ["max_tokens over the model's limit", { max_tokens: 20_000 }, "invalid_request", "max_tokens"],
  ["max_tokens beyond reason", { max_tokens: 1e300 }, "invalid_request", "max_tokens"],
  [
    "more input than the model holds",
    { model: "gpt-4", messages: user("word ".repeat(200_000)) },
    "context_length_exceeded",
    "messages",
  ],

  ["temperature too high", { temperature: 2.1 }, "invalid_request", "temperature"],
  ["temperature as text", { temperature: "1" }, "invalid_request", "temperature"],
  ["top_p of 0", { top_p: 0 }, "invalid_request", "top_p"],
  ["stop of a number", { stop: 5 }, "invalid_request", "stop"],
  ["five stops", { stop: ["a", "b", "c", "d", "e"] }, "invalid_request", "stop"],
  ["an empty stop", { stop: [""] }, "invalid_request", "stop[0]"],
  ["a seed too large", { seed: 2 ** 40 }, "invalid_request", "seed"],
  ["a boolean seed", { seed: true }, "invalid_request", "seed"],
  [
    "an unknown response format",
    { response_format: { type: "xml" } },
    "invalid_request",
    "response_format.type",
  ],
  [
    "a JSON schema without a schema",
    { response_format: { type: "json_schema", json_schema: { name: "x" } } },
    "invalid_request",
    "response_format.json_schema.schema",
  ],
  [
    "a JSON schema where the model has none",
    {
      model: "gpt-3.5-turbo",
      response_format: { type: "json_schema", json_schema: { name: "x", schema: {} } },
    },
    "unsupported_parameter",
    "response_format.type",
  ],
  ["no tools in tools", { tools: [] }, "invalid_request", "tools"],
  ["a tool's name with a space", { tools: [tool("a b")] }, "invalid_request", "tools[0].function.name"],
  ["a choice without tools", { tool_choice: "auto" }, "invalid_request", "tool_choice"],
  ["an unknown choice", { tools: [tool("f")], tool_choice: "maybe" }, "invalid_request", "tool_choice"],
  ["metadata that is a list", { metadata: ["a"] }, "invalid_request", "metadata"],
  ["metadata of numbers", { metadata: { a: 1 } }, "invalid_request", "metadata.a"],
  [
    "too much metadata",
    { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, "v"])) },
    "invalid_request",
    "metadata",
  ],

  ["an unknown field", { max_token: 5 }, "unknown_parameter", "max_token"],
  ["a field of ours", { org_id: "org_1" }, "unknown_parameter", "org_id"],
  ["streaming, which this call does not do", { stream: true }, "invalid_request", "stream"],
  ["more than one answer", { n: 2 }, "invalid_request", "n"],
  ["a penalty", { presence_penalty: 0.5 }, "invalid_request", "presence_penalty"],
  ["functions of the old protocol", { functions: [{ name: "f" }] }, "invalid_request", "functions"],

  [
    "a tool message without its call",
    { messages: [...user("Hi"), { role: "tool", tool_call_id: "c1", content: "4" }] },
    "invalid_request",
    "messages[1].tool_call_id",
  ],
  [
    "a call without its result",
    { messages: [...user("Hi"), call("c1")] },
    "invalid_request",
    "messages[1].tool_calls[0]",
  ],
  [
    "a call whose result comes too late",
    {
      messages: [
        ...user("Hi"),
        call("c1"),
        ...user("Well?"),
        { role: "tool", tool_call_id: "c1", content: "4" },
      ],
    },
    "invalid_request",
    "messages[1].tool_calls[0]",
  ],
  [
    "two results of one call",
    {
      messages: [
        ...user("Hi"),
        call("c1"),
        { role: "tool", tool_call_id: "c1", content: "4" },
        { role: "tool", tool_call_id: "c1", content: "5" },
      ],
    },
    "invalid_request",
    "messages[3].tool_call_id",
  ],
  [
    "two calls with one id",
    { messages: [...user("Hi"), call("c1", "c1"), { role: "tool", tool_call_id: "c1", content: "4" }] },
    "invalid_request",
    "messages[1].tool_calls[1].id",
  ],
  [
    "an assistant that says nothing",
    { messages: [...user("Hi"), { role: "assistant", content: "" }, ...user("Well?")] },
    "invalid_request",
    "messages[1].content",
  ],
  ["two tools of one name", { tools: [tool("f"), tool("f")] }, "invalid_request", "tools[1].function.name"],
  [
    "a choice of an unknown tool",
    { tools: [tool("f")], tool_choice: tool("g") },
    "invalid_request",
    "tool_choice.function.name",
  ],
  ["a named choice without tools", { tool_choice: tool("g") }, "invalid_request", "tool_choice"],
  [
    "parameters that are no object",
    { tools: [{ type: "function", function: { name: "f", parameters: { type: "string" } } }] },
    "invalid_request",
    "tools[0].function.parameters.type",
  ],
  [
    "a schema whose reference leads nowhere",
    {
      response_format: {
        type: "json_schema",
        json_schema: { name: "x", schema: { type: "object", properties: { a: { $ref: "#/$defs/a" } } } },
      },
    },
    "invalid_request",
    "response_format.json_schema.schema.properties.a.$ref",
  ],
];

describe("POST /api/v1/inference refuses by name, and writes, reserves and sends nothing", () => {
  it.each(cases)("%s", async (_what, change, code, param, status = 400) => {
    const before = await countRows();
    const body = { model: "gpt-4o", messages: user("Hello"), ...change };
    const reply = await api.post("/api/v1/inference", {
      as: key,
      body,
      headers: { "idempotency-key": "bad-input" },
    });
    expectRefusal(reply, status, code, param);
    expect(reply.headers.get("x-should-retry")).toBe("false");
    expect(await countRows()).toEqual(before);
  });

  it("an unknown model is refused with the nearest names", async () => {
    const reply = await api.post("/api/v1/inference", { as: key, body: { model: "gpt4o", prompt: "Hi" } });
    expect(reply.json.error.message).toContain("gpt-4o");
  });

  it("a model that the key cannot use is refused", async () => {
    const before = await countRows();
    const reply = await api.post("/api/v1/inference", { as: narrow, body: { model: "gpt-4", prompt: "Hi" } });
    expectRefusal(reply, 403, "model_not_allowed", "model");
    expect(await countRows()).toEqual(before);
  });

  it("messages longer than the largest text are refused", async () => {
    const before = await countRows();
    const body = { model: "gpt-4o", messages: user("a".repeat(4_000_001)) };
    expectRefusal(
      await api.post("/api/v1/inference", { as: key, body }),
      400,
      "invalid_request",
      "messages[0].content",
    );
    expect(await countRows()).toEqual(before);
  });
});
