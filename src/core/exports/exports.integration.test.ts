import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../audit";
import { createKey, createKeyInputSchema } from "../keys";
import { inviteMember } from "../members";
import { fromPublicId, newId, toPublicId, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db, Prisma } from "../platform/db/client";
import { storage } from "../platform/storage";
import { destroyDataKey, encryptTexts } from "../privacy";
import { confirmSubscription, requestSubscription } from "../status";
import { createEndpoint, createEndpointInputSchema } from "../webhooks";
import { downloadExport, makeExports, requestExport, sendExportLinks } from ".";
import { everyTable, rowsFor } from "./tables/every-table";
import { unzip } from "./testing/unzip";

const stack = await useTestStack();

afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  await closeDb();
});

const owner = async () => {
  const user = await makeUser({ verified: true, name: "Ada Lovelace", ip: "203.0.113.9" });
  // Its verification email would else be the newest.
  await drainAfterResponse();
  return { ...user, principal: await principalOf(user.claims) };
};

const request = (principal: UserPrincipal, subject: "person" | "organization" = "person") =>
  requestExport(db(), { principal, subject });

/** The link in the newest email to the address. */
async function linkTo(email: string) {
  const { subject, text } = await stack.mailbox.waitFor(email);
  expect(subject).toBe("Your export is ready");
  const [, id = "", token = ""] = /\/exports\/(exp_\w+)#([\w-]+)/.exec(text) ?? [];
  return { id: fromPublicId("exp", id), token };
}

async function bytesOf(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of file) parts.push(part);
  return Buffer.concat(parts);
}

/** Makes it, sends its link, and opens that. */
async function made({ principal, email }: Awaited<ReturnType<typeof owner>>): Promise<Map<string, string>> {
  expect(await makeExports(db())).toBe(1);
  expect(await sendExportLinks(db())).toBe(1);
  const { pieces } = await downloadExport(db(), { principal, input: await linkTo(email) });
  return await unzip(await bytesOf(pieces));
}

const rowsIn = (files: Map<string, string>, table: string): Record<string, unknown>[] =>
  JSON.parse(files.get(`json/${table}.json`) ?? "null");

it("has the subscription to the status page of a verified email, and nobody else's", async () => {
  const ada = await owner();
  const subscribe = async (email: string) => {
    await requestSubscription(db(), { input: { email }, ip: null });
    await drainAfterResponse();
    const { text } = await stack.mailbox.waitFor(email);
    await confirmSubscription(db(), { token: /token=([\w.%-]+)/.exec(text)?.[1] ?? "" });
  };
  await subscribe(ada.email);
  await subscribe(`other.${newId()}@example.com`);
  await request(ada.principal);
  expect(rowsIn(await made(ada), "status_subscribers")).toMatchObject([{ email: ada.email }]);
});

/** More requests than two pages have, all of one millisecond. */
async function insertRequests({ orgId, userId }: UserPrincipal, count: number): Promise<string[]> {
  const at = new Date();
  const ids = Array.from({ length: count }, () => newId(at));
  const field = (rowId: string, column: string) => ({ table: "inference_requests", column, rowId });
  const ciphers = await encryptTexts(
    db(),
    ids.flatMap((id, n) => [
      {
        subject: { type: "org", id: orgId },
        field: field(id, "input_cipher"),
        text: `{"prompt":"Prompt ${n}, \\"quoted\\""}`,
      },
      { subject: { type: "org", id: orgId }, field: field(id, "result_cipher"), text: `=Answer ${n}` },
    ]),
  );
  await db().inferenceRequest.createMany({
    data: ids.map((id, n) => ({
      ...{ id, createdAt: at, orgId, userId, environment: n % 3 ? "live" : "test", queueName: "standard" },
      ...{ model: "gpt-4o", provider: "openai", upstreamModel: "gpt-4o", status: "completed" },
      ...{ inputCipher: ciphers[2 * n] ?? null, resultCipher: ciphers[2 * n + 1] ?? null, traceId: "req_1" },
      ...{ maxOutputTokens: 8, nextAttemptAt: at, completedAt: at },
    })) as Prisma.InferenceRequestCreateManyInput[],
  });
  return ids;
}

