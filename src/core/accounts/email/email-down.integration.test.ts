import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { registerUser, requestPasswordReset, resendVerification, verifyAccessToken } from "..";

// Nothing listens on the discard port of this machine.
await useTestStack({ SMTP_URL: "smtp://127.0.0.1:9" });
afterAll(() => closeDb());

test("without a mail server people still register, and are told when an email they requested was not sent", async () => {
  const email = `ada.${randomUUID()}@example.com`;
  const registered = await registerUser(db(), {
    email,
    password: "correct horse battery staple",
    name: "Ada",
    ip: null,
  });
  await drainAfterResponse();
  const { userId } = await verifyAccessToken(registered.access_token);
  await expect(resendVerification(db(), { userId })).rejects.toMatchObject({
    code: "service_unavailable",
    status: 503,
    retryAfterSeconds: 60,
  });
  expect(await requestPasswordReset(db(), { email, ip: null })).toEqual({ requested: true });
  await drainAfterResponse();
});
