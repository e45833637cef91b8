import { afterAll, expect, it } from "vitest";
import { type Deviation, softPasskey } from "../../../../infra/testing/authenticators/soft-passkey";
import { codeOf } from "../../../../infra/testing/authenticators/totp";
import { after } from "../../../../infra/testing/clock";
import { makeUser, type TestUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { fromPublicId, MINUTE } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  addPasskey,
  assertSteppedUp,
  confirmAuthenticator,
  getSecondFactor,
  listPasskeys,
  login,
  loginToPortal,
  refreshSession,
  removeAuthenticator,
  removePasskey,
  renamePasskey,
  resetPassword,
  signInWithPasskey,
  startAddingPasskey,
  startAuthenticator,
  startPasskeySignIn,
  startPasskeyStepUp,
  stepUpWithPasskey,
} from "..";
import { issueEmailToken } from "../tokens/email-token";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const ip = "203.0.113.9";
const holder = "the secret of a browser's cookie";

const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

/** Adds a passkey to somebody's account, by default to a new one. */
async function withPasskey(given?: TestUser) {
  const user = given ?? (await makeUser({ verified: true }));
  const session = { ...user.claims, emailVerified: true };
  const passkey = softPasskey();
  const { options } = await startAddingPasskey(db(), session);
  const added = await addPasskey(db(), {
    ...session,
    name: "Laptop",
    credential: passkey.create(options),
    ip,
  });
  const id = fromPublicId("psk", added.passkey.id);
  return { ...user, session, passkey, id, recoveryCodes: added.recovery_codes };
}

type WithPasskey = Awaited<ReturnType<typeof withPasskey>>;

const ask = async (purpose: "sign_in" | "second_factor" = "sign_in", clock = after(0)) =>
  (await startPasskeySignIn(db(), { purpose, holder }, clock)).options;

async function signIn({ passkey }: Pick<WithPasskey, "passkey">, as: Deviation = {}) {
  return await outcome(signInWithPasskey(db(), { assertion: passkey.get(await ask(), as), holder, ip }));
}

const refusalsOf = async (userId: string) => {
  await drainAfterResponse();
  const rows = await db().auditLog.findMany({
    where: { targetId: userId, action: "auth.second_factor_failed" },
    orderBy: { id: "asc" },
    select: { details: true },
  });
  return rows.map(({ details }) => (details as { reason?: string }).reason);
};

it("a passkey alone signs in, and with it a password alone no longer does", async () => {
  const user = await withPasskey();
  const { email, password, userId, passkey } = user;
  const session = await signInWithPasskey(db(), { assertion: passkey.get(await ask()), holder, ip });
  expect(session.userId).toBe(userId);
  for (const byPassword of [login, loginToPortal]) {
    expect(await outcome(byPassword(db(), { email, password, ip }))).toBe("second_factor_required");
  }
  const signed = passkey.get(await ask("second_factor"));
  const withBoth = loginToPortal(db(), { email, password, ip, passkey: { assertion: signed, holder } });
  expect(await outcome(withBoth)).toBe("ok");
  expect(await outcome(login(db(), { email, password, totp: user.recoveryCodes?.[0] ?? "", ip }))).toBe("ok");
  expect((await listPasskeys(db(), { userId })).data).toMatchObject([{ name: "Laptop", synced: false }]);
});

it("a challenge is answered once, within five minutes, by the browser and for the purpose it was given for", async () => {
  const user = await withPasskey();
  const { email, password, passkey } = user;
  const present = (assertion: ReturnType<typeof passkey.get>, by = holder, clock = after(0)) =>
    outcome(signInWithPasskey(db(), { assertion, holder: by, ip }, clock));
  const options = await ask();
  const both = [passkey.get(options), passkey.get(options)];
  expect((await Promise.all(both.map((one) => present(one)))).sort()).toEqual(["ok", "passkey_invalid"]);
  const late = passkey.get(await ask());
  expect(await present(late, holder, after(5 * MINUTE + 1_000))).toBe("passkey_invalid");
  const elsewhere = passkey.get(await ask());
  expect(await present(elsewhere, "another browser")).toBe("passkey_invalid");
  expect(await present(passkey.get(await ask("second_factor")))).toBe("passkey_invalid");
  const forSignIn = { assertion: passkey.get(await ask("sign_in")), holder };
  expect(await outcome(loginToPortal(db(), { email, password, ip, passkey: forSignIn }))).toBe(
    "passkey_invalid",
  );
  expect(await present(passkey.get({ challenge: "bm8gY2hhbGxlbmdlIG9mIG91cnM" }))).toBe("passkey_invalid");
});