describe("an export", () => {
  it("of an organization has every row we hold of it, decrypted, as JSON and as CSV, and no secret", async () => {
    const one = await owner();
    const { principal } = one;
    const ids = await insertRequests(principal, 450);
    const key = await createKey(db(), {
      principal,
      input: createKeyInputSchema.parse({ name: "Night shift", environment: "test" }),
    });
    const hook = await createEndpoint(db(), {
      principal,
      input: createEndpointInputSchema.parse({ url: "https://example.org/hooks", events: ["export.ready"] }),
    });
    await inviteMember(db(), { principal, input: { email: "invited@example.com", role: "viewer" } });
    await flushAudit();
    await request(principal, "organization");
    const files = await made(one);

    for (const [table, spec] of Object.entries(everyTable)) {
      const rows = rowsFor(spec, "org");
      if (typeof rows === "string") {
        expect(files.has(`json/${table}.json`), table).toBe(false);
        continue;
      }
      // The export itself is recorded after its file was made.
      if (["audit_logs", "audit_calls", "data_exports", "webhook_deliveries"].includes(table)) continue;
      const [count] = await db().$queryRaw<{ n: number }[]>`
        SELECT count(*)::int AS n FROM ${Prisma.raw(table)} WHERE ${rows.where(principal.orgId)}`;
      expect(rowsIn(files, table).length, table).toBe(count?.n);
      expect(files.get(`csv/${table}.csv`)?.trimEnd().split("\r\n").length, table).toBe(1 + (count?.n ?? 0));
    }
    const requests = rowsIn(files, "inference_requests");
    expect(new Set(requests.map(({ id }) => id))).toEqual(new Set(ids.map((id) => toPublicId("inf", id))));
    expect(requests.map(({ input }) => input)).toContain('{"prompt":"Prompt 7, \\"quoted\\""}');
    expect(files.get("csv/inference_requests.csv")).toContain("'=Answer 7");
    expect(rowsIn(files, "invitations")).toMatchObject([{ email: "invited@example.com", role: "viewer" }]);
    expect(rowsIn(files, "organizations")).toMatchObject([
      { id: toPublicId("org", principal.orgId), name: "Ada Lovelace’s organization" },
    ]);
    expect(rowsIn(files, "audit_logs").map(({ action }) => action)).toContain("key.created");
    const contents = JSON.parse(files.get("contents.json") ?? "");
    expect(contents.files.find(({ table }: { table: string }) => table === "inference_requests").rows).toBe(
      450,
    );
    expect(contents.left_out.length).toBeGreaterThan(10);

    const everything = [...files.values()].join("\n");
    const [stored] = await db().$queryRaw<{ hash: Uint8Array; endpoint: Uint8Array }[]>`
      SELECT k.secret_hash AS hash, w.secret_cipher AS endpoint FROM api_keys k JOIN webhook_endpoints w USING (org_id) WHERE org_id = ${principal.orgId}::uuid`;
    const secrets = [
      key.secret,
      hook.secret,
      ...[stored?.hash, stored?.endpoint].flatMap((bytes) => inWords(bytes)),
    ];
    for (const secret of secrets) expect(everything).not.toContain(secret);
    // Of the organization’s event only the facts.
    const [delivery] = await db().webhookDelivery.findMany({
      where: { orgId: principal.orgId, event: "export.ready" },
    });
    expect(delivery?.payload).toMatchObject({
      id: expect.stringMatching(/^exp_/),
      bytes: expect.any(Number),
    });
  });

  it("of a person has what is theirs, and nothing of the organization’s content", async () => {
    const one = await owner();
    await insertRequests(one.principal, 2);
    await flushAudit();
    await request(one.principal);
    const files = await made(one);
    expect(rowsIn(files, "users")).toMatchObject([{ email: one.email, name: "Ada Lovelace" }]);
    expect(rowsIn(files, "sessions")).toMatchObject([{ ip: "203.0.113.9" }]);
    expect(rowsIn(files, "memberships")).toMatchObject([
      { org_id: toPublicId("org", one.orgId), role: "owner" },
    ]);
    expect(rowsIn(files, "audit_logs").map(({ action }) => action)).toContain("auth.registered");
    expect(files.has("json/inference_requests.json")).toBe(false);
    const { passwordHash } = await db().user.findUniqueOrThrow({ where: { id: one.userId } });
    const everything = [...files.values()].join("\n");
    expect(everything).not.toContain("Prompt 1");
    expect(everything).not.toContain(passwordHash);
    expect(await db().webhookDelivery.count({ where: { orgId: one.orgId } })).toBe(0);
  });

  it("is unreadable in the object store, and after the erasure of its subject also with the link", async () => {
    const one = await owner();
    await request(one.principal);
    await makeExports(db());
    await sendExportLinks(db());
    const link = await linkTo(one.email);
    const [file] = await storage().list(`exports/user/${one.userId}/`);
    const stored = await storage().get(file ?? "");
    expect(
      Buffer.from(stored?.body ?? [])
        .subarray(0, 2)
        .toString(),
    ).not.toBe("PK");
    (await destroyDataKey(db(), { type: "user", id: one.userId }))();
    await expect(downloadExport(db(), { principal: one.principal, input: link })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

const inWords = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? [] : [Buffer.from(bytes).toString("hex"), Buffer.from(bytes).toString("base64")];
