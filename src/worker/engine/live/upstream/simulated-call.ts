import type { LiveCall } from "../../providers/live-protocol";
import { simulateCompletion } from "../../providers/simulator/simulator";
import { splitIntoPieces } from "../../providers/simulator/simulator-text";
import { chunkWriter, toChatAnswer, toWireUsage } from "../../providers/wire/chat-answer";
import { asFailure, type CallListener, type UpstreamCall } from "./upstream-call";

/** A call that the simulator answers, in this process, as fast as it is read. */
export function callSimulator(chunks: Generator<Buffer, undefined>, listener: CallListener): UpstreamCall {
  let isOver = false;
  let isPaused = false;
  let isWaiting = false;

  function next(): void {
    isWaiting = false;
    if (isOver || isPaused) return;
    try {
      const { value, done } = chunks.next();
      if (value !== undefined) listener.data(value);
      if (done) {
        isOver = true;
        listener.end();
      } else proceed();
    } catch (error) {
      isOver = true;
      listener.failed(asFailure("simulator", error));
    }
  }

  /** One chunk a turn of the loop, so that a long answer holds nobody up. */
  function proceed(): void {
    if (isOver || isPaused || isWaiting) return;
    isWaiting = true;
    setImmediate(next);
  }

  proceed();
  return {
    abort: () => {
      isOver = true;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      proceed();
    },
    keepsComing: () => {},
  };
}

/** What it says, in OpenAI's wire format. */
export function simulatedChat(call: LiveCall): Generator<Buffer, undefined> {
  return call.stream ? streamOf(call) : wholeOf(call);
}

function* streamOf({ request, head }: LiveCall): Generator<Buffer, undefined> {
  const { content, reasoning, toolCalls, finishReason, usage } = simulateCompletion(request);
  const { frame } = chunkWriter(head, { includeUsage: true });
  const event = (delta: object, reason?: string) => Buffer.from(frame(delta, reason), "latin1");
  yield event({ role: "assistant", content: content === null ? null : "", refusal: null });
  for (const piece of splitIntoPieces(reasoning ?? "")) yield event({ reasoning_content: piece });
  for (const piece of splitIntoPieces(content ?? "")) yield event({ content: piece });
  for (const [index, { id, type, function: called }] of toolCalls.entries()) {
    yield event({ tool_calls: [{ index, id, type, function: { name: called.name, arguments: "" } }] });
    for (const piece of splitIntoPieces(called.arguments)) {
      yield event({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  yield event({}, finishReason);
  const counted = { ...head, object: "chat.completion.chunk", choices: [], usage: toWireUsage(usage) };
  yield Buffer.from(`data: ${JSON.stringify(counted)}\n\ndata: [DONE]\n\n`);
  return undefined;
}

function* wholeOf({ request, head }: LiveCall): Generator<Buffer, undefined> {
  const { answer, facts } = toChatAnswer(head, simulateCompletion(request));
  yield Buffer.from(JSON.stringify({ ...answer, usage: facts.wireUsage }));
  return undefined;
}
