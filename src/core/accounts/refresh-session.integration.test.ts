import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/local/testing/use-test-stack";
import { DAY } from "../platform/clock";
import { closeDb, db } from "../platform/db";
import {
  loadUserPrincipal,
  logout,
  refreshSession,
  registerUser,
  type SignedInView,
  settleMail,
  verifyAccessToken,
} from ".";

await useTestStack();
afterAll(async () => {
  await settleMail();
  await closeDb();
});

const signIn = () =>
  registerUser(db(), {
    email: `ada.${randomUUID()}@example.com`,
    password: "correct horse battery staple",
    name: "Ada",
    ip: null,
  });
const refresh = (token: string, clock?: { now(): Date }) =>
  refreshSession(db(), { refresh_token: token }, clock);
const isAlive = async (view: SignedInView) => {
  const claims = await verifyAccessToken(view.access_token);
  return (await loadUserPrincipal(db(), { kind: "jwt", ...claims })) !== null;
};
const refused = { code: "invalid_refresh_token", status: 401, param: "refresh_token" };

describe("a refresh token", () => {
  it("gives new tokens of the same session, again and again", async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.refresh_token);
    expect(new Set([first, second, third].map((view) => view.refresh_token)).size).toBe(3);
    expect(third).toMatchObject({ user: first.user, organization: first.organization, expires_in: 900 });
    const sessions = await Promise.all(
      [first, third].map(async (view) => (await verifyAccessToken(view.access_token)).sessionId),
    );
    expect(sessions[0]).toBe(sessions[1]);
    expect(await isAlive(third)).toBe(true);
  });

  it("used again ends the whole family: its newest token and its access tokens too", async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    expect(await isAlive(second)).toBe(true);
    await expect(refresh(first.refresh_token)).rejects.toMatchObject(refused);
    expect(await isAlive(second)).toBe(false);
    await expect(refresh(second.refresh_token)).rejects.toMatchObject(refused);
  });

  it("used again does not end other sessions of the same person", async () => {
    const [mine, other] = [await signIn(), await signIn()];
    await refresh(mine.refresh_token);
    await expect(refresh(mine.refresh_token)).rejects.toMatchObject(refused);
    expect(await isAlive(other)).toBe(true);
    expect((await refresh(other.refresh_token)).user).toEqual(other.user);
  });

  it("sent twenty times at once leaves at most one live successor", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { refresh_token } = await signIn();
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(refresh_token)));
      const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(won.length).toBeLessThanOrEqual(1);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject(refused);
      }
      const children = await Promise.allSettled(won.map((view) => refresh(view.refresh_token)));
      expect(children.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
    }
  });

  it("works for thirty days from its last use, and no longer", async () => {
    const start = Date.now();
    const at = (days: number) => ({ now: () => new Date(start + days * DAY) });
    const first = await signIn();
    const second = await refresh(first.refresh_token, at(29));
    const third = await refresh(second.refresh_token, at(58));
    await expect(refresh(third.refresh_token, at(89))).rejects.toMatchObject(refused);
  });

  it.each(["", "agr_", "nonsense", `agr_${"A".repeat(43)}`, `agr_${"A".repeat(400)}`, "agr_\u0000"])(
    "made up (%j) is refused",
    async (token) => {
      await expect(refresh(token)).rejects.toMatchObject(refused);
    },
  );

  it("dies with its account", async () => {
    const view = await signIn();
    const { userId } = await verifyAccessToken(view.access_token);
    await db().user.update({ where: { id: userId }, data: { deletedAt: new Date() } });
    await expect(refresh(view.refresh_token)).rejects.toMatchObject(refused);
  });
});

describe("logging out", () => {
  it("ends the session by any of its refresh tokens, and says the same for unknown ones", async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    expect(await logout(db(), { refresh_token: first.refresh_token })).toEqual({ signed_out: true });
    expect(await isAlive(second)).toBe(false);
    await expect(refresh(second.refresh_token)).rejects.toMatchObject(refused);
    expect(await logout(db(), { refresh_token: "agr_unknown" })).toEqual({ signed_out: true });
  });
});
