import { afterAll, expect, it } from "vitest";
import { codeOf, STEP_MS } from "../../../../infra/testing/authenticators/totp";
import { after } from "../../../../infra/testing/clock";
import { makeUser, type TestUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Clock, DAY, HOUR, MINUTE } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  assertSteppedUp,
  confirmAuthenticator,
  getSecondFactor,
  login,
  loginToPortal,
  refreshSession,
  removeAuthenticator,
  renewRecoveryCodes,
  requestPasswordReset,
  resetPassword,
  startAuthenticator,
  stepUp,
} from "..";
import {
  completeProviderSignIn,
  findProviderChallenge,
  signInWithProvider,
} from "../sign-in/sign-in-with-provider";
import { issueEmailToken } from "../tokens/email-token";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const ip = "203.0.113.9";
const revokeKeysAndInvitations = async () => ({
  keysByOrg: new Map(),
  invitations: 0,
  entries: [],
  forget: () => undefined,
});

interface Enrolled extends TestUser {
  secret: string;
  recoveryCodes: string[];
}

/** Somebody whose authenticator was confirmed now, with the code of now. */
async function enroll(user?: TestUser): Promise<Enrolled> {
  const someone = user ?? (await makeUser({ verified: true }));
  const session = { ...someone.claims, emailVerified: true };
  const { secret } = await startAuthenticator(db(), session);
  const code = codeOf(secret, new Date());
  const { recovery_codes: recoveryCodes } = await confirmAuthenticator(db(), { ...session, code, ip });
  return { ...someone, secret, recoveryCodes };
}

/** The code that the app shows some steps from now, and the clock of that moment. */
const codeAt = (secret: string, steps: number): { totp: string; clock: Clock } => {
  const clock = after(steps * STEP_MS);
  return { totp: codeOf(secret, clock.now()), clock };
};

const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const actionsOf = async (userId: string) =>
  (await db().auditLog.findMany({ where: { targetId: userId }, select: { action: true } })).map(
    ({ action }) => action,
  );

it("signing in asks for a code once the authenticator is confirmed, and not before", async () => {
  const user = await makeUser({ verified: true });
  const { email, password, claims } = user;
  await startAuthenticator(db(), { ...claims, emailVerified: true });
  expect(await outcome(login(db(), { email, password, ip }))).toBe("ok");
  const { secret } = await enroll(user);
  for (const signIn of [login, loginToPortal]) {
    expect(await outcome(signIn(db(), { email, password, ip }))).toBe("second_factor_required");
    expect(await outcome(signIn(db(), { email, password, totp: " ", ip }))).toBe("second_factor_required");
    expect(await outcome(signIn(db(), { email, password: "wrong", totp: "123456", ip }))).toBe(
      "invalid_login",
    );
  }
  const { totp, clock } = codeAt(secret, 2);
  expect(await outcome(login(db(), { email, password, totp, ip }, clock))).toBe("ok");
});

it("each time step is accepted once, none before it afterwards, and at most one step away from now", async () => {
  const { email, password, secret } = await enroll();
  const signIn = ({ totp }: { totp: string }, clock: Clock) =>
    outcome(login(db(), { email, password, totp, ip }, clock));
  const tenth = codeAt(secret, 10);
  expect(await signIn(codeAt(secret, 8), tenth.clock)).toBe("second_factor_invalid");
  expect(await signIn(codeAt(secret, 12), tenth.clock)).toBe("second_factor_invalid");
  const results = await Promise.all([1, 2, 3].map(() => signIn(tenth, tenth.clock)));
  expect(results.sort()).toEqual(["ok", "second_factor_invalid", "second_factor_invalid"]);
  expect(await signIn(codeAt(secret, 9), tenth.clock)).toBe("second_factor_invalid");
  expect(await signIn(codeAt(secret, 11), tenth.clock)).toBe("ok");
});

it("the code that confirmed the authenticator signs nobody in", async () => {
  const { email, password, secret } = await enroll();
  const { totp } = codeAt(secret, 0);
  expect(await outcome(login(db(), { email, password, totp, ip }))).toBe("second_factor_invalid");
});

it("guesses are counted: per network, and per account wherever they come from, while recovery codes still work", async () => {
  const { email, password, secret, recoveryCodes } = await enroll();
  const guess = (from: string, totp = "000000") =>
    outcome(login(db(), { email, password, totp, ip: from }, after(0)));
  const wrong = codeOf(secret, after(DAY).now());
  const here = await Promise.all(Array.from({ length: 25 }, () => guess("198.51.100.1", wrong)));
  expect(here.filter((code) => code === "second_factor_invalid")).toHaveLength(20);
  expect(here.filter((code) => code === "too_many_attempts")).toHaveLength(5);
  for (let network = 2; network <= 6; network++) {
    await Promise.all(Array.from({ length: 18 }, () => guess(`198.51.100.${network}`, wrong)));
  }
  const { totp, clock } = codeAt(secret, 3);
  expect(await outcome(login(db(), { email, password, totp, ip }, clock))).toBe("too_many_attempts");
  expect(await guess(ip, recoveryCodes[0])).toBe("ok");
});

