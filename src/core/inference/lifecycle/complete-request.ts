import { billUsage } from "../../models";
import type { Db } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { encryptText } from "../../privacy";
import { billedForOwnKey } from "../../provider-keys";
import type { Completion } from "../request/chat";
import { resultField } from "../request-row";
import { outputSchema } from "../schemas";
import type { CalledProviders } from "./attempt-log";
import { endRequest, isCalled, priceVersionOf } from "./end-request";
import { holdsLease, type Lease } from "./lease";

/**
 * Stores the answer, bills the provider's own numbers and settles the quota, all or nothing. `settled: false` means
 * that the lease was lost: another attempt decides, and this answer is dropped unbilled. What an own key answered is billed by
 * its provider, and by us the fee that was agreed when the request was accepted.
 *
 * @param latencyMs the provider's time for this answer.
 */
export async function completeRequest(
  db: Db,
  {
    job,
    completion,
    latencyMs,
    ...called
  }: {
    job: Lease & { ownKeyFeePercent?: number };
    completion: Completion;
    latencyMs: number;
  } & Partial<CalledProviders>,
): Promise<{ settled: boolean }> {
  const { requestId, orgId, model } = job;
  const resultCipher = await encryptText(
    db,
    { type: "org", id: orgId },
    resultField(requestId),
    JSON.stringify(toOutput(completion)),
  );
  const { ownKey = false, served } = called;
  const billed = billUsage(priceVersionOf(served?.model ?? model, requestId), completion.usage);
  const settled = await endRequest(db, {
    requestId,
    status: "completed",
    when: holdsLease(job),
    attemptOutcome: "completed",
    ...(isCalled(called) && { called }),
    set: Prisma.sql`, result_cipher = ${resultCipher}, finish_reason = ${completion.finishReason}`,
    amounts: {
      ...(ownKey ? billedForOwnKey(billed, job.ownKeyFeePercent) : billed),
      ownKey,
      latencyMs,
    },
  });
  return { settled };
}

function toOutput({ content, reasoning, toolCalls }: Completion) {
  return outputSchema.parse({
    role: "assistant",
    content,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  });
}
