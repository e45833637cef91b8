import { createHash, randomUUID } from "node:crypto";
import { createProofChallenge, registerUser, signUp } from "@agathaai/core/accounts";
import { MINUTE } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { keyedHash } from "@agathaai/core/platform/crypto/keyed-hash";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, describe, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { solveProof } from "./solve-proof";

await useTestStack({ SIGN_UP_PROOF_BITS: "9" });
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const register = (proof: string | undefined, clock?: Parameters<typeof registerUser>[2]) =>
  registerUser(
    db(),
    {
      email: `${randomUUID()}@example.com`,
      password: "correct horse battery staple",
      name: "Ada",
      ip: null,
      ...(proof !== undefined && { proof }),
    },
    clock,
  ).then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const refused = "proof_of_work_required";
const changed = (proof: string, change: object) =>
  btoa(JSON.stringify({ ...JSON.parse(atob(proof)), ...change }));

describe("where signing up takes a proof of work", () => {
  it("a solution as the portal makes it counts once, however many send it at the same moment", async () => {
    const challenge = createProofChallenge();
    expect(challenge).toMatchObject({ required: true, algorithm: "SHA-256", maxnumber: 512 });
    const proof = await solveProof(challenge);
    const results = await Promise.all([1, 2, 3, 4].map(() => register(proof)));
    expect(results.sort()).toEqual(["ok", refused, refused, refused]);
    expect(await register(proof)).toBe(refused);
  });

  it("nothing else is taken: none, a wrong number, another challenge, a later expiry, an easier one, an old one", async () => {
    const before = await db().user.count();
    const challenge = createProofChallenge();
    const proof = await solveProof(challenge);
    const { number } = JSON.parse(atob(proof));
    const easy = { salt: "0?expires=9999999999&max=1", number: 0 };
    for (const bad of [
      undefined,
      "",
      "no base64!",
      btoa("{}"),
      changed(proof, { number: number + 1 }),
      changed(proof, { number: `${number}` }),
      changed(proof, { challenge: createProofChallenge().challenge }),
      changed(proof, { salt: challenge.salt.replace(/expires=\d+/, "expires=9999999999") }),
      changed(proof, easy),
      changed(proof, { signature: createProofChallenge().signature }),
    ]) {
      expect(await register(bad), String(bad)).toBe(refused);
    }
    expect(await register(proof, after(21 * MINUTE))).toBe(refused);
    expect(await db().user.count()).toBe(before);
    expect(await register(proof)).toBe("ok");
  });

  it("one of ours that was easier when we gave it is not enough now", async () => {
    const given = (max: string, number = 7) => {
      const salt = `00112233?expires=${Math.floor(Date.now() / 1_000) + 600}&max=${max}`;
      const challenge = createHash("sha256").update(`${salt}${number}`).digest("hex");
      const signature = Buffer.from(keyedHash(`sign-up-proof:${challenge}:${salt}`)).toString("hex");
      return btoa(JSON.stringify({ algorithm: "SHA-256", challenge, number, salt, signature }));
    };
    expect(await register(given("256"))).toBe(refused);
    expect(await register(given("511"))).toBe(refused);
    expect(await register(given("512"))).toBe("ok");
  });

  it("the portal's sign-up takes one as well", async () => {
    const input = {
      email: `${randomUUID()}@example.com`,
      password: "correct horse battery staple",
      name: "Ada",
    };
    await expect(signUp(db(), { ...input, ip: null })).rejects.toMatchObject({
      code: refused,
      param: "proof",
    });
    const proof = await solveProof(createProofChallenge());
    expect(await signUp(db(), { ...input, proof, ip: null })).toEqual({ signed_up: true });
  });
});
