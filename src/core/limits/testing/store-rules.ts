import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { Db } from "../../platform";
import type { Limit } from "../limit";
import type { Limiter } from "../limiter";

export const HOUR = 3_600_000;
export const fresh = (limit: number, windowMs = HOUR): Limit => ({ key: randomUUID(), limit, windowMs });
export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps a test of a one-second window from being cut by the window's end. */
export async function nextWindow(windowMs: number): Promise<void> {
  await sleep(windowMs - (Date.now() % windowMs) + 5);
}

export interface Store {
  db: () => Db;
  limiter: () => Limiter;
}

/** The guarantees of a limit, whichever store counts it. */
export function keepsTheRules({ db, limiter }: Store): void {
  it("lets exactly 50 of 200 concurrent calls through a limit of 50", async () => {
    const limit = fresh(50);
    const decisions = await Promise.all(Array.from({ length: 200 }, () => limiter().consume(db(), limit)));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  it("says after each call what is left", async () => {
    const limit = fresh(5);
    for (const remaining of [4, 3, 2, 1, 0])
      expect(await limiter().consume(db(), limit)).toMatchObject({ allowed: true, remaining });
    expect(await limiter().consume(db(), limit)).toMatchObject({ allowed: false, remaining: 0 });
  });

  it("counts each key alone, and each window of a key alone", async () => {
    const [one, other] = [fresh(1), fresh(1)];
    expect((await limiter().consume(db(), one)).allowed).toBe(true);
    expect((await limiter().consume(db(), one)).allowed).toBe(false);
    expect((await limiter().consume(db(), other)).allowed).toBe(true);
    expect((await limiter().consume(db(), { ...one, windowMs: 2 * HOUR })).allowed).toBe(true);
  });

  it("peeks without taking", async () => {
    const limit = fresh(2);
    for (let time = 0; time < 5; time++) {
      expect(await limiter().peek(db(), limit)).toMatchObject({ allowed: true, remaining: 2, limit: 2 });
    }
    await limiter().consume(db(), limit);
    expect(await limiter().peek(db(), limit)).toMatchObject({ allowed: true, remaining: 1 });
    await limiter().consume(db(), limit);
    expect(await limiter().peek(db(), limit)).toMatchObject({ allowed: false, remaining: 0 });
  });

  it("takes a cost whole or not at all", async () => {
    const limit = fresh(10);
    const take = (cost: number) => limiter().consume(db(), { ...limit, cost });
    expect(await take(7)).toMatchObject({ allowed: true, remaining: 3 });
    expect(await take(4)).toMatchObject({ allowed: false, remaining: 3 });
    expect(await take(3)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it("never allows anything on a limit of zero", async () => {
    expect(await limiter().consume(db(), fresh(0))).toMatchObject({ allowed: false, remaining: 0 });
  });

  it("gives an exact retry time: refused just before it, allowed at it", async () => {
    await nextWindow(1_000);
    const limit = fresh(4, 1_000);
    for (let call = 0; call < 4; call++) expect((await limiter().consume(db(), limit)).allowed).toBe(true);
    const refused = await limiter().consume(db(), limit);
    expect(refused.allowed).toBe(false);
    const wait = refused.resetAt.getTime() - Date.now();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_300);
    await sleep(Math.max(0, wait - 150));
    expect((await limiter().consume(db(), limit)).allowed).toBe(false);
    await sleep(Math.max(0, refused.resetAt.getTime() - Date.now() + 20));
    expect((await limiter().consume(db(), limit)).allowed).toBe(true);
  });

  // The borders of real windows: a machine that stands still for a second just then gets another try.
  it("allows no burst at the border of two windows", { retry: 2 }, async () => {
    const windowMs = 4_000;
    await nextWindow(windowMs);
    await sleep(2_500);
    const limit = fresh(10, windowMs);
    const passed = async () => {
      const decisions = await Promise.all(Array.from({ length: 30 }, () => limiter().consume(db(), limit)));
      return decisions.filter(({ allowed }) => allowed).length;
    };
    const before = await passed();
    await nextWindow(windowMs);
    const after = await passed();
    // The share of the past window that has expired by the time of the last decision; on a slow machine that is later.
    const slid = (Date.now() % windowMs) / windowMs;
    expect(before).toBe(10);
    expect(after).toBeLessThanOrEqual(Math.ceil(10 * slid) + 1);
    expect(after).toBeLessThan(10);
  });
}