it.each<[string, Deviation]>([
  ["another site", { origin: "https://agathaai.example.org" }],
  ["another port of the same host", { origin: "http://localhost:3001" }],
  ["another relying party", { rpId: "example.org" }],
  ["a device that has not verified the person", { verified: false }],
  ["what was signed for a new passkey", { type: "webauthn.create" }],
  ["somebody else's name", { userHandle: "AAAAAAAAAAAAAAAAAAAAAA" }],
  ["no name", { userHandle: undefined }],
])("a signature from %s is refused", async (_what, as) => {
  const user = await withPasskey();
  expect(await signIn(user, as)).toBe("passkey_invalid");
  expect(await refusalsOf(user.userId)).toHaveLength(1);
  expect(await signIn(user)).toBe("ok");
});

it("a counter that does not grow is refused, and a device that never counts is not", async () => {
  const user = await withPasskey();
  expect(await signIn(user, { counter: 0 })).toBe("ok");
  expect(await signIn(user, { counter: 0 })).toBe("ok");
  expect(await signIn(user, { counter: 7 })).toBe("ok");
  for (const counter of [7, 6, 0]) expect(await signIn(user, { counter })).toBe("passkey_invalid");
  expect(await signIn(user, { counter: 8 })).toBe("ok");
  expect(await refusalsOf(user.userId)).toEqual(["counter", "counter", "counter"]);
});

it("a signature by another key is refused", async () => {
  const [user, other] = [await withPasskey(), await withPasskey()];
  const theirs = other.passkey.get(await ask());
  const id = user.passkey.credentialId;
  const forged = { ...theirs, id, rawId: id };
  expect(await outcome(signInWithPasskey(db(), { assertion: forged, holder, ip }))).toBe("passkey_invalid");
});

it("another person's passkey is no second factor", async () => {
  const [user, other] = [await withPasskey(), await withPasskey()];
  const assertion = other.passkey.get(await ask("second_factor"));
  const attempt = loginToPortal(db(), {
    email: user.email,
    password: user.password,
    ip,
    passkey: { assertion, holder },
  });
  expect(await outcome(attempt)).toBe("passkey_invalid");
});

it("a new passkey needs a verified address, a challenge of this session, and a person verified on our site", async () => {
  const user = await makeUser({ verified: true });
  const session = { ...user.claims, emailVerified: true };
  expect(await outcome(startAddingPasskey(db(), { ...session, emailVerified: false }))).toBe(
    "email_not_verified",
  );
  const add = async (as: Deviation, by = session) => {
    const passkey = softPasskey();
    const { options } = await startAddingPasskey(db(), session);
    const credential = passkey.create(options, as);
    return await outcome(addPasskey(db(), { ...by, name: "Laptop", credential, ip }));
  };
  const other = await makeUser({ verified: true });
  expect(await add({}, { ...other.claims, emailVerified: true })).toBe("passkey_invalid");
  expect(await add({ verified: false })).toBe("passkey_invalid");
  expect(await add({ origin: "https://example.org" })).toBe("passkey_invalid");
  expect(await add({ rpId: "example.org" })).toBe("passkey_invalid");
  expect(await add({ challenge: (await ask()).challenge })).toBe("passkey_invalid");
  expect(await add({})).toBe("ok");
});

