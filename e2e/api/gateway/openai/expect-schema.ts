import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020";
import { expect } from "vitest";
import { assemble, chunksOf, type StreamedChoice } from "../../../support/chat-stream";

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(JSON.parse(readFileSync(new URL("openai-schema.json", import.meta.url), "utf8")), "openai");

/** Holds a value against one of the schemas that OpenAI publishes for its own answers. */
export function expectSchema(name: string, value: unknown): void {
  const validate = ajv.getSchema(`openai#/$defs/${name}`);
  if (validate === undefined) throw new Error(`OpenAI publishes no ${name}`);
  expect(validate(value) ? [] : validate.errors, JSON.stringify(value)).toEqual([]);
}

/** Each chunk of a whole stream as published, and all of them such that a client can put them together. */
export function expectStream(text: string): StreamedChoice[] {
  const chunks = chunksOf(text);
  for (const chunk of chunks) expectSchema("CreateChatCompletionStreamResponse", chunk);
  return assemble(chunks);
}
