import { inferenceInputSchema } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { type Draft, firstDraft } from "./draft";
import { blankTool, schemaTemplates, toolTemplates } from "./templates";
import { toBody } from "./to-body";

const draft = (part: Partial<Draft> = {}): Draft => ({ ...firstDraft("gpt-4o"), ...part });
const weather = { id: 1, ...blankTool, name: "get_weather" };

describe("the body of a draft", () => {
  it("leaves out what was left empty", () => {
    const { body, errors } = toBody(draft());
    expect(errors).toEqual({});
    expect(Object.keys(body)).toEqual(["messages"]);
  });

  it("is what the API takes, with every control used", () => {
    const { body, errors } = toBody(
      draft({
        system: "Be brief.",
        messages: [
          { id: 1, role: "user", text: "Rain?" },
          {
            id: 2,
            role: "assistant",
            text: "",
            toolCalls: [{ id: "c1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
          },
          { id: 3, role: "tool", text: "dry", toolCallId: "c1", toolName: "get_weather" },
        ],
        maxTokens: "200",
        temperature: "0.4",
        topP: "0.9",
        stop: "END\nSTOP",
        seed: "-7",
        format: "json_schema",
        tools: toolTemplates.map(({ tool }, id) => ({ id, ...tool })),
        toolChoice: "function:get_weather",
        effort: "high",
        showThoughts: true,
      }),
    );
    expect(errors).toEqual({});
    expect(inferenceInputSchema.parse({ model: "gpt-4o", ...body })).toMatchObject({
      max_tokens: 200,
      temperature: 0.4,
      top_p: 0.9,
      stop: ["END", "STOP"],
      seed: -7,
      reasoning_effort: "high",
      include_reasoning: true,
      messages: [
        { role: "system" },
        { role: "user" },
        { content: null },
        { tool_call_id: "c1", content: "dry" },
      ],
      tool_choice: { type: "function", function: { name: "get_weather" } },
      response_format: { json_schema: { name: "answer", strict: true } },
    });
  });

  it("is right with each template as it stands", () => {
    for (const { name, schema } of schemaTemplates) {
      const { errors } = toBody(
        draft({ format: "json_schema", schemaName: name, schema, schemaStrict: true }),
      );
      expect(errors).toEqual({});
    }
  });

  it.each([
    [{ temperature: "9" }, "temperature"],
    [{ maxTokens: "1.5" }, "maxTokens"],
    [{ seed: "one" }, "seed"],
    [{ stop: "a\nb\nc\nd\ne" }, "stop"],
    [{ tools: [{ ...weather, parameters: "[" }] }, "tools"],
    [{ tools: [{ ...weather, name: "get weather" }] }, "tools"],
    [{ tools: [weather, { ...weather, id: 2 }] }, "tools"],
    [{ format: "json_schema", schema: "null" }, "schema"],
    [{ format: "json_schema", schemaName: "" }, "schemaName"],
    [{ messages: [{ id: 1, role: "user", text: " " }] }, "messages"],
  ] satisfies [Partial<Draft>, string][])("%j is named wrong before it is sent", (part, field) => {
    expect(Object.keys(toBody(draft(part)).errors)).toEqual([field]);
  });

  it("stays there to show while a field is wrong", () => {
    const { body } = toBody(
      draft({ temperature: "9", maxTokens: "5", tools: [{ ...weather, parameters: "{" }] }),
    );
    expect(body).toMatchObject({ max_tokens: 5 });
    expect(body).not.toHaveProperty("temperature");
    expect(body).not.toHaveProperty("tools");
  });

  it("forgets the choice of a function that was removed", () => {
    expect(toBody(draft({ tools: [weather], toolChoice: "function:gone" })).body).not.toHaveProperty(
      "tool_choice",
    );
    expect(toBody(draft({ toolChoice: "required" })).body).not.toHaveProperty("tool_choice");
  });
});
