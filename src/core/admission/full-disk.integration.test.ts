import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "../../../infra/testing/until";
import type { KeyPrincipal } from "../platform";
import { Admission, type AdmittedCall } from "./index";
import { amounts, booksAtRest, booksOf, callOf, makeCaller } from "./testing/calls";
import { warmUp } from "./testing/leases";
import { codeOf, db, url } from "./testing/three-processes";

/** PostgreSQL answers, and cannot write: what it has no room for is kept for a minute as in an outage, and nothing stays reserved. */

const patient = new Admission(db, { url });
const impatient = new Admission(db, { url, keepMs: 300 });
const both = [patient, impatient];
beforeAll(async () => {
  await Promise.all(both.map((admission) => admission.start()));
  // A trigger that comes and goes would wait for locks of the calls under way, and they for it.
  await db.$executeRaw`CREATE TABLE refusals (code text NOT NULL)`;
  await db.$executeRaw`GRANT SELECT ON refusals TO PUBLIC`;
  await db.$executeRaw`
    CREATE FUNCTION refuse_to_write() RETURNS trigger LANGUAGE plpgsql AS $refuse$
    DECLARE code_ text := (SELECT code FROM refusals LIMIT 1);
    BEGIN
      IF code_ IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = code_, MESSAGE = 'could not extend file'; END IF;
      RETURN NEW;
    END $refuse$`;
  await db.$executeRaw`
    CREATE TRIGGER refuse BEFORE INSERT ON usage_ledger FOR EACH ROW EXECUTE FUNCTION refuse_to_write()`;
});
afterAll(() => Promise.all(both.map((admission) => admission.close())));

const writesFail = (code: string) => db.$executeRaw`INSERT INTO refusals VALUES (${code})`;
const writesSucceed = () => db.$executeRaw`DELETE FROM refusals`;
afterEach(writesSucceed);

const settling = (call: AdmittedCall) =>
  call
    .settle({ status: "completed", amounts: amounts(3, 4, 42) })
    .then(({ billedMicros }) => billedMicros, codeOf);

async function open(admission: Admission, caller: KeyPrincipal, how: "leased" | "direct") {
  if (how === "leased") await warmUp([admission], caller);
  const call = await admission.admit(callOf(caller, { tokens: 10, micros: 100 }));
  expect(call.leased).toBe(how === "leased");
  await call.opened;
  return call;
}

const FULL_DISK = "53100";

test.each(["leased", "direct"] as const)(
  "the settlement of a %s call waits for room on the disk, and the caller for its settlement",
  async (how) => {
    const caller = await makeCaller(db);
    const call = await open(patient, caller, how);
    const { ledgerMicros } = await booksOf(db, caller.orgId);
    await writesFail(FULL_DISK);
    const settled = settling(call);
    await until(() => patient.state.settling > 0);
    await writesSucceed();
    expect(await settled).toBe(42n);
    expect(await booksAtRest(db, caller.orgId)).toMatchObject({
      open: 0,
      ledgerMicros: ledgerMicros + 42,
      spent: ledgerMicros + 42,
      reserved: 0,
    });
  },
);

test.each([
  ["leased", "has no room for long", FULL_DISK],
  ["direct", "has no room for long", FULL_DISK],
  ["leased", "refuses it", "23514"],
  ["direct", "refuses it", "23514"],
] as const)(
  "a %s call whose settlement PostgreSQL %s holds nothing once it can be closed, unbilled as its caller was told",
  async (how, _, code) => {
    const caller = await makeCaller(db);
    const call = await open(impatient, caller, how);
    const { spent, ledgerMicros } = await booksOf(db, caller.orgId);
    await writesFail(code);
    expect(await settling(call)).toBe(code === FULL_DISK ? "service_unavailable" : "internal_error");
    // It is refused, too.
    expect(await booksOf(db, caller.orgId)).toMatchObject({ open: 1 });
    await writesSucceed();
    await until(async () => (await booksOf(db, caller.orgId)).open === 0);
    const books = await booksAtRest(db, caller.orgId);
    expect(books).toMatchObject({ ledgerMicros, reserved: 0, reservedMicros: 0, keyReserved: 0 });
    expect(books.spent).toBe(spent);
  },
);
