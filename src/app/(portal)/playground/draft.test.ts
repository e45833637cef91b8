import { inferenceInputSchema } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { type Draft, exampleTools, firstDraft, toBody } from "./draft";

const draft = (part: Partial<Draft> = {}): Draft => ({ ...firstDraft, model: "gpt-4o", ...part });

describe("the playground's draft", () => {
  it("leaves out what was left empty", () => {
    const { body, errors } = toBody(draft());
    expect(errors).toEqual({});
    expect(Object.keys(body)).toEqual(["model", "messages"]);
  });

  it("becomes a body that the API takes, with every control used", () => {
    const { body, errors } = toBody(
      draft({
        system: "Be brief.",
        maxTokens: "200",
        temperature: "0.4",
        topP: "0.9",
        stop: "END\nSTOP",
        seed: "-7",
        format: "json_schema",
        tools: exampleTools,
      }),
    );
    expect(errors).toEqual({});
    expect(inferenceInputSchema.parse(body)).toMatchObject({
      max_tokens: 200,
      temperature: 0.4,
      top_p: 0.9,
      stop: ["END", "STOP"],
      seed: -7,
      messages: [{ role: "system" }, { role: "user" }],
    });
  });

  it.each([
    [{ temperature: "9" }, "temperature"],
    [{ maxTokens: "1.5" }, "maxTokens"],
    [{ seed: "one" }, "seed"],
    [{ tools: "{}" }, "tools"],
    [{ tools: "[" }, "tools"],
    [{ format: "json_schema", schema: "null" }, "schema"],
    [{ messages: [{ id: 1, role: "user", text: " " }] }, "messages"],
  ] as const)("%j is named wrong before it is sent", (part, field) => {
    const { errors } = toBody(draft(part as Partial<Draft>));
    expect(Object.keys(errors)).toEqual([field]);
  });

  it("keeps a body to show while a field is wrong", () => {
    const { body } = toBody(draft({ temperature: "9", maxTokens: "5" }));
    expect(body).toMatchObject({ model: "gpt-4o", max_tokens: 5 });
    expect(body).not.toHaveProperty("temperature");
  });
});
