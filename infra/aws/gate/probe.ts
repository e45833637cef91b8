import { z } from "zod";
import type { Probe } from "./alias-gate";

/** An event of SQS without messages: the function loads, reads its secret and opens its connections, and has nothing to do. */
export const EMPTY_BATCH = JSON.stringify({ Records: [] });

const answer = z.object({ batchItemFailures: z.array(z.unknown()).length(0) });
const failure = z
  .object({ errorType: z.string().default("Error"), errorMessage: z.string().default("") })
  .catch({
    errorType: "Error",
    errorMessage: "",
  });

/** What the call of a version came to. That Lambda did not take it (throttled, away) says nothing of the version. */
export async function probeOf(
  invoke: () => Promise<{ FunctionError?: string | undefined; Payload?: Uint8Array | undefined }>,
): Promise<Probe> {
  let called: Awaited<ReturnType<typeof invoke>>;
  try {
    called = await invoke();
  } catch {
    return "silent";
  }
  const body = jsonOf(called.Payload);
  if (called.FunctionError !== undefined) {
    const { errorType, errorMessage } = failure.parse(body);
    return { failed: `${errorType} ${errorMessage}`.trim() };
  }
  return answer.safeParse(body).success ? "answered" : { failed: "its answer is none to a batch" };
}

function jsonOf(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(payload ?? []).toString("utf8"));
  } catch {
    return undefined;
  }
}
