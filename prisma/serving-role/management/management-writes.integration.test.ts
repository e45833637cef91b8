import { afterAll, beforeAll, expect, test } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../../../src/core/audit";
import { drainAfterResponse } from "../../../src/core/platform/concurrency/after-response";
import { closeDb, createDb, db } from "../../../src/core/platform/db/client";
import { writesBeyond, writesOfPeople } from "./people";
import { writesOfPrograms } from "./programs";
import type { Stage } from "./stage";

/*
 * The changes of an organization by its people, one after the other in one organization. Triggers of this test alone note in which role
 * each statement ran that changed something, and each audit entry was written.
 */
const stack = await useTestStack();
const database = createDb({ url: stack.databaseUrl, poolMax: 2 });

const NOTED = [
  ...["organizations", "memberships", "custom_roles", "invitations", "api_keys", "service_accounts"],
  ...["provider_keys", "webhook_endpoints", "webhook_deliveries", "oauth_apps", "response_caches"],
  "hipaa_decisions",
  ...["sub_processor_notices", "audit_streams", "known_devices", "audit_logs"],
];

interface Note {
  table: string;
  role: string;
  beyond: string;
}

const stage: Stage = await openStage();

async function openStage(): Promise<Stage> {
  const founder = await principalOf((await makeUser({ verified: true, name: "Ada" })).claims);
  const { orgId } = founder;
  const now = new Date();
  const row = { plan: "enterprise", updatedAt: now };
  await db().subscription.upsert({
    where: { orgId },
    create: { orgId, ...row, createdAt: now },
    update: row,
  });
  const joined = await principalOf((await makeUser({ verified: true, name: "Bea" })).claims);
  await db().membership.create({ data: { orgId, userId: joined.userId, role: "admin", createdAt: now } });
  return {
    owner: { ...founder, plan: "enterprise" },
    colleague: { ...joined, orgId, role: "admin" },
    made: new Map(),
  };
}

beforeAll(async () => {
  await database.$executeRaw`CREATE TABLE noted ("table" text, "role" text, "beyond" text)`;
  await database.$executeRaw`
    CREATE FUNCTION note_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO public.noted
        VALUES (TG_TABLE_NAME, current_setting('role'), coalesce(current_setting('agatha.beyond', true), ''));
      RETURN NULL;
    END $$`;
  for (const table of NOTED) {
    await database.$executeRawUnsafe(
      `CREATE TRIGGER note_role AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION note_role()`,
    );
  }
});
afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  await database.$disconnect();
  await closeDb();
});

async function notesOf(write: () => Promise<unknown>): Promise<Note[]> {
  await drainAfterResponse();
  await flushAudit();
  await database.$executeRaw`TRUNCATE noted`;
  await write();
  return await database.$queryRaw<Note[]>`SELECT DISTINCT * FROM noted ORDER BY 1, 2, 3`;
}

test.each([...writesOfPrograms(stage), ...writesOfPeople(stage)])(
  "%s changes what it changes behind the manager's wall",
  async (_name, write) => {
    const notes = await notesOf(write);
    expect(notes.length).toBeGreaterThan(0);
    expect(notes.filter(({ role }) => role !== "agathaai_manager")).toEqual([]);
  },
);

test.each(writesBeyond(stage))(
  "%s leaves the wall where it reaches beyond the organization, and says why",
  async (_name, write, because) => {
    const notes = await notesOf(write);
    expect([...new Set(notes.map(({ beyond }) => beyond))].sort()).toEqual(because);
    // Off the wall only where it has said so.
    const expected = notes.map((note) => ({
      ...note,
      role: note.beyond === "" ? "agathaai_manager" : "none",
    }));
    expect(notes).toEqual(expected);
  },
);
