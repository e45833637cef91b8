import { setPlaces } from "@agathaai/core/models";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../../infra/testing/make-user";
import { db, engineWith, ledger, row, runAgain, submitFor } from "../testing/jobs";
import { startKeyedOpenAi } from "../testing/keyed-openai";

let world: Awaited<ReturnType<typeof startKeyedOpenAi>>;
let ada: Awaited<ReturnType<typeof principalOf>>;
beforeAll(async () => {
  world = await startKeyedOpenAi();
});
afterAll(() => {
  world.stop();
  setPlaces({});
});
beforeEach(async () => {
  world.reset();
  ada = await principalOf((await makeUser({ verified: true })).claims);
});

const env = () => ({
  OPENAI_API_KEY: "sk-covered",
  OPENAI_BASE_URL: world.url,
  DEEPSEEK_API_KEY: "sk-not-covered",
  DEEPSEEK_BASE_URL: world.url,
});

const submit = (model: string, models?: string[]) => submitFor(ada, model, models);

const turnOn = () =>
  db.organization.update({
    where: { id: ada.orgId },
    data: { hipaaSince: new Date(), storage: "forbidden", retentionDays: 0, archiveDays: 0 },
  });

describe("a request that was accepted before its organization turned on HIPAA mode", () => {
  it("is answered by a provider under an agreement, or fails unsent and unbilled, and its prompt goes with its end", async () => {
    setPlaces({ ...env(), BAA_PLACES: ["openai"] });
    const answered = await submit("gpt-4o");
    const refused = await submit("deepseek-chat");
    const withFallback = await submit("gpt-4o", ["deepseek-chat"]);
    await turnOn();
    const engine = engineWith(env());
    for (const id of [answered, refused, withFallback])
      expect(await runAgain(id, { engine })).toEqual({ action: "acknowledge" });
    expect(world.keys()).toEqual(["sk-covered"]);
    expect(await row(answered)).toMatchObject({ status: "completed", inputCipher: null });
    for (const id of [refused, withFallback]) {
      expect(await row(id)).toMatchObject({
        status: "failed",
        errorCode: "provider_not_covered",
        inputCipher: null,
      });
      expect((await ledger(id))[0]).toMatchObject({ costMicros: 0n });
    }
  });
});

it("an installation without an agreement sends such an organization nowhere, and keeps no prompt of it", async () => {
  setPlaces(env());
  const id = await submit("gpt-4o");
  await turnOn();
  await runAgain(id, { engine: engineWith(env()) });
  expect(await row(id)).toMatchObject({ errorCode: "provider_not_covered", inputCipher: null });
  expect(world.keys()).toEqual([]);
});
