import { expect, test } from "vitest";
import { countInputTokens, countTokens, simulateText, splitIntoPieces } from "./simulator-text";

const ask = (content: string, options: Partial<Parameters<typeof simulateText>[0]> = {}) =>
  simulateText({ model: "gpt-4o", messages: [{ role: "user", content }], ...options });

test("the same input gives the same answer; another seed, model or history gives another", () => {
  const answer = ask("How do agates form in lava?").text;
  expect(ask("How do agates form in lava?").text).toBe(answer);
  const others = Array.from({ length: 20 }, (_, seed) => ask("How do agates form in lava?", { seed }).text);
  expect(new Set(others).size).toBeGreaterThan(5);
  expect(ask("How do agates form in lava?", { model: "gpt-4" }).text).not.toBe(answer);
});

test("the answer quotes the prompt and says that it is simulated", () => {
  expect(ask("How do agates form?").text).toMatch(/^Simulated gpt-4o answer\..*How do agates form\?/);
});

test("the answer keeps to its limit, counts what it says, and never splits a character", () => {
  for (const content of ["Hello", "Wie entstehen Achate? 🪨🪨🪨🪨🪨", "瑪瑙是怎樣形成的？".repeat(30), ""]) {
    const whole = ask(content);
    expect(whole.finishReason).toBe("stop");
    for (const maxTokens of [0, 1, 7, 20, 33, 1_000]) {
      const { text, outputTokens, finishReason } = ask(content, { maxTokens });
      expect(outputTokens).toBe(countTokens(text));
      expect(outputTokens).toBeLessThanOrEqual(maxTokens);
      expect(whole.text.startsWith(text)).toBe(true);
      expect(text).not.toContain("\uFFFD");
      expect(finishReason).toBe(text === whole.text ? "stop" : "length");
    }
  }
});

test("a stop sequence is left out, and the answer then ended by itself", () => {
  expect(ask("Hi", { stop: ["answer", "never said"] })).toMatchObject({
    text: "Simulated gpt-4o ",
    finishReason: "stop",
  });
});

test("input counts every message and its role", () => {
  expect(countInputTokens([{ role: "user", content: "12345678" }])).toBe(6);
  expect(ask("12345678").inputTokens).toBe(6);
});

test("pieces of a stream join to the text", () => {
  const { text } = ask("Tell\n\nme  more about Donaudampfschifffahrtsgesellschaft ");
  expect(splitIntoPieces(text).join("")).toBe(text);
});
