import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { emailIndex } from "../accounts";
import { flushAudit } from "../audit";
import { orgNameField, orgSubject } from "../orgs";
import { DAY, newId, systemClock } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { blindIndex } from "../platform/crypto/blind-index/blind-index";
import { closeDb, createDb, db } from "../platform/db/client";
import { evidenceStorage } from "../platform/storage";
import { decryptText } from "../privacy";
import { eraseSubscriber } from "../status";
import {
  completeTombstones,
  eraseDeletedOrganizations,
  listTombstones,
  readTombstone,
  repeatErasures,
  untilErasuresRepeated,
  writeTombstone,
} from ".";
import { erasePerson } from "./erase-person";

const stack = await useTestStack();
const owner = new pg.Client({ connectionString: stack.databaseUrl.replace(/[^/]+$/, "postgres") });
const name = "Agate Works";
const email = "erased@example.com";

beforeAll(() => owner.connect());
afterAll(async () => {
  await owner.end();
  await drainAfterResponse();
  await flushAudit();
  evidenceStorage().close();
  await closeDb();
});

/** A person and an organization, each with all that can be found or read of them. */
async function subjects() {
  const { userId, orgId } = await makeUser({ email, ip: "203.0.113.9" });
  await db().apiKey.create({
    data: {
      id: newId(),
      orgId,
      createdBy: userId,
      spendId: newId(),
      name: "Night shift",
      environment: "test",
      secretHash: new Uint8Array(32),
      prefix: "agt_test_",
      lastFour: "abcd",
      scopes: [],
      models: [],
      ipAllowlist: ["203.0.113.0/24"],
      createdAt: new Date(),
    },
  });
  await db().invitation.create({
    data: {
      id: newId(),
      orgId,
      emailCipher: new Uint8Array(1),
      emailIndex: emailIndex("invited@example.com"),
      role: "viewer",
      tokenHash: new Uint8Array([1]),
      invitedBy: userId,
      expiresAt: new Date(),
      createdAt: new Date(),
    },
  });
  return { userId, orgId };
}

/** The database as it is now, under another name: what a backup holds. */
async function backUp(): Promise<string> {
  const source = new URL(stack.databaseUrl).pathname.slice(1);
  const copy = `${source}_backup`;
  await closeDb();
  await owner.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
    [source],
  );
  await owner.query(`CREATE DATABASE "${copy}" TEMPLATE "${source}"`);
  return stack.databaseUrl.replace(/[^/]+$/, copy);
}

