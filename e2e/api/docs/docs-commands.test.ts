import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { keyScopes } from "@agathaai/core/keys";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { customer, makeKey, type Person } from "../../support/people";
import { snippetsOfDocs, snippetsOfGuides, toScript } from "./snippets";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const stack = await useTestStack();
let api: Api;
let ada: Person;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  ada = await customer(api, stack);
  key = await makeKey(api, ada, { scopes: keyScopes });
});

/** A request for the command to name: one that has ended, or one at work for a command that ends it. */
async function askFor(atWork: boolean): Promise<string> {
  const { json } = await api.post("/api/v1/inference", {
    as: key,
    body: { model: "gpt-4o", prompt: atWork ? "[[sim:slow:20000]]" : "Hello", max_tokens: 20 },
    headers: atWork ? {} : { prefer: "wait=20" },
  });
  return json.id;
}

const snippets = [...snippetsOfDocs(root), ...snippetsOfGuides(root)];

describe("a command that the docs show", () => {
  it("exists in the README, the docs and the portal's guides", () => {
    const places = snippets.map(({ where }) => where);
    for (const part of ["README.md", "docs/GETTING_STARTED.md", "docs/usage-and-history.md", "the guide"]) {
      expect(places.filter((place) => place.startsWith(part)).length, part).toBeGreaterThan(0);
    }
  });

  it.each(snippets)("returns 2xx as pasted: $where", async ({ command }) => {
    const env = {
      ...process.env,
      URL: api.url,
      AGATHA_KEY: key,
      AGATHA_API_KEY: key,
      ACCESS_TOKEN: ada.accessToken,
      KEY_ID: await makeThrowaway(),
      REQUEST_ID: await askFor(command.includes("/cancel")),
    };
    const outcome = await run("bash", ["-c", toScript(command, api.url)], { env }).catch(
      (error: { stdout: string; stderr: string }) => ({ stdout: error.stdout, stderr: error.stderr }),
    );
    expect(outcome.stderr, outcome.stdout).toBe("");
  });
});

/** A key that a command may change without taking ours from us. */
async function makeThrowaway(): Promise<string> {
  const { json } = await api.post("/api/v1/keys", {
    as: ada.accessToken,
    body: { name: "Throwaway", environment: "test" },
  });
  return json.id;
}