it("a recovery code signs in once, typed in any form, and only its owner", async () => {
  const { email, password, userId, recoveryCodes } = await enroll();
  const other = await enroll();
  const [first = "", second = ""] = recoveryCodes;
  expect(new Set(recoveryCodes).size).toBe(10);
  expect(recoveryCodes.every((code) => /^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/.test(code))).toBe(true);
  const signIn = (totp: string) => outcome(login(db(), { email, password, totp, ip }));
  expect(await outcome(login(db(), { ...other, totp: first, ip }))).toBe("second_factor_invalid");
  const twice = await Promise.all([signIn(first), signIn(first)]);
  expect(twice.sort()).toEqual(["ok", "second_factor_invalid"]);
  expect(await signIn(second.replaceAll("-", " ").toUpperCase())).toBe("ok");
  expect(await getSecondFactor(db(), { userId })).toMatchObject({ enabled: true, recovery_codes_left: 8 });
  const { recovery_codes: renewed } = await renewRecoveryCodes(db(), { ...other.claims, userId, ip });
  expect(await signIn(recoveryCodes[2] ?? "")).toBe("second_factor_invalid");
  expect(await signIn(renewed[0] ?? "")).toBe("ok");
});

it("neither secret nor recovery codes are in the database as they are", async () => {
  const { userId, secret, recoveryCodes } = await enroll();
  const rows = [
    await db().authenticator.findMany({ where: { userId } }),
    await db().recoveryCode.findMany({ where: { userId } }),
  ].flat();
  expect(rows).toHaveLength(11);
  const texts = rows
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)));
  for (const secretText of [
    secret,
    ...recoveryCodes,
    ...recoveryCodes.map((code) => code.replaceAll("-", "")),
  ]) {
    expect(texts.some((text) => text.includes(secretText))).toBe(false);
  }
});

it("adding a factor ends every other session, so that no earlier refresh token goes round it", async () => {
  const user = await makeUser({ verified: true });
  const { email, password, view } = user;
  const elsewhere = await login(db(), { email, password, ip });
  await enroll(user);
  const refresh = (refresh_token: string) => outcome(refreshSession(db(), { refresh_token, ip }));
  expect(await refresh(elsewhere.refresh_token)).toBe("invalid_refresh_token");
  expect(await refresh(view.refresh_token)).toBe("ok");
});

it("a sign-in that runs while the factor is added gets no session that survives", async () => {
  const user = await makeUser({ verified: true });
  const { email, password, userId, claims } = user;
  const signIns = Array.from({ length: 4 }, () => outcome(login(db(), { email, password, ip })));
  await Promise.all([...signIns, enroll(user)]);
  const alive = await db().session.findMany({ where: { userId, revokedAt: null }, select: { id: true } });
  expect(alive).toEqual([{ id: claims.sessionId }]);
});

it("a password reset does not go round the factor", async () => {
  const { email, userId, secret } = await enroll();
  await requestPasswordReset(db(), { email, ip });
  await drainAfterResponse();
  const password = "a new and longer passphrase";
  const token = await db().$transaction((tx) =>
    issueEmailToken(tx, { userId, purpose: "reset_password" }, after(0)),
  );
  await resetPassword(db(), { token, password, ip, revokeKeysAndInvitations });
  expect(await outcome(login(db(), { email, password, ip }))).toBe("second_factor_required");
  const { totp, clock } = codeAt(secret, 2);
  expect(await outcome(login(db(), { email, password, totp, ip }, clock))).toBe("ok");
});

it("signing in with Google or GitHub asks for the factor as well, and only its own challenge goes on", async () => {
  const user = await makeUser({ verified: true });
  const identity = {
    provider: "github" as const,
    providerAccountId: `account of ${user.userId}`,
    email: user.email,
    emailVerified: true,
    name: "Ada",
    ip,
    revokeKeysAndInvitations,
  };
  expect(await outcome(signInWithProvider(db(), identity))).toBe("ok");
  const { secret } = await enroll(user);
  expect(await outcome(signInWithProvider(db(), identity))).toBe("second_factor_required");
  const challenge = await findProviderChallenge(db(), identity);
  const complete = (steps: number, sessionVersion = challenge.sessionVersion) => {
    const { totp, clock } = codeAt(secret, steps);
    return outcome(completeProviderSignIn(db(), { ...challenge, sessionVersion, totp, ip }, clock));
  };
  expect(await outcome(completeProviderSignIn(db(), { ...challenge, totp: undefined, ip }))).toBe(
    "second_factor_required",
  );
  expect(await complete(0)).toBe("second_factor_invalid");
  expect(await complete(2)).toBe("ok");
  expect(await complete(4, challenge.sessionVersion - 1)).toBe("invalid_login");
});

