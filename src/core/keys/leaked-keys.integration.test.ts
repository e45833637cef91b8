import { expect, it } from "vitest";
import { decryptPeople } from "../accounts";
import { listAudit } from "../audit";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import { listKeys, reportLeakedKeys, rotateKey } from "./";
import { colleague, create, idOf, member, other, stack, use } from "./testing/owners";

const report = (...keys: string[]) =>
  reportLeakedKeys(db(), { input: { keys, found_at: "https://paste.example/raw/1" } });
const addressOf = async (userId: string) => (await decryptPeople(db(), [userId])).get(userId)?.email ?? "";

it("a reported key ends at once, its neighbors go on, and the log says who reported what", async () => {
  const owner = await member();
  const leaked = await create(owner);
  const neighbor = await create(owner);
  await use(leaked.secret);
  expect((await report(leaked.secret)).data).toMatchObject([{ status: "revoked" }]);
  await expect(use(leaked.secret)).rejects.toMatchObject({ code: "api_key_revoked" });
  expect(await use(neighbor.secret)).toMatchObject({ apiKeyId: idOf(neighbor) });
  const { data } = await listAudit(db(), {
    orgId: owner.orgId,
    environment: "all",
    requests: false,
    order: "desc",
    action: "key.revoked",
    limit: 5,
  });
  expect(data).toMatchObject([
    {
      actor: { type: "anonymous" },
      target: { id: leaked.id },
      details: { because: "reported as leaked", found_at: "paste.example" },
    },
  ]);
  expect(JSON.stringify(data)).not.toContain(leaked.secret);
});

it("a key within its grace period ends too, and its replacement stays", async () => {
  const owner = await member();
  const old = await create(owner);
  const successor = await rotateKey(db(), { principal: owner, input: { id: idOf(old), grace: "24h" } });
  expect((await report(old.secret)).data).toMatchObject([{ status: "revoked" }]);
  expect(await use(successor.secret)).toMatchObject({ apiKeyId: idOf(successor) });
});

it("its creator and the owners are emailed once, without the secret, its name or where it was found", async () => {
  const owner = await member();
  const developer = await colleague(owner, "developer");
  const key = await create(developer, { name: "A name of theirs" });
  await Promise.all([report(key.secret), report(key.secret), report(key.secret)]);
  await drainAfterResponse();
  for (const { userId } of [owner, developer]) {
    const [email, ...more] = stack.mailbox
      .messagesTo(await addressOf(userId))
      .filter(({ subject }) => subject.startsWith("We revoked an API key"));
    expect(more).toEqual([]);
    expect(email?.text).toContain(`/keys/${key.id}`);
    expect(email?.text).not.toMatch(new RegExp(`${key.secret}|A name of theirs|paste\\.example`));
  }
});

it("a secret that is not one of ours, or off by a letter, ends nothing", async () => {
  const owner = await member();
  const key = await create(owner);
  const wrong = key.secret.slice(0, -1) + other(key.secret.slice(-1));
  const foreign = "sk-proj-abcdef";
  expect((await report(wrong, foreign)).data.map(({ status }) => status)).toEqual(["not_a_key", "not_a_key"]);
  expect((await listKeys(db(), { principal: owner, input: { limit: 5 } })).data).toMatchObject([
    { status: "active" },
  ]);
});
