import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";
import { ROOT } from "../../../../infra/commands/build";
import { callServer, createKey, registerCustomer } from "../../../support/customer";
import type { Network } from "./network";
import type { RegionPostgres } from "./region-postgres";

/** As DNS in AWS: asked every ten seconds, one bad answer is enough, and names are remembered for ten. */
export const CHECK = { everyMs: 10_000, timeoutMs: 4_000, rememberedMs: 10_000 };

export async function openCustomer(url: string, database: RegionPostgres) {
  const http = callServer(url);
  const account = await registerCustomer(http);
  const orgId = fromPublicId("org", account.orgId);
  await database.connected(async (sql) => {
    await sql.query("UPDATE users SET email_verified_at = now()");
    await sql.query("UPDATE subscriptions SET plan = 'enterprise'");
  });
  // Rights are remembered for seconds.
  await sleep(6_000);
  const { secret } = await createKey(http, account, { name: "rehearsal" });
  return { orgId, key: secret, accessToken: account.accessToken };
}

/** Until one look is answered badly, as a health check of DNS looks. */
export async function untilUnhealthy(url: string): Promise<void> {
  for (;;) {
    const asked = Date.now();
    const fine = await fetch(`${url}/api/ready`, { signal: AbortSignal.timeout(CHECK.timeoutMs) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!fine) return;
    await sleep(CHECK.everyMs - (Date.now() - asked));
  }
}

/** One request; its status, or 0 where nobody answers. */
export async function submit(url: string, key: string): Promise<number> {
  const body = JSON.stringify({ model: "gpt-4o", max_tokens: 16, prompt: "Is anybody there?" });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return await fetch(`${url}/api/v1/inference`, {
    method: "POST",
    headers,
    body,
    signal: AbortSignal.timeout(4_000),
  }).then(
    ({ status }) => status,
    () => 0,
  );
}

/** The same request, sent by somebody who was cut off together with the region. */
export async function submitWithin(
  { network, region }: { network: Network; region: string },
  url: string,
  key: string,
): Promise<number> {
  const program = join(import.meta.dirname, "submit-once.ts");
  const child = network.spawn(region, process.execPath, ["--import", "tsx", program, url, key], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the output is a pipe");
  const [said] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return Number(said);
}
