import { failedResponse } from "../../../../_client/failed-response";
import type { Body } from "../draft/to-body";
import { readEvents } from "./read-events";
import { newStreamed, type Streamed, withChunk } from "./streamed";

export type StreamedCall = { model: string } & Body;

interface StreamOptions {
  signal: AbortSignal;
  /** Called with each state of the completion, whenever there is more of it. */
  onChange: (streamed: Streamed) => void;
}

const DONE = "[DONE]";

/**
 * One chat completion over `POST /v1/chat/completions`, as a program would make it, with the portal's session. Resolves
 * with its end, also where the stream broke or was stopped.
 *
 * @throws the API's error where it refused or failed before the first content.
 */
export async function streamChat(call: StreamedCall, { signal, onChange }: StreamOptions): Promise<Streamed> {
  let streamed = newStreamed(call.model, new Date().toISOString());
  const end = (status: Streamed["status"]): Streamed => ({
    ...streamed,
    status,
    endedAt: new Date().toISOString(),
  });
  try {
    const response = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...call, stream: true, stream_options: { include_usage: true } }),
      signal,
    });
    if (!response.ok || response.body === null) throw await failedResponse(response);
    const { headers } = response;
    streamed = {
      ...streamed,
      id: headers.get("x-agatha-id"),
      model: headers.get("x-agatha-model") ?? call.model,
      notice: headers.get("x-agatha-notice"),
    };
    for await (const data of readEvents(response.body)) {
      if (data === DONE) return end("completed");
      streamed = withChunk(streamed, JSON.parse(data));
      if (streamed.status === "failed") break;
      onChange(streamed);
    }
  } catch (error) {
    if (signal.aborted) return end("cancelled");
    if (streamed.id === null) throw error;
    // The connection broke in the middle of the answer.
  }
  if (signal.aborted) return end("cancelled");
  streamed.problem ??= { message: "The connection broke off before the answer was complete." };
  return end("failed");
}
