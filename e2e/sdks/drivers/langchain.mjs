import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { agates, ask, city, report, target, told } from "./common.mjs";

const { url, key } = target();
const model = (name, more = {}) =>
  new ChatOpenAI({ model: name, apiKey: key, configuration: { baseURL: url }, ...more });
const say = (content) => [new HumanMessage(content)];

const whole = await model("gpt-4o", { maxTokens: 100 }).invoke(say(ask));

const streamed = { text: "", pieces: 0, tokens: 0 };
for await (const chunk of await model("gemini-3.8-flash").stream(say(ask))) {
  streamed.text += chunk.text;
  streamed.pieces += 1;
  streamed.tokens = chunk.usage_metadata?.total_tokens ?? streamed.tokens;
}

const tools = [{ type: "function", function: { name: "weather", parameters: city } }];
const bound = (name) => model(name).bindTools(tools, { tool_choice: "required" });
const called = ({ tool_calls: [call] }) => ({ name: call.name, args: call.args });
const withTool = await bound("gpt-4o").invoke(say(ask));
let streamedTool;
for await (const chunk of await bound("deepseek-flash").stream(say(ask))) {
  streamedTool = streamedTool === undefined ? chunk : streamedTool.concat(chunk);
}

const json = await model("gpt-4o")
  .withStructuredOutput(agates, { name: "agates", method: "jsonSchema", strict: true })
  .invoke(say(ask));
const embedded = await new OpenAIEmbeddings({
  model: "text-embedding-3-small",
  apiKey: key,
  configuration: { baseURL: url },
}).embedDocuments(["agate", "onyx"]);

const stop = new AbortController();
const aborted = await told(async () => {
  const long = await model("gpt-4o").stream(say(`${ask} [[sim:stall]]`), { signal: stop.signal });
  for await (const chunk of long) if (chunk.text !== "") stop.abort();
});

const once = { maxRetries: 0 };
const stopped = await told(() =>
  model("gpt-4o", once).invoke(say("[[sim:timeout]]"), { signal: AbortSignal.timeout(1_000) }),
);
report({
  chat: { text: whole.text, tokens: whole.usage_metadata.total_tokens },
  streamed,
  tool: called(withTool),
  streamedTool: called(streamedTool),
  json,
  embeddings: embedded.map(({ length }) => length),
  retried: (await model("gpt-4o").invoke(say("Retry me"))).text,
  aborted,
  stopped,
  errors: {
    key: await told(() => model("gpt-4o", { apiKey: "agt_live_nothing", ...once }).invoke(say(ask))),
    model: await told(() => model("gpt-0", once).invoke(say(ask))),
    field: await told(() => model("gpt-4o", { temperature: 7, ...once }).invoke(say(ask))),
    provider: await told(() => model("gpt-4o", once).invoke(say("[[sim:400]]"))),
    down: await told(() => model("gpt-4o", once).invoke(say("[[sim:500]]"))),
  },
});
