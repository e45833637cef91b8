import { afterAll, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../audit";
import { archiveRequests, readArchives } from "../inference";
import { DAY, newId, timeOfId } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { maintainPartitions } from "../platform/db/partitions";
import { evidenceStorage, storage } from "../platform/storage";
import { encryptText } from "../privacy";
import { eraseAccount } from ".";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  evidenceStorage().close();
  await closeDb();
});

const past = new Date(Date.now() - 150 * DAY);

/** Somebody whose only request was archived. */
async function archived() {
  const user = await makeUser({ verified: true });
  await drainAfterResponse();
  const { orgId } = user;
  const id = newId(past);
  await maintainPartitions(db(), [{ table: "inference_requests", period: "month", ahead: 0 }], {
    now: () => past,
  });
  const field = { table: "inference_requests", column: "input_cipher", rowId: id };
  await db().inferenceRequest.create({
    data: {
      ...{ id, createdAt: timeOfId(id), orgId, environment: "live", queueName: "standard", model: "gpt-4o" },
      ...{ provider: "openai", upstreamModel: "gpt-4o", traceId: "t", maxOutputTokens: 1 },
      ...{ status: "completed", nextAttemptAt: past, completedAt: past },
      inputCipher: await encryptText(db(), { type: "org", id: orgId }, field, "Where are the agates?"),
    },
  });
  await archiveRequests(db());
  return { ...user, id, principal: await principalOf(user.claims) };
}
const objectsOf = (orgId: string) => storage().list(`request-archives/${orgId}/`);

it("erasing an account takes the archive of its requests along: objects, keys and index", async () => {
  const { orgId, email, principal } = await archived();
  expect(await objectsOf(orgId)).toHaveLength(1);
  await eraseAccount(db(), { principal, input: { email } });
  expect(await objectsOf(orgId)).toEqual([]);
  expect(await db().requestArchive.count({ where: { orgId } })).toBe(0);
});

it("what an export reads of the archive is every request of it, decrypted", async () => {
  const { orgId, id } = await archived();
  const pages: unknown[] = [];
  for await (const page of readArchives(db(), orgId)) pages.push(...page);
  expect(pages).toMatchObject([{ id, input: "Where are the agates?", model: "gpt-4o" }]);
});
