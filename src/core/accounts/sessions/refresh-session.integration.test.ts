import { afterAll, describe, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, HOUR, SECOND } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  type CallerContext,
  forgetPrincipals,
  listSessions,
  loadUserPrincipal,
  login,
  loginToPortal,
  logout,
  refreshSession,
  type SignedInView,
  touchSession,
  verifyAccessToken,
} from "..";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const signIn = async () => (await makeUser()).view;
const laptop = { ip: "203.0.113.7", userAgent: "agatha-cli/1.2" };
const refresh = (token: string, clock?: { now(): Date }, client: CallerContext = laptop) =>
  refreshSession(db(), { refresh_token: token, ...client }, clock);
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
    await expect(refresh(first.refresh_token, after(31 * SECOND))).rejects.toMatchObject(refused);
    expect(await isAlive(second)).toBe(false);
    await expect(refresh(second.refresh_token)).rejects.toMatchObject(refused);
  });

  it("repeated by the same client within thirty seconds gives the same successor, which works", async () => {
    const first = await signIn();
    const lost = await refresh(first.refresh_token);
    for (const seconds of [0, 10, 29]) {
      const again = await refresh(first.refresh_token, after(seconds * SECOND));
      expect(again.refresh_token).toBe(lost.refresh_token);
    }
    const second = await refresh(lost.refresh_token);
    expect(second.refresh_token).not.toBe(lost.refresh_token);
    expect(await isAlive(second)).toBe(true);
  });

  it.each<[string, CallerContext]>([
    ["another network", { ...laptop, ip: "203.0.113.8" }],
    ["another program", { ...laptop, userAgent: "agatha-cli/1.3" }],
    ["nowhere that is known", { ip: null }],
  ])("repeated at once from %s is taken for theft and ends the family", async (_where, thief) => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    await expect(refresh(first.refresh_token, undefined, thief)).rejects.toMatchObject(refused);
    expect(await isAlive(second)).toBe(false);
  });

  it("repeated by the same client after its successor was used ends the family", async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    const third = await refresh(second.refresh_token);
    await expect(refresh(first.refresh_token)).rejects.toMatchObject(refused);
    expect(await isAlive(third)).toBe(false);
  });

  it("is stored as a hash only, and so is what a repeated exchange needs", async () => {
    const first = await signIn();
    const second = await refresh(first.refresh_token);
    const { sessionId } = await verifyAccessToken(second.access_token);
    const rows = await db().$queryRaw<{ text: string }[]>`
      SELECT t::text || encode(t.token_hash, 'base64') || coalesce(encode(t.used_by, 'base64'), '') AS "text"
      FROM refresh_tokens t WHERE session_id = ${sessionId}::uuid`;
    expect(rows).toHaveLength(2);
    for (const { text } of rows) {
      for (const { refresh_token } of [first, second]) {
        expect(text).not.toContain(refresh_token.slice(4));
        expect(text).not.toContain(Buffer.from(refresh_token.slice(4), "base64url").toString("hex"));
        expect(text).not.toContain(Buffer.from(refresh_token.slice(4), "base64url").toString("base64"));
      }
      expect(text).not.toContain(laptop.ip);
      expect(text).not.toContain(laptop.userAgent);
    }
  });

  it("used again does not end other sessions of the same person", async () => {
    const [mine, other] = [await signIn(), await signIn()];
    await refresh(mine.refresh_token);
    await expect(refresh(mine.refresh_token, after(31 * SECOND))).rejects.toMatchObject(refused);
    expect(await isAlive(other)).toBe(true);
    expect((await refresh(other.refresh_token)).user).toEqual(other.user);
  });

  it("sent twenty times at once by one client has one successor", async () => {
    const { refresh_token } = await signIn();
    const views = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));
    expect(new Set(views.map((view) => view.refresh_token)).size).toBe(1);
    const [view] = views;
    expect(await isAlive(await refresh(view?.refresh_token ?? ""))).toBe(true);
  });

  it("sent at once from twenty places leaves nobody a live session", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { refresh_token } = await signIn();
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, at) =>
          refresh(refresh_token, undefined, { ...laptop, ip: `198.51.100.${at}` }),
        ),
      );
      const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(won).toHaveLength(1);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject(refused);
      }
      for (const view of won) expect(await isAlive(view)).toBe(false);
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

  it("ends ninety days after the sign-in, however often it is used, and its access tokens with it", async () => {
    const start = Date.now();
    const at = (ms: number) => ({ now: () => new Date(start + ms) });
    let view = await signIn();
    for (const days of [20, 40, 60, 80, 89]) view = await refresh(view.refresh_token, at(days * DAY));
    const claims = { kind: "jwt" as const, ...(await verifyAccessToken(view.access_token, at(89 * DAY))) };
    expect(await loadUserPrincipal(db(), claims, at(90 * DAY - HOUR))).not.toBeNull();
    expect(await loadUserPrincipal(db(), claims, at(90 * DAY + HOUR))).toBeNull();
    await expect(refresh(view.refresh_token, at(90 * DAY + HOUR))).rejects.toMatchObject(refused);
  });

  it.each(["", "agr_", "nonsense", `agr_${"A".repeat(43)}`, `agr_${"A".repeat(400)}`, "agr_\u0000"])(
    "made up (%j) is refused",
    async (token) => {
      await expect(refresh(token)).rejects.toMatchObject(refused);
    },
  );

  it("ends with its account", async () => {
    const view = await signIn();
    const { userId } = await verifyAccessToken(view.access_token);
    expect(await isAlive(view)).toBe(true);
    await db().user.update({ where: { id: userId }, data: { deletedAt: new Date() } });
    forgetPrincipals(userId);
    expect(await isAlive(view)).toBe(false);
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

describe("the life of a session", () => {
  const password = "correct horse battery staple";
  const at = (ms: number) => {
    const time = new Date(Date.now() + ms);
    return { now: () => time };
  };

  it("at the portal is ninety days, however often it is used, and thirty without use", async () => {
    const { email } = await makeUser({ password });
    const opened = await loginToPortal(db(), { email, password, ip: null });
    const idle = await loginToPortal(db(), { email, password, ip: null });
    const alive = (session: typeof opened, ms: number) =>
      loadUserPrincipal(db(), { kind: "session", ...session }, at(ms));
    for (const days of [20, 40, 60, 80, 89]) {
      expect(await alive(opened, days * DAY)).not.toBeNull();
      await touchSession(db(), { ...opened, operator: false }, at(days * DAY));
      forgetPrincipals(opened.userId);
    }
    expect(await alive(opened, 90 * DAY - HOUR)).not.toBeNull();
    expect(await alive(opened, 90 * DAY + HOUR)).toBeNull();
    expect(await alive(idle, 31 * DAY)).toBeNull();
  });

  it("of an operator is twelve hours at both faces, from the moment they are one", async () => {
    const { email, userId } = await makeUser({ password, name: "Grace" });
    const before = await loginToPortal(db(), { email, password, ip: null });
    await db().user.update({ where: { id: userId }, data: { role: "operator" } });
    const portal = await loginToPortal(db(), { email, password, ip: null });
    const api = await login(db(), { email, password, ip: null });
    const claims = await verifyAccessToken(api.access_token);
    for (const session of [before, portal]) {
      await touchSession(db(), { ...session, operator: true }, at(11 * HOUR));
      const as = { kind: "session" as const, ...session };
      expect(await loadUserPrincipal(db(), as, at(11 * HOUR))).not.toBeNull();
      expect(await loadUserPrincipal(db(), as, at(13 * HOUR))).toBeNull();
    }
    const next = await refresh(api.refresh_token, at(11 * HOUR));
    expect(await loadUserPrincipal(db(), { kind: "jwt", ...claims }, at(11 * HOUR))).not.toBeNull();
    expect(await loadUserPrincipal(db(), { kind: "jwt", ...claims }, at(13 * HOUR))).toBeNull();
    await expect(refresh(next.refresh_token, at(13 * HOUR))).rejects.toMatchObject(refused);
    const input = { limit: 20 };
    const listed = (ms: number) =>
      listSessions(db(), { userId, sessionId: portal.sessionId, operator: true, input }, at(ms));
    expect((await listed(11 * HOUR)).data.length).toBeGreaterThan(2);
    expect((await listed(13 * HOUR)).data).toEqual([]);
  });
});
