import type { AnswerHead } from "@agathaai/worker/engine/providers/live-protocol";
import { z } from "zod";

const answerSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      index: z.int(),
      message: z.looseObject({
        content: z.string().nullish(),
        tool_calls: z.array(z.looseObject({})).optional(),
      }),
      logprobs: z.unknown(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

/** About what one piece of a provider's stream holds. */
const PIECE = 64;

/**
 * A whole answer as OpenAI's chunks, without `[DONE]` and usage: role, content in pieces, tool calls by index, and how it
 * ended. Log probabilities come with the content, in one piece.
 * @throws where it is no answer.
 */
export function replayFrames(answer: unknown, head: AnswerHead, includeUsage: boolean): Buffer {
  const { choices, object: _, id: __, created: ___, model: ____, ...top } = answerSchema.parse(answer);
  const frames: string[] = [];
  const frame = (choice: object) => {
    const chunk = { ...top, ...head, object: "chat.completion.chunk", choices: [choice] };
    frames.push(`data: ${JSON.stringify({ ...chunk, ...(includeUsage && { usage: null }) })}\n\n`);
  };
  for (const { index, message, logprobs, finish_reason: reason } of choices) {
    const {
      role: _role,
      content,
      tool_calls: calls = [],
      annotations: _annotations,
      refusal,
      ...others
    } = message;
    const part = (delta: object, more: object = { logprobs: null, finish_reason: null }) =>
      frame({ index, delta, ...more });
    part({ role: "assistant", content: typeof content === "string" ? "" : null, refusal: refusal ?? null });
    // Fields besides the content, such as a provider's reasoning.
    for (const [name, value] of Object.entries(others)) if (value !== null) part({ [name]: value });
    if (logprobs) part({ content: content ?? "" }, { logprobs, finish_reason: null });
    else for (const piece of piecesOf(content ?? "")) part({ content: piece });
    for (const [at, call] of calls.entries()) part({ tool_calls: [{ index: at, ...call }] });
    part({}, { logprobs: null, finish_reason: reason ?? "stop" });
  }
  return Buffer.from(frames.join(""));
}

/** Split by code points, so that no character is cut in two. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    piece += character;
    if (piece.length < PIECE) continue;
    pieces.push(piece);
    piece = "";
  }
  return piece === "" ? pieces : [...pieces, piece];
}
