import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany, generateText, jsonSchema, Output, streamText, tool } from "ai";
import { agates, ask, city, report, target, told } from "./common.mjs";

const { url, key } = target();
const agatha = createOpenAICompatible({
  name: "agatha",
  baseURL: url,
  apiKey: key,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
/** The AI SDK's own client of OpenAI, pointed here. */
const openai = createOpenAI({ baseURL: url, apiKey: key });
const quiet = { onError: () => undefined };

const whole = await generateText({ model: openai.chat("gpt-4o"), prompt: ask, maxOutputTokens: 100 });

const stream = streamText({ model: agatha("gemini-3.8-flash"), prompt: ask, ...quiet });
const streamed = { text: "", pieces: 0, tokens: 0 };
for await (const piece of stream.textStream) {
  streamed.text += piece;
  streamed.pieces += 1;
}
streamed.tokens = (await stream.usage).totalTokens;

const tools = { weather: tool({ inputSchema: jsonSchema(city) }) };
const called = ([call]) => ({ name: call.toolName, args: call.input });
const withTool = await generateText({ model: agatha("gpt-4o"), prompt: ask, tools, toolChoice: "required" });
const streamedTool = streamText({
  model: agatha("deepseek-flash"),
  prompt: ask,
  tools,
  toolChoice: "required",
  ...quiet,
});
await streamedTool.consumeStream();

const json = await generateText({
  model: openai.chat("gpt-4o"),
  prompt: ask,
  output: Output.object({ schema: jsonSchema(agates) }),
});
const embedded = await embedMany({
  model: agatha.embeddingModel("text-embedding-3-small"),
  values: ["agate", "onyx"],
});

const stop = new AbortController();
const aborted = await told(async () => {
  const long = streamText({
    model: agatha("gpt-4o"),
    prompt: `${ask} [[sim:stall]]`,
    abortSignal: stop.signal,
    ...quiet,
  });
  for await (const part of long.fullStream) {
    if (part.type === "text-delta") stop.abort();
    if (part.type === "abort") throw new DOMException("The stream was aborted.", "AbortError");
  }
});

const once = { maxRetries: 0 };
const stopped = await told(() =>
  generateText({
    model: agatha("gpt-4o"),
    prompt: "[[sim:timeout]]",
    abortSignal: AbortSignal.timeout(1_000),
    ...once,
  }),
);
report({
  chat: { text: whole.text, tokens: whole.usage.totalTokens },
  streamed,
  tool: called(withTool.toolCalls),
  streamedTool: called(await streamedTool.toolCalls),
  json: json.output,
  embeddings: embedded.embeddings.map(({ length }) => length),
  retried: (await generateText({ model: agatha("gpt-4o"), prompt: "Retry me" })).text,
  aborted,
  stopped,
  errors: {
    key: await told(() =>
      generateText({
        model: createOpenAI({ baseURL: url, apiKey: "agt_live_nothing" }).chat("gpt-4o"),
        prompt: ask,
        ...once,
      }),
    ),
    model: await told(() => generateText({ model: agatha("gpt-0"), prompt: ask, ...once })),
    field: await told(() => generateText({ model: agatha("gpt-4o"), prompt: ask, temperature: 7, ...once })),
    provider: await told(() => generateText({ model: agatha("gpt-4o"), prompt: "[[sim:400]]", ...once })),
    down: await told(() => generateText({ model: agatha("gpt-4o"), prompt: "[[sim:500]]", ...once })),
  },
});
