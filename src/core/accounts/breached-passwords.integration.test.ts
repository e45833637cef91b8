import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { type RangeBehavior, startBreachedPasswords } from "../../../infra/stand-ins/breached-passwords";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { revokeKeysAndInvitations } from "../members";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { metricsRegistry } from "../platform/observability/metrics";
import { changePassword, registerUser, requestPasswordReset, resetPassword } from ".";

const breached = "marble lantern quiet harbor";
const server = await startBreachedPasswords([breached, "another leaked phrase of words"]);
const stack = await useTestStack({ BREACHED_PASSWORDS_URL: server.url });
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await server.stop();
});
beforeEach(() => server.behave("answers"));

const refused = (param: string) => ({
  code: "weak_password",
  param,
  public: expect.stringContaining("data breach"),
});
const register = (password: string) =>
  registerUser(db(), { email: `ada.${randomUUID()}@example.com`, password, name: "Ada", ip: null });
const checks = async (result: string) =>
  (await metricsRegistry().getMetricsAsJSON())
    .find(({ name }) => name === "agatha_breached_password_checks_total")
    ?.values.find(({ labels }) => labels.result === result)?.value ?? 0;

test("a breached password is refused at sign-up, at a change and at a reset, and a clean one accepted", async () => {
  await expect(register(breached)).rejects.toMatchObject(refused("password"));
  const user = await makeUser({ verified: true });
  const principal = await principalOf(user.claims);
  const change = (password: string) =>
    changePassword(db(), { ...principal, current_password: user.password, new_password: password, ip: null });
  await expect(change(breached)).rejects.toMatchObject(refused("new_password"));

  await requestPasswordReset(db(), { email: user.email, ip: null });
  await drainAfterResponse();
  const mail = stack.mailbox.messagesTo(user.email).find(({ text }) => text?.includes("/reset-password"));
  const token = /token=([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
  const reset = (password: string) =>
    resetPassword(db(), { token, password, ip: null, revokeKeysAndInvitations });
  await expect(reset(breached)).rejects.toMatchObject(refused("password"));
  await expect(reset("cobalt thicket evening rope")).resolves.toEqual({ password_changed: true });
});

test("the server learns five digits of the password’s hash and pads its answer", async () => {
  await register(breached).catch(() => undefined);
  const prefix = createHash("sha1").update(breached).digest("hex").toUpperCase().slice(0, 5);
  expect(server.requests.at(-1)).toEqual({ url: `/range/${prefix}`, padding: "true" });
});

test.each<RangeBehavior>(["hangs", "fails", "garbage", "redirects", "endless"])(
  "a server that %s keeps nobody from signing up, and is counted",
  async (behavior) => {
    const before = await checks("unavailable");
    server.behave(behavior);
    await expect(register(breached)).resolves.toMatchObject({ token_type: "Bearer" });
    expect(await checks("unavailable")).toBe(Number(before) + 1);
  },
);