it("the first passkey ends every other session and brings recovery codes; a second one does neither", async () => {
  const user = await makeUser({ verified: true });
  const { email, password } = user;
  const elsewhere = await login(db(), { email, password, ip });
  const { recoveryCodes } = await withPasskey(user);
  expect(recoveryCodes).toHaveLength(10);
  const refresh = (refresh_token: string) => outcome(refreshSession(db(), { refresh_token, ip }));
  expect(await refresh(elsewhere.refresh_token)).toBe("invalid_refresh_token");
  const again = await login(db(), { email, password, totp: recoveryCodes?.[0] ?? "", ip });
  expect((await withPasskey(user)).recoveryCodes).toBeNull();
  expect(await refresh(again.refresh_token)).toBe("ok");
});

it("a password reset does not go round a passkey", async () => {
  const user = await withPasskey();
  const { email, userId } = user;
  const password = "a new and longer passphrase";
  const token = await db().$transaction((tx) =>
    issueEmailToken(tx, { userId, purpose: "reset_password" }, after(0)),
  );
  await resetPassword(db(), {
    token,
    password,
    ip,
    revokeKeysAndInvitations: async () => ({
      keysByOrg: new Map(),
      invitations: 0,
      entries: [],
      forget: () => undefined,
    }),
  });
  expect(await outcome(login(db(), { email, password, ip }))).toBe("second_factor_required");
  expect(await signIn(user)).toBe("ok");
});

it("a removed passkey signs nobody in; recovery codes go with the last factor of either kind", async () => {
  const user = await withPasskey();
  const { email, password, userId, session } = user;
  const { secret } = await startAuthenticator(db(), session);
  await confirmAuthenticator(db(), { ...session, code: codeOf(secret, new Date()), ip });
  await removeAuthenticator(db(), { ...session, ip });
  expect(await getSecondFactor(db(), { userId })).toMatchObject({
    enabled: true,
    authenticator: false,
    passkeys: 1,
    recovery_codes_left: 10,
  });
  const stranger = await makeUser();
  expect(await outcome(removePasskey(db(), { ...stranger.claims, id: user.id, ip }))).toBe("not_found");
  expect(await outcome(renamePasskey(db(), { ...stranger.claims, id: user.id, name: "Mine" }))).toBe(
    "not_found",
  );
  expect(await renamePasskey(db(), { ...session, id: user.id, name: "Desk" })).toMatchObject({
    name: "Desk",
  });
  const signed = user.passkey.get(await ask());
  await removePasskey(db(), { ...session, id: user.id, ip });
  expect(await outcome(signInWithPasskey(db(), { assertion: signed, holder, ip }))).toBe("passkey_invalid");
  expect(await getSecondFactor(db(), { userId })).toMatchObject({ enabled: false, recovery_codes_left: 0 });
  expect(await outcome(login(db(), { email, password, ip }))).toBe("ok");
});

it("a passkey proves that it is still the same person, for the session that was asked and nobody else", async () => {
  const [user, other] = [await withPasskey(), await withPasskey()];
  const later = after(11 * MINUTE);
  const isFresh = () => outcome(assertSteppedUp(db(), user.claims, later));
  expect(await isFresh()).toBe("step_up_required");
  const asked = async ({ claims }: WithPasskey) => (await startPasskeyStepUp(db(), claims, later)).options;
  const prove = async (assertion: ReturnType<WithPasskey["passkey"]["get"]>) =>
    await outcome(stepUpWithPasskey(db(), { ...user.claims, assertion, ip }, later));
  expect(await prove(other.passkey.get(await asked(user)))).toBe("passkey_invalid");
  expect(await prove(user.passkey.get(await asked(other)))).toBe("passkey_invalid");
  expect(await prove(user.passkey.get(await ask()))).toBe("passkey_invalid");
  expect(await isFresh()).toBe("step_up_required");
  expect(await prove(user.passkey.get(await asked(user)))).toBe("ok");
  expect(await isFresh()).toBe("ok");
});

it("neither the name of a passkey nor a challenge is in the database as it is", async () => {
  const { userId } = await withPasskey();
  const { challenge } = await ask();
  const rows = [
    await db().passkey.findMany({ where: { userId } }),
    await db().passkeyChallenge.findMany(),
  ].flat();
  const texts = rows
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)));
  expect(texts.length).toBeGreaterThan(10);
  for (const secret of ["Laptop", challenge, holder]) {
    expect(texts.some((text) => text.includes(secret))).toBe(false);
  }
});
