import { describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { openApi } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey } from "../../support/people";

const stack = await useTestStack();
const PROMPT = "marmalade-zeppelin-0451";
const FAILING = "[[sim:400]] heliotrope-abacus-7719";

describe("plaintext prompts, answers, keys, passwords and addresses", () => {
  it("appear in no log line and no column, whether a request completes or fails", async () => {
    const processes = await startTestProcesses({ server: true, workers: 1, env: { LOG_LEVEL: "trace" } });
    const api = await openApi(processes);
    const ada = await customer(api, stack);
    const key = await makeKey(api, ada);
    const ask = (prompt: string) =>
      api.post("/api/v1/inference", {
        as: key,
        body: { model: "gpt-4o", prompt, metadata: { trip: "periwinkle-sextant" } },
        headers: { prefer: "wait=10" },
      });
    const completed = await ask(PROMPT);
    expect(completed.json).toMatchObject({ status: "completed" });
    expect((await ask(FAILING)).json).toMatchObject({ status: "failed" });
    await processes.stop();

    const secrets = {
      prompt: PROMPT,
      "failing prompt": "heliotrope-abacus-7719",
      metadata: "periwinkle-sextant",
      answer: completed.json.output.content.slice(0, 60),
      key,
      password: ada.password,
      email: ada.email,
    };
    const logs = [processes.server, ...processes.workers].map((one) => one?.logs() ?? "").join("\n");
    expect(logs.length).toBeGreaterThan(0);
    const rows = await everyRow();
    expect(rows).toContain("gpt-4o");
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret, name).toBeTruthy();
      expect(logs.includes(secret), `${name} in the logs`).toBe(false);
      expect(rows.includes(secret), `${name} in the database`).toBe(false);
    }
  });
});

/** Every table as text, with bytes also as the characters they may spell: what a thief of a backup can search. */
async function everyRow(): Promise<string> {
  const tables = await query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    for (const { row } of rows) {
      const spelled = [...row.matchAll(/\\x([0-9a-f]{2,})/g)].map(([, hex]) =>
        Buffer.from(hex ?? "", "hex").toString("latin1"),
      );
      texts.push(row, ...spelled);
    }
  }
  return texts.join("\n");
}
