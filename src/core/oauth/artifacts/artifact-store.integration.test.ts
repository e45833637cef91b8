import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { randomToken } from "../../platform/crypto/hash";
import { closeDb, db } from "../../platform/db/client";
import { type ArtifactKind, consumeArtifact, findArtifact, saveArtifact } from "..";

await useTestStack();
afterAll(closeDb);

async function saved(kind: ArtifactKind, seconds = 60) {
  const artifact = { kind, secret: randomToken() };
  await saveArtifact(db(), { ...artifact, payload: { scope: "models:read" }, grantId: null, seconds });
  return artifact;
}

it("of many uses at once the first counts, and no later one", async () => {
  for (const kind of ["AuthorizationCode", "RefreshToken"] as const) {
    const artifact = await saved(kind);
    const uses = await Promise.all(Array.from({ length: 8 }, () => consumeArtifact(db(), artifact)));
    expect(uses.filter((first) => first)).toHaveLength(1);
    expect(await consumeArtifact(db(), artifact)).toBe(false);
    expect((await findArtifact(db(), artifact))?.consumedAt).toEqual(expect.any(Date));
  }
});

it("is nothing once its time is over, nor as another kind", async () => {
  const artifact = await saved("AuthorizationCode", 60);
  const late = { now: () => new Date(Date.now() + 61_000) };
  expect(await findArtifact(db(), artifact, late)).toBeUndefined();
  expect(await findArtifact(db(), { ...artifact, kind: "RefreshToken" })).toBeUndefined();
  expect((await findArtifact(db(), artifact))?.payload).toEqual({ scope: "models:read" });
});
