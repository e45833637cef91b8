import { z } from "zod";

export interface InferenceMessage {
  requestId: string;
  /** 0 to 900, SQS's limit. A longer delay is the row's `next_attempt_at`, which `recoverRequests` watches. */
  delaySeconds?: number | undefined;
  traceId?: string | undefined;
}

const messageSchema = z.object({ request_id: z.uuidv7() });

/** The body of a queue message: only the request's id, because the row holds everything. */
export function formatInferenceMessage(requestId: string): string {
  return JSON.stringify({ request_id: requestId } satisfies z.input<typeof messageSchema>);
}

/** Parses a message body; undefined for anything else, which goes to the dead-letter queue. */
export function parseInferenceMessage(body: string): { requestId: string } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = messageSchema.safeParse(json);
  return parsed.success ? { requestId: parsed.data.request_id } : undefined;
}
