import { FunctionCallingMode, GoogleGenerativeAI, SchemaType } from "@google/generative-ai";
import { afterAll, expect, test } from "vitest";
import { startGeminiSimulator } from "./gemini";

const simulator = await startGeminiSimulator({ port: 0 });
afterAll(() => simulator.stop());

const gemini = (key = "key", model = "gemini-1.5-pro") =>
  new GoogleGenerativeAI(key).getGenerativeModel({ model }, { baseUrl: simulator.url, timeout: 2_000 });

test("an answer has Gemini's shape and usage", async () => {
  const { response } = await gemini().generateContent("What is an agate?");
  expect(response.text()).toContain("What is an agate?");
  expect(response.candidates?.[0]?.finishReason).toBe("STOP");
  const usage = response.usageMetadata;
  expect(usage?.candidatesTokenCount).toBe(Math.ceil(Buffer.byteLength(response.text()) / 4));
  expect(usage?.totalTokenCount).toBe((usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0));
});

test("a stream says the same as the whole answer, as SSE and as a JSON array", async () => {
  const whole = (await gemini().generateContent("What is an agate?")).response.text();
  const { stream, response } = await gemini().generateContentStream("What is an agate?");
  let text = "";
  for await (const chunk of stream) text += chunk.text();
  expect(text).toBe(whole);
  expect((await response).usageMetadata?.totalTokenCount).toBeGreaterThan(0);

  const array = await fetch(`${simulator.url}/v1beta/models/gemini-1.5-pro:streamGenerateContent?key=k`, {
    method: "POST",
    body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "What is an agate?" }] }] }),
  });
  expect(await array.json()).toBeInstanceOf(Array);
});

test("limits, tools and JSON are honored", async () => {
  const cut = await gemini().generateContent({
    contents: [{ role: "user", parts: [{ text: "Tell me more" }] }],
    generationConfig: { maxOutputTokens: 4 },
  });
  expect(cut.response.candidates?.[0]?.finishReason).toBe("MAX_TOKENS");
  expect(cut.response.usageMetadata?.candidatesTokenCount).toBe(4);

  const called = await gemini().generateContent({
    contents: [{ role: "user", parts: [{ text: "A trip" }] }],
    tools: [
      {
        functionDeclarations: [
          {
            name: "plan_trip",
            parameters: {
              type: SchemaType.OBJECT,
              properties: { days: { type: SchemaType.INTEGER } },
              required: ["days"],
            },
          },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: FunctionCallingMode.ANY } },
  });
  expect(called.response.functionCalls()).toMatchObject([{ name: "plan_trip", args: { days: 1 } }]);

  const json = await gemini().generateContent({
    contents: [{ role: "user", parts: [{ text: "A trip" }] }],
    generationConfig: {
      responseMimeType: "application/json",
      responseSchema: { type: SchemaType.ARRAY, items: { type: SchemaType.STRING } },
    },
  });
  expect(JSON.parse(json.response.text())).toEqual(["A trip"]);
});

test("models that think report it apart from the answer", async () => {
  const { response } = await gemini("key", "gemini-2.5-flash").generateContent("Think.");
  expect(response.usageMetadata).toMatchObject({ thoughtsTokenCount: 64 });
});

test.each([
  ["[[sim:429]]", 429],
  ["[[sim:500]]", 500],
  ["[[sim:503]]", 503],
  ["[[sim:400]]", 400],
])("%s is refused in Gemini's words", async (prompt, status) => {
  await expect(gemini().generateContent(prompt)).rejects.toMatchObject({ status });
});

test("a blocked prompt and a withheld answer are told apart", async () => {
  const withheld = await gemini().generateContent("Hi [[sim:filter]]");
  expect(withheld.response.candidates?.[0]?.finishReason).toBe("SAFETY");
  const blocked = await gemini().generateContent("Hi [[sim:filter:1]]");
  expect(blocked.response.promptFeedback?.blockReason).toBe("SAFETY");
});

test("a wrong key is an invalid argument, a missing one has no permission", async () => {
  await expect(gemini("invalid").generateContent("Hi")).rejects.toMatchObject({ status: 400 });
  const missing = await fetch(`${simulator.url}/v1beta/models/gemini-pro:generateContent`, {
    method: "POST",
  });
  expect(missing.status).toBe(403);
});
