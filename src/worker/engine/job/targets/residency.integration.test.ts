import { setPlaces } from "@agathaai/core/models";
import { addProviderKey, addProviderKeyInputSchema } from "@agathaai/core/provider-keys";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../../infra/testing/make-user";
import { db, engineWith, ledger, row, run, runAgain, submitFor } from "../testing/jobs";
import { startKeyedOpenAi } from "../testing/keyed-openai";

let world: Awaited<ReturnType<typeof startKeyedOpenAi>>;
let eu: Awaited<ReturnType<typeof startKeyedOpenAi>>;
let ada: Awaited<ReturnType<typeof principalOf>>;
beforeAll(async () => {
  [world, eu] = [await startKeyedOpenAi(), await startKeyedOpenAi()];
});
afterAll(() => {
  world.stop();
  eu.stop();
  setPlaces({});
});
beforeEach(async () => {
  world.reset();
  eu.reset();
  ada = await principalOf((await makeUser({ verified: true })).claims);
});

const places = () => ({
  OPENAI_API_KEY: "sk-world",
  OPENAI_BASE_URL: world.url,
  DEEPSEEK_API_KEY: "sk-world",
  DEEPSEEK_BASE_URL: world.url,
  OPENAI_EU_API_KEY: "sk-eu",
  OPENAI_EU_BASE_URL: eu.url,
});

const submit = (model: string, models?: string[]) => submitFor(ada, model, models);

const stayInEu = () => db.organization.update({ where: { id: ada.orgId }, data: { residency: "eu" } });

describe("a request that was accepted before its organization chose the EU", () => {
  beforeEach(() => setPlaces(places()));

  it("is answered there, and fails where its model or a fallback has no endpoint there, unsent and unbilled", async () => {
    const answered = await submit("gpt-4o");
    const refused = await submit("deepseek-chat");
    const withFallback = await submit("gpt-4o", ["deepseek-chat"]);
    await stayInEu();
    const engine = engineWith(places());
    for (const id of [answered, refused, withFallback])
      expect(await runAgain(id, { engine })).toEqual({ action: "acknowledge" });
    expect(world.keys()).toEqual([]);
    expect(eu.keys()).toEqual(["sk-eu"]);
    expect((await row(answered)).status).toBe("completed");
    for (const id of [refused, withFallback]) {
      expect(await row(id)).toMatchObject({ status: "failed", errorCode: "region_not_allowed" });
      expect((await ledger(id))[0]).toMatchObject({ costMicros: 0n });
    }
  });

  it("takes an own key that answered elsewhere before to the EU, in the same process", async () => {
    const input = addProviderKeyInputSchema.parse({ provider: "openai", api_key: "sk-of-the-customer" });
    await addProviderKey(db, { principal: ada, input, test: async () => ({ verdict: "works" }) });
    ada = { ...ada, ownKeys: true };
    const engine = engineWith(places());
    await run(await submit("gpt-4o"), { engine });
    expect([world.keys(), eu.keys()]).toEqual([["sk-of-the-customer"], []]);
    await stayInEu();
    await run(await submit("gpt-4o"), { engine });
    expect([world.keys(), eu.keys()]).toEqual([["sk-of-the-customer"], ["sk-of-the-customer"]]);
  });
});

it("an installation without an endpoint in the EU sends such an organization nowhere", async () => {
  setPlaces({ OPENAI_API_KEY: "sk-world", OPENAI_BASE_URL: world.url, OPENAI_EU_BASE_URL: eu.url });
  const id = await submit("gpt-4o");
  await stayInEu();
  await runAgain(id, { engine: engineWith(places()) });
  expect(await row(id)).toMatchObject({ status: "failed", errorCode: "region_not_allowed" });
  expect([...world.keys(), ...eu.keys()]).toEqual([]);
});
