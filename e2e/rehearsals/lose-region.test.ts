import { setTimeout as sleep } from "node:timers/promises";
import { loadUserPrincipal, verifyAccessToken } from "@agathaai/core/accounts";
import { reconcileBilling, setUpStripe, startCheckout } from "@agathaai/core/billing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { payOn } from "../../infra/testing/stripe/hosted-pages";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { CHECK, submit, submitWithin, untilUnhealthy } from "./support/regions/from-outside";
import { type Load, startLoad } from "./support/regions/load";
import { booksOf, countsOf, lagOf, missingOf, onDatabase, supersededBy } from "./support/regions/looks";
import { whyNoNetwork } from "./support/regions/network";
import { type Code, cells, codes, LOST, type Stage, startStage, TTL_MS } from "./support/regions/stage";

const RATE = 20;

/** It takes minutes of a machine that has nothing else to do: `REHEARSE_REGIONS=1 npm run rehearse -- lose-region`. */
const reason = process.env.REHEARSE_REGIONS === "1" ? whyNoNetwork() : "REHEARSE_REGIONS is not 1";
if (reason !== undefined) console.warn(`The loss of a region is not rehearsed: ${reason}`);

const stack = await useTestStack({ CELL: LOST });

describe.skipIf(reason !== undefined)("the loss of a region", () => {
  let stage: Stage;
  const loads = {} as Record<Code, Load>;
  /** Where names lead to, as resolvers remember it. */
  const names = {} as Record<Code, string>;
  const table: Record<string, string>[] = [];
  const row = (what: string, measured: string, bound = "") => table.push({ what, measured, bound });

  beforeAll(async () => {
    stage = await startStage(stack);
    for (const code of codes) names[code] = stage.processes[code].url;
  }, 300_000);

  afterAll(async () => {
    console.table(table);
    for (const load of Object.values(loads)) await load.stop();
    await stage?.stop();
  }, 120_000);

  it("is noticed within 30 seconds; the standby reads at once, writes under its own epoch, and loses no more than it had not taken", async () => {
    const { network, home, standby, processes, standbyProcesses, customers, stripe } = stage;
    await setUpStripe(stripe, { appUrl: processes[LOST].url });
    const page = await onDatabase(home[LOST], async (db) => {
      const claims = await verifyAccessToken(customers[LOST].accessToken);
      const principal = await loadUserPrincipal(db, { kind: "jwt", ...claims });
      if (principal === null) throw new Error("the customer's session has ended");
      return await startCheckout(db, stripe, { principal, plan: "plus" });
    });
    for (const code of codes) loads[code] = startLoad(() => names[code], customers[code].key, RATE);
    await until(() => codes.every((code) => loads[code].accepted.size > RATE * 3));
    const lagS = await lagOf(home[LOST]);

    network.cut(cells[LOST].home);
    const cutAt = Date.now();
    const since = (at = Date.now()) => (at - cutAt) / 1_000;
    // Its plan is paid for at Stripe while nobody of its cell can hear of it.
    await payOn(page.url);

    await untilUnhealthy(processes[LOST].url);
    const detectedS = since();
    row("detected", `${detectedS.toFixed(1)} s`, "≤ 30 s");
    expect(detectedS).toBeLessThanOrEqual(30);
    const promoted = stage.promote(standby[LOST]);
    await sleep(CHECK.rememberedMs);
    names[LOST] = standbyProcesses.url;

    const firstAt = (read: boolean) =>
      loads[LOST].answers.find(
        ({ host, status, read: reads }) => host === standbyProcesses.url && reads === read && status < 300,
      )?.at;
    await until(() => firstAt(true) !== undefined);
    const readS = since(firstAt(true));
    row("names lead to the standby, and it reads", `${readS.toFixed(1)} s`, "≤ 30 s");
    expect(readS).toBeLessThanOrEqual(30);

    expect(await promoted).toBe(2);
    const promotedS = since();
    await until(() => firstAt(false) !== undefined);
    const writeS = since(firstAt(false));
    row(
      "promoted under the next epoch",
      `${promotedS.toFixed(1)} s`,
      `detected + ${TTL_MS / 1_000 + 1} s and what the link takes to break`,
    );
    // Its database, its reader and its own witness answer it still.
    const within = { network, region: cells[LOST].home };
    const refused = await submitWithin(within, processes[LOST].url, customers[LOST].key);
    row("the old region, asked from within it, once the standby writes", String(refused), "503");
    expect(refused).toBe(503);
    row("first write", `${writeS.toFixed(1)} s`, "≤ 15 min");
    expect(writeS).toBeLessThanOrEqual(15 * 60);
    await until(
      () =>
        [...loads[LOST].accepted.values()].filter(({ at }) => at > cutAt + promotedS * 1_000).length > RATE,
    );
    for (const code of codes) await loads[code].stop();

    const accepted = loads[LOST].accepted;
    const lost = await missingOf(standby[LOST], accepted);
    const most = Math.ceil((lagS + 1) * RATE);
    row(
      "accepted requests lost",
      `${lost.length} of ${accepted.size}${lost.length > 0 ? `: ${lost.slice(0, 3).join(", ")}` : ""}`,
      `≤ (lag ${lagS.toFixed(3)} s + 1 s of the way) × ${RATE}/s`,
    );
    expect(lost.length).toBeLessThanOrEqual(most);
    for (const id of lost)
      expect(Math.abs((accepted.get(id)?.sentAt ?? 0) - cutAt)).toBeLessThan((lagS + 2) * 1_000);

    for (const code of codes) {
      const database = code === LOST ? standby[code] : home[code];
      const books = await booksOf(database, customers[code].orgId);
      expect(books.doubled, code).toBe(0);
      expect(books.without, code).toBe(0);
      const failed = loads[code].answers.filter(({ status }) => status === 0 || status >= 500).length;
      if (code !== LOST) expect(failed, `${code} was not to notice`).toBe(0);
      row(`ledger of ${code}`, `${books.rows} rows, ${books.doubled} double`, "0 double");
    }
    row(
      `calls of ${LOST} that failed meanwhile`,
      String(loads[LOST].answers.filter(({ status }) => status === 0 || status >= 500).length),
    );

    await onDatabase(standby[LOST], async (db) => {
      await reconcileBilling(db, stripe);
      const { plan } = await db.subscription.findUniqueOrThrow({ where: { orgId: customers[LOST].orgId } });
      expect(plan).toBe("plus");
      row("paid at Stripe during the loss", `${plan} after reconciling`, "plus");
    });
  });

  it("fences the old region when it comes back, which has stopped by itself, and kept the EU's data in the EU", async () => {
    const { network, home, standby, processes, customers } = stage;
    const old = processes[LOST];
    const before = await countsOf(home[LOST]).catch(() => undefined);
    expect(before, "a region that is cut off cannot be asked").toBeUndefined();
    network.mend(cells[LOST].home);
    const mendedAt = Date.now();
    // Whoever still has the old address is refused, from the first answer on.
    const refusals = new Set<number>();
    await until(async () => {
      const status = await submit(old.url, customers[LOST].key);
      if (status !== 0) refusals.add(status);
      return refusals.size > 0 && (await supersededBy(home[LOST]).catch(() => undefined)) === 2;
    });
    expect([...refusals]).toEqual([503]);
    await until(() => old.worker.ends() > 0);
    const counts = await countsOf(home[LOST]);
    for (let n = 0; n < 20; n += 1) expect(await submit(old.url, customers[LOST].key)).toBe(503);
    expect(await countsOf(home[LOST])).toEqual(counts);
    row(
      "old region fenced after it came back",
      `${((Date.now() - mendedAt) / 1_000).toFixed(1)} s, no request taken`,
      "never one",
    );

    const eu = codes.filter((code) => cells[code].home.startsWith("eu-"));
    for (const code of eu) {
      const bytes = Buffer.from(customers[code].orgId.replaceAll("-", ""), "hex");
      expect(home.use1.holds(bytes), `${code} in us-east-1`).toBe(false);
      // Shows that it would be found.
      expect(standby[code].holds(bytes), code).toBe(true);
    }
    row("files of us-east-1 with an organization of the EU", "0", "0");
  });

  it("goes back home without losing anything", async () => {
    const { home, standby, processes, standbyProcesses, customers } = stage;
    const old = processes[LOST];
    await Promise.all([old.server.kill(), old.worker.kill()]);
    await home[LOST].rebuildFrom(standby[LOST]);
    const back = await stage.startHome(LOST);
    processes[LOST] = back;
    const load = startLoad(() => names[LOST], customers[LOST].key, RATE);
    loads[LOST] = load;
    await until(() => load.accepted.size > RATE);
    await load.stop();
    await until(async () => (await missingOf(home[LOST], load.accepted)).length === 0);

    await standby[LOST].stop();
    const stoppedAt = Date.now();
    expect(await stage.promote(home[LOST])).toBe(3);
    await until(async () => (await submit(back.url, customers[LOST].key)) === 202);
    row("back home: stopped there, first write here", `${((Date.now() - stoppedAt) / 1_000).toFixed(1)} s`);
    expect(await missingOf(home[LOST], load.accepted)).toEqual([]);
    await until(async () => (await submit(standbyProcesses.url, customers[LOST].key)) === 503);
    const books = await booksOf(home[LOST], customers[LOST].orgId);
    expect(books).toMatchObject({ doubled: 0, without: 0 });
    row("accepted requests lost on the way back", "0", "0");
  });
});