it("only a verified address gets a factor, an unconfirmed secret lasts an hour, and a second app is refused", async () => {
  const stranger = await makeUser();
  const start = (emailVerified: boolean) => startAuthenticator(db(), { ...stranger.claims, emailVerified });
  expect(await outcome(start(false))).toBe("email_not_verified");
  const { secret, otpauth_url, qr_code } = await start(true);
  expect(otpauth_url).toContain(`secret=${secret}`);
  expect(Buffer.from(qr_code.split(",")[1] ?? "", "base64").toString()).toMatch(/^<svg/);
  const late = after(HOUR + MINUTE);
  const confirm = (code: string, clock = after(0)) =>
    outcome(confirmAuthenticator(db(), { ...stranger.claims, code, ip }, clock));
  expect(await confirm(codeOf(secret, late.now()), late)).toBe("conflict");
  expect(await confirm("000000")).toBe("second_factor_invalid");
  expect(await confirm(codeOf(secret, new Date()))).toBe("ok");
  expect(await outcome(start(true))).toBe("conflict");
  expect(await confirm(codeOf(secret, new Date()))).toBe("conflict");
});

it("a step-up takes the code where there is a factor, else the password, and counts for ten minutes", async () => {
  const { claims, password, secret, recoveryCodes } = await enroll();
  const plain = await makeUser();
  const isFresh = (user: Pick<TestUser, "claims">, clock: Clock) =>
    outcome(assertSteppedUp(db(), user.claims, clock));
  expect(await isFresh(plain, after(9 * MINUTE))).toBe("ok");
  const later = after(11 * MINUTE);
  expect(await isFresh(plain, later)).toBe("step_up_required");
  const prove = (proof: { password?: string; totp?: string }, by = claims, clock = later) =>
    outcome(stepUp(db(), { ...by, ...proof, ip }, clock));
  expect(await prove({ password: "wrong" }, plain.claims)).toBe("invalid_login");
  expect(await prove({}, plain.claims)).toBe("invalid_request");
  expect(await isFresh(plain, later)).toBe("step_up_required");
  expect(await prove({ password: plain.password }, plain.claims)).toBe("ok");
  expect(await isFresh(plain, later)).toBe("ok");
  expect(await isFresh(plain, after(22 * MINUTE))).toBe("step_up_required");

  expect(await prove({ password })).toBe("second_factor_required");
  const { totp, clock } = codeAt(secret, 22);
  expect(await prove({ totp }, claims, clock)).toBe("ok");
  expect(await prove({ password, totp }, claims, clock)).toBe("second_factor_invalid");
  expect(await prove({ totp: recoveryCodes[0] ?? "" }, claims, clock)).toBe("ok");
  const session = { userId: claims.userId, orgId: claims.orgId, sessionId: plain.claims.sessionId };
  expect(await outcome(assertSteppedUp(db(), session, after(0)))).toBe("step_up_required");
});

it("a removed factor is asked for no more, and every step is in the audit log", async () => {
  const { email, password, userId, claims, recoveryCodes } = await enroll();
  expect(await outcome(login(db(), { email, password, totp: recoveryCodes[0] ?? "", ip }))).toBe("ok");
  expect(await outcome(login(db(), { email, password, totp: "000000", ip }))).toBe("second_factor_invalid");
  await renewRecoveryCodes(db(), { ...claims, ip });
  await removeAuthenticator(db(), { ...claims, ip });
  await removeAuthenticator(db(), { ...claims, ip });
  expect(await getSecondFactor(db(), { userId })).toEqual({
    enabled: false,
    authenticator: false,
    passkeys: 0,
    added_at: null,
    recovery_codes_left: 0,
  });
  expect(await outcome(login(db(), { email, password, ip }))).toBe("ok");
  expect(await outcome(renewRecoveryCodes(db(), { ...claims, ip }))).toBe("conflict");
  await drainAfterResponse();
  const actions = await actionsOf(userId);
  for (const action of [
    "auth.second_factor_added",
    "auth.recovery_code_used",
    "auth.second_factor_failed",
    "auth.recovery_codes_renewed",
    "auth.second_factor_removed",
  ]) {
    expect(
      actions.filter((one) => one === action),
      action,
    ).toHaveLength(1);
  }
});