describe("erased stays erased", () => {
  it("when an older database is put back: nothing of it can be read or confirmed once a process has started", async () => {
    const { userId, orgId } = await subjects();
    const backup = await backUp();

    await db().organization.update({
      where: { id: orgId },
      data: { deletedAt: new Date(Date.now() - 31 * DAY) },
    });
    expect(await eraseDeletedOrganizations(db())).toBe(1);
    await writeTombstone(evidenceStorage(), {
      subject: { type: "user", id: userId },
      erasedAt: new Date("2026-11-20T10:00:00.000Z"),
    });
    await erasePerson(db(), { userId, erasedAt: new Date("2026-11-20T10:00:00.000Z") });

    const restored = createDb({ url: backup, poolMax: 3 });
    try {
      const org = await restored.organization.findUniqueOrThrow({ where: { id: orgId } });
      // As restored, all of it is back.
      expect(org.deletedAt).toBeNull();
      expect(await decryptText(restored, orgSubject(orgId), orgNameField(orgId), org.nameCipher)).toContain(
        "Ada",
      );
      expect(await restored.user.count({ where: { emailIndex: emailIndex(email) } })).toBe(1);

      expect(await repeatErasures(restored, evidenceStorage())).toBe(2);
      expect(await repeatErasures(restored, evidenceStorage())).toBe(0);

      await expect(
        decryptText(restored, orgSubject(orgId), orgNameField(orgId), org.nameCipher),
      ).rejects.toMatchObject({ code: "not_found" });
      expect(
        (await restored.organization.findUniqueOrThrow({ where: { id: orgId } })).deletedAt,
      ).not.toBeNull();
      expect(await restored.user.count({ where: { emailIndex: emailIndex(email) } })).toBe(0);
      expect(
        await restored.dataKey.count({ where: { subjectId: { in: [orgId, userId] }, destroyedAt: null } }),
      ).toBe(0);
      expect(await restored.invitation.count({ where: { orgId } })).toBe(0);
      expect(await restored.apiKey.findMany({ select: { name: true, ipAllowlist: true } })).toEqual([
        { name: "", ipAllowlist: [] },
      ]);
      for (const count of [
        restored.session.count({ where: { userId } }),
        restored.signIn.count({ where: { userId } }),
        restored.knownDevice.count({ where: { userId } }),
        restored.linkedAccount.count({ where: { userId } }),
        restored.emailToken.count({ where: { userId } }),
      ]) {
        expect(await count).toBe(0);
      }
      // Someone with the database and all of our secrets finds nothing that would confirm a guess.
      const guesses = [email, "invited@example.com"].map((guess) =>
        Buffer.from(emailIndex(guess)).toString("hex"),
      );
      guesses.push(Buffer.from(blindIndex("address", "203.0.113.9")).toString("base64url"));
      const dump = await textOf(backup, [
        "users",
        "invitations",
        "known_devices",
        "audit_logs",
        "idempotency_keys",
      ]);
      for (const guess of guesses) expect(dump).not.toContain(guess);
    } finally {
      await restored.$disconnect();
      await owner.query(`DROP DATABASE "${new URL(backup).pathname.slice(1)}" WITH (FORCE)`);
    }
  });

  it("a subscriber of the status page who left does not come back with an older database", async () => {
    const id = newId();
    const subscriber = { id, emailCipher: new Uint8Array(1), emailIndex: emailIndex("left@example.com") };
    const key = { id: newId(), subjectType: "subscriber" as const, subjectId: id, kekId: "local" };
    const kept = { wrappedKey: new Uint8Array(61), createdAt: new Date() };
    await db().statusSubscriber.create({ data: { ...subscriber, createdAt: new Date() } });
    await db().dataKey.create({ data: { ...key, ...kept } });
    (await eraseSubscriber(db(), id, systemClock))();
    expect(await completeTombstones(db(), evidenceStorage())).toBeGreaterThan(0);
    // As a restored backup has them.
    await db().statusSubscriber.create({ data: { ...subscriber, createdAt: new Date() } });
    await db().dataKey.update({ where: { id: key.id }, data: { ...kept, destroyedAt: null } });
    expect(await repeatErasures(db(), evidenceStorage())).toBeGreaterThan(0);
    expect(await db().statusSubscriber.count({ where: { id } })).toBe(0);
    expect(await db().dataKey.count({ where: { id: key.id, destroyedAt: null } })).toBe(0);
  });

  it("an erased person's subscription ends with them, and nobody's ends by an address that was never verified", async () => {
    const address = `reader.${newId()}@example.com`;
    const subscribe = () =>
      db().statusSubscriber.create({
        data: {
          id: newId(),
          emailCipher: new Uint8Array(1),
          emailIndex: emailIndex(address),
          createdAt: new Date(),
        },
      });
    await subscribe();
    const { userId } = await makeUser({ email: address });
    await erasePerson(db(), { userId, erasedAt: new Date() });
    expect(await db().statusSubscriber.count({ where: { emailIndex: emailIndex(address) } })).toBe(1);
    const owner = await makeUser({ email: address, verified: true });
    await erasePerson(db(), { userId: owner.userId, erasedAt: new Date() });
    expect(await db().statusSubscriber.count({ where: { emailIndex: emailIndex(address) } })).toBe(0);
  });

  it("when the store that holds tombstones is away nothing is erased, and nothing is served until it answers", async () => {
    const orgId = newId();
    const away = async () => {
      throw new Error("the store is away");
    };
    const real = evidenceStorage();
    let asked = 0;
    const late = { ...real, list: async (prefix: string) => (++asked < 3 ? away() : real.list(prefix)) };
    expect(await untilErasuresRepeated(db(), late)).toBe(true);
    expect(asked).toBe(3);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    expect(await untilErasuresRepeated(db(), { ...real, list: away }, stop)).toBe(false);

    await db().organization.create({
      data: {
        id: orgId,
        nameCipher: new Uint8Array(1),
        personal: false,
        createdAt: new Date(0),
        updatedAt: new Date(0),
        deletedAt: new Date(0),
      },
    });
    await db().dataKey.create({
      data: {
        id: newId(),
        subjectType: "org",
        subjectId: orgId,
        wrappedKey: new Uint8Array(61),
        kekId: "local",
        createdAt: new Date(),
      },
    });
    await expect(
      eraseDeletedOrganizations(db(), { storage: { put: away, locksObjects: async () => false } }),
    ).rejects.toThrow("away");
    expect(await db().dataKey.count({ where: { subjectId: orgId, destroyedAt: null } })).toBe(1);
  });
});

describe("tombstones", () => {
  it("that we did not sign, or that name somebody else, erase nobody", async () => {
    const { userId } = await makeUser({ email: "living@example.com", name });
    const subject = { type: "user", id: userId } as const;
    const other = { type: "user", id: newId() } as const;
    await writeTombstone(evidenceStorage(), { subject: other, erasedAt: new Date() });
    const genuine = await evidenceStorage().get(`tombstones/user/${other.id}.json`);
    const text = new TextDecoder().decode(genuine?.body);
    for (const forged of [text, text.replaceAll(other.id, subject.id), "{}", "nonsense"]) {
      await evidenceStorage().put(`tombstones/user/${subject.id}.json`, forged, {
        contentType: "application/json",
      });
      expect(await readTombstone(evidenceStorage(), subject)).toBeUndefined();
      await repeatErasures(db(), evidenceStorage());
      expect(await db().user.count({ where: { emailIndex: emailIndex("living@example.com") } })).toBe(1);
    }
    await evidenceStorage().delete(`tombstones/user/${subject.id}.json`);
  });

  it("are written for what was erased before there were any", async () => {
    const id = newId();
    await db().dataKey.create({
      data: {
        id: newId(),
        subjectType: "inquiry",
        subjectId: id,
        kekId: "local",
        createdAt: new Date(),
        destroyedAt: new Date(),
      },
    });
    expect(await completeTombstones(db(), evidenceStorage())).toBeGreaterThan(0);
    expect(await listTombstones(evidenceStorage())).toContainEqual({ type: "inquiry", id });
    expect(await completeTombstones(db(), evidenceStorage())).toBe(0);
  });
});

async function textOf(url: string, tables: string[]): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const parts: string[] = [];
    for (const table of tables) {
      const { rows } = await client.query(`SELECT t::text AS line FROM ${table} t`);
      parts.push(...rows.map(({ line }) => String(line)));
    }
    return parts.join("\n");
  } finally {
    await client.end();
  }
}
