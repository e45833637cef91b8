import { logout } from "@agathaai/core/accounts";
import { createKey, createKeyInputSchema, flushLastUsed } from "@agathaai/core/keys";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, expect, test } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { resolvePrincipal } from "./principal";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushLastUsed(db());
  await closeDb();
});

const { view } = await makeUser();
const resolve = (authorization?: string, apiKeyHeader?: string) =>
  resolvePrincipal({ authorization, apiKeyHeader, ip: "203.0.113.9" });
const person = await resolve(`Bearer ${view.access_token}`);
const newKey = async () => {
  if (person === null) throw new Error("the person just registered is not recognized");
  const input = createKeyInputSchema.parse({ name: "CI", environment: "test" });
  return (await createKey(db(), { principal: person, input })).secret;
};
const [key, otherKey] = [await newKey(), await newKey()];

test("an access token is a user, an API key in either header a key, and without credentials there is no principal", async () => {
  expect(person).toMatchObject({ kind: "jwt", role: "owner", environment: "test" });
  expect(await resolve(`Bearer ${key}`)).toMatchObject({ kind: "key", environment: "test" });
  expect(await resolve(undefined, key)).toMatchObject({ kind: "key" });
  expect(await resolve(`bearer   ${key}`, key)).toMatchObject({ kind: "key" });
  for (const blank of [undefined, "", "  "]) expect(await resolve(blank, blank)).toBeNull();
});

test.each<[string, string | undefined, string | undefined, string]>([
  ["two keys that differ", `Bearer ${key}`, otherKey, "invalid_api_key"],
  ["a token and a key", `Bearer ${view.access_token}`, key, "invalid_api_key"],
  ["a token in x-api-key", undefined, view.access_token, "invalid_api_key"],
  ["a refresh token", `Bearer ${view.refresh_token}`, undefined, "invalid_access_token"],
  ["a made-up key", "Bearer agt_live_nonsense", undefined, "invalid_api_key"],
  ["a made-up token", "Bearer a.b.c", undefined, "invalid_access_token"],
  ["another provider's key", "Bearer sk-proj-1234567890abcdef", undefined, "invalid_api_key"],
  ["no token", "Bearer", undefined, "missing_credentials"],
  ["two tokens", `Bearer ${key} ${key}`, undefined, "missing_credentials"],
  ["another scheme", "Basic YWRhOnB3", undefined, "missing_credentials"],
])("refused with 401: %s", async (_what, authorization, apiKeyHeader, code) => {
  await expect(resolve(authorization, apiKeyHeader)).rejects.toMatchObject({ code, status: 401 });
});

test("the refusal of another provider's key says how ours begin", async () => {
  await expect(resolve("Bearer sk-proj-1234567890abcdef")).rejects.toMatchObject({
    public: expect.stringContaining("agt_live_"),
  });
});

test("an access token is refused once its session has ended", async () => {
  await logout(db(), { refresh_token: view.refresh_token });
  await expect(resolve(`Bearer ${view.access_token}`)).rejects.toMatchObject({
    code: "invalid_access_token",
    status: 401,
  });
});
