import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { agates, ask, city, report, target, told } from "./common.mjs";

const { url, key } = target();
const client = new OpenAI({ apiKey: key, baseURL: url });
const chat = client.chat.completions;
const messages = (content) => [{ role: "user", content }];

const whole = await chat.create({ model: "gpt-4o", messages: messages(ask), max_tokens: 100 });

const streamed = { text: "", pieces: 0, tokens: 0 };
for await (const chunk of await chat.create({
  model: "gemini-3.8-flash",
  messages: messages(ask),
  stream: true,
  stream_options: { include_usage: true },
})) {
  streamed.text += chunk.choices[0]?.delta.content ?? "";
  streamed.pieces += 1;
  streamed.tokens = chunk.usage?.total_tokens ?? 0;
}

const tools = [{ type: "function", function: { name: "weather", parameters: city } }];
const tool = await chat.create({ model: "gpt-4o", messages: messages(ask), tools, tool_choice: "required" });
const streamedTool = await chat
  .stream({ model: "deepseek-flash", messages: messages(ask), tools, tool_choice: "required" })
  .finalChatCompletion();
const called = ({ choices }) => {
  const { name, arguments: args } = choices[0].message.tool_calls[0].function;
  return { name, args: JSON.parse(args) };
};

const json = await chat.create({
  model: "gpt-4o",
  messages: messages(ask),
  response_format: { type: "json_schema", json_schema: { name: "agates", strict: true, schema: agates } },
});
const kinds = z.object({ kinds: z.array(z.string()) });
const parsed = await chat.parse({
  model: "gemini-3.8-flash",
  messages: messages(ask),
  response_format: zodResponseFormat(kinds, "agates"),
});
const embedded = await client.embeddings.create({
  model: "text-embedding-3-small",
  input: ["agate", "onyx"],
});

// A stream that is aborted ends, without an error.
const stop = new AbortController();
const long = await chat.create(
  { model: "gpt-4o", messages: messages(`${ask} [[sim:stall]]`), stream: true },
  { signal: stop.signal },
);
for await (const _chunk of long) stop.abort();
const stopped = await told(() =>
  chat.create(
    { model: "gpt-4o", messages: messages("[[sim:timeout]]") },
    { signal: AbortSignal.timeout(1_000) },
  ),
);

report({
  chat: { text: whole.choices[0].message.content, tokens: whole.usage.total_tokens },
  streamed,
  tool: called(tool),
  streamedTool: called(streamedTool),
  json: JSON.parse(json.choices[0].message.content),
  parsed: parsed.choices[0].message.parsed,
  stopped,
  embeddings: embedded.data.map(({ embedding }) => embedding.length),
  retried: (await chat.create({ model: "gpt-4o", messages: messages("Retry me") })).choices[0].message
    .content,
  aborted: { name: "closed" },
  errors: {
    key: await told(() =>
      new OpenAI({ apiKey: "agt_live_nothing", baseURL: url }).chat.completions.create({
        model: "gpt-4o",
        messages: messages(ask),
      }),
    ),
    model: await told(() => chat.create({ model: "gpt-0", messages: messages(ask) })),
    field: await told(() => chat.create({ model: "gpt-4o", messages: messages(ask), temperature: 7 })),
    provider: await told(() => chat.create({ model: "gpt-4o", messages: messages("[[sim:400]]") })),
    down: await told(() =>
      chat.create({ model: "gpt-4o", messages: messages("[[sim:500]]") }, { maxRetries: 0 }),
    ),
  },
});
