import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb } from "../../platform/db/client";
import { silenceMeansDeath } from "../index";
import { watchersAreCertain } from "./silence";

const stack = await useTestStack();
const db = createDb({ url: stack.env.DATABASE_URL ?? "", poolMax: 2 });
afterAll(() => db.$disconnect());

/** As if it had been written so much earlier. */
const age = (name: string, seconds: number) =>
  db.$executeRaw`UPDATE leases SET held_until = held_until - ${seconds}::float8 * interval '1 second' WHERE name = ${name}`;

test("processes are taken for dead at once while somebody looks every second, and on the first look", async () => {
  expect(await silenceMeansDeath(db)).toBe(true);
  expect(await silenceMeansDeath(db)).toBe(true);
});

test("after a time in which nobody reached PostgreSQL each gets time to renew its row; whoever looks seldom puts that off by two minutes", async () => {
  await silenceMeansDeath(db);
  await age("watch over calls", 4);
  expect(await silenceMeansDeath(db)).toBe(false);
  await age("watch over calls", 4);
  expect(await silenceMeansDeath(db)).toBe(false);
  // Once a minute, as if nobody else looked: the third look finds the time of this row of outages spent, and recovery goes on.
  for (const certain of [false, true]) {
    for (const name of ["grace of calls", "graces in a row", "watch over calls"]) await age(name, 60);
    expect(await silenceMeansDeath(db)).toBe(certain);
  }
  // A minute without is a new row.
  await age("grace of calls", 61);
  await age("watch over calls", 4);
  expect(await silenceMeansDeath(db)).toBe(false);
});

test("of several who look at once after an outage none takes a process for dead", async () => {
  for (let outages = 0; outages < 10; outages++) {
    await db.$executeRaw`DELETE FROM leases`;
    await silenceMeansDeath(db);
    await age("watch over calls", 4);
    const looks = await Promise.all([1, 2, 3, 4].map(() => silenceMeansDeath(db)));
    expect(looks).toEqual(looks.map(() => false));
  }
});

test("a second outage right after the first is none the less one, where somebody looked every second between them", async () => {
  await age("grace of calls", 120);
  await silenceMeansDeath(db);
  await age("watch over calls", 4);
  expect(await silenceMeansDeath(db)).toBe(false);
  await age("grace of calls", 8);
  expect(await silenceMeansDeath(db)).toBe(true);
  await age("watch over calls", 4);
  expect(await silenceMeansDeath(db)).toBe(false);
});

test("an outage that begins within the time given after another, and outlasts it, is given time of its own", async () => {
  await age("grace of calls", 120);
  await silenceMeansDeath(db);
  for (let outages = 0; outages < 8; outages++) {
    await age("watch over calls", 4);
    expect(await silenceMeansDeath(db)).toBe(false);
    // Everyone is back for a second, and then nobody for ten.
    expect(await silenceMeansDeath(db)).toBe(false);
    for (const name of ["grace of calls", "graces in a row", "watch over calls"]) await age(name, 10);
  }
  expect(await silenceMeansDeath(db)).toBe(false);
  await age("grace of calls", 8);
  expect(await silenceMeansDeath(db)).toBe(true);
});

test("outages that begin before anybody has looked twice since the one before are given time, each of them, for two minutes", async () => {
  await db.$executeRaw`DELETE FROM leases`;
  await silenceMeansDeath(db);
  let outages = 0;
  for (let certain = false; !certain; outages++) {
    for (const name of ["grace of calls", "graces in a row", "watch over calls"]) await age(name, 10);
    certain = await silenceMeansDeath(db);
  }
  // The last of them begins ten seconds after the one whose time ended with the two minutes.
  expect(outages).toBe(13);
});

test("an outage that begins before anybody has looked twice, and ends just before the time given is over, has all of it anew", async () => {
  await db.$executeRaw`DELETE FROM leases`;
  await silenceMeansDeath(db);
  await age("watch over calls", 4);
  expect(await silenceMeansDeath(db)).toBe(false);
  for (const name of ["grace of calls", "watch over calls"]) await age(name, 7.5);
  expect(await silenceMeansDeath(db)).toBe(false);
  await age("grace of calls", 5);
  expect(await silenceMeansDeath(db)).toBe(false);
});

test("who looks seldom every other time puts the closing of calls off by two minutes at most", async () => {
  await age("grace of calls", 120);
  await silenceMeansDeath(db);
  let seconds = 0;
  for (let certain = false; !certain && seconds < 300; seconds += 4) {
    await silenceMeansDeath(db);
    for (const name of ["grace of calls", "graces in a row", "watch over calls"]) await age(name, 4);
    certain = await silenceMeansDeath(db);
  }
  // Counted from the first look without a mark, in steps of four seconds.
  expect(seconds).toBeLessThanOrEqual(124);
});

test("an outage in which a row expires, which was renewed a second before the last look, is never taken for a death", async () => {
  await age("grace of calls", 120);
  await silenceMeansDeath(db);
  await age("grace of calls", 120);
  // A row lives for 3.5 seconds: so much of it is left when nobody reaches PostgreSQL any more.
  await age("watch over calls", 2.5);
  expect(await silenceMeansDeath(db)).toBe(false);
});

test("a call that waits for a lease takes nobody for dead between an outage and the watchers' next look, nor while they give time", async () => {
  await age("grace of calls", 120);
  await silenceMeansDeath(db);
  expect(await watchersAreCertain(db)).toBe(true);
  await age("watch over calls", 4);
  expect(await watchersAreCertain(db)).toBe(false);
  expect(await silenceMeansDeath(db)).toBe(false);
  expect(await watchersAreCertain(db)).toBe(false);
  await age("grace of calls", 8);
  expect(await watchersAreCertain(db)).toBe(true);
});

test("a call that waits for a lease depends on no watcher: where there is none, a silent process is dead", async () => {
  await age("grace of calls", 120);
  await age("watch over calls", 120);
  expect(await watchersAreCertain(db)).toBe(true);
});
