import { billUsage } from "../../models";
import { type Db, Prisma } from "../../platform/db/client";
import { encryptText } from "../../privacy";
import type { Completion } from "../request/chat";
import { resultField } from "../request-row";
import { outputSchema } from "../schemas";
import { endRequest, priceVersionOf } from "./end-request";
import { holdsLease, type Lease } from "./lease";

/**
 * Stores the answer, bills the provider's own numbers and settles the quota, all or nothing. `settled: false` means
 * that the lease was lost: another attempt decides, and this answer is dropped unbilled.
 *
 * @param latencyMs the provider's time for this answer.
 */
export async function completeRequest(
  db: Db,
  { job, completion, latencyMs }: { job: Lease; completion: Completion; latencyMs: number },
): Promise<{ settled: boolean }> {
  const { requestId, orgId, model } = job;
  const resultCipher = await encryptText(
    db,
    { type: "org", id: orgId },
    resultField(requestId),
    JSON.stringify(toOutput(completion)),
  );
  const settled = await endRequest(db, {
    requestId,
    status: "completed",
    when: holdsLease(job),
    attemptOutcome: "completed",
    set: Prisma.sql`, result_cipher = ${resultCipher}, finish_reason = ${completion.finishReason}`,
    amounts: { ...billUsage(priceVersionOf(model, requestId), completion.usage), latencyMs },
  });
  return { settled };
}

function toOutput({ content, toolCalls }: Completion) {
  return outputSchema.parse({
    role: "assistant",
    content,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  });
}
