import { setTimeout as sleep } from "node:timers/promises";
import { openCustomers } from "../customers";
import { type Installation, openInstallation } from "../installation";
import { type Contender, completion } from "./contender";
import { USAGE } from "./mock-protocol";
import type { Ground } from "./peers";

const ORGANIZATIONS = 64;
const SETTLED_WITHIN_MS = 10_000;

/**
 * This product as it is sold: keys, limits, quotas, reservations, ledger, audit, metrics, on PostgreSQL with fsync. Its
 * provider is the mock; the load is shared by 64 organizations.
 */
export async function agatha(
  { upstream, prefix }: Ground,
  { profileDir, env }: { profileDir?: string | undefined; env?: Record<string, string> } = {},
): Promise<Contender & { installation: Installation; keys: string[] }> {
  const installation = await openInstallation({
    redis: false,
    profileDir,
    prefix,
    env: {
      OPENAI_API_KEY: "up",
      OPENAI_BASE_URL: `http://127.0.0.1:${upstream}/v1`,
      ...env,
    },
  });
  try {
    const customers = await openCustomers(installation.db, ORGANIZATIONS);
    await installation.start("server");
    return {
      installation,
      keys: customers.map(({ key }) => key),
      name: "AgathaAI",
      port: installation.port,
      cpu: () => {
        const { server, postgres } = installation.cpu();
        return { own: server, database: postgres };
      },
      requests: (stream) =>
        customers.map(({ key }) =>
          completion("/v1/chat/completions", { authorization: `Bearer ${key}` }, stream),
        ),
      check: ledgerCheck(installation),
      stop: () => installation.close(),
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}

/** Every answer has one row, with its provider's own count of tokens, and nothing is held any more. */
function ledgerCheck({ db }: Installation): NonNullable<Contender["check"]> {
  let [rows, input, output] = [0, 0, 0];
  return async ({ answers, streams }) => {
    for (const deadline = Date.now() + SETTLED_WITHIN_MS; (await db.openCall.count()) > 0; await sleep(50)) {
      if (Date.now() > deadline) return "calls are still open";
    }
    const before = { rows, input, output };
    const { _count, _sum } = await db.usageLedger.aggregate({
      _count: true,
      _sum: { inputTokens: true, outputTokens: true },
    });
    [rows, input, output] = [_count, Number(_sum.inputTokens ?? 0), Number(_sum.outputTokens ?? 0)];
    const expected = answers + streams;
    const found = [rows - before.rows, input - before.input, output - before.output];
    const due = [expected, expected * USAGE.prompt_tokens, expected * USAGE.completion_tokens];
    if (String(found) === String(due)) return undefined;
    return `rows, input and output tokens of the ledger are ${found.join(", ")}, and should be ${due.join(", ")}`;
  };
}
