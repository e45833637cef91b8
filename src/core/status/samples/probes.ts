import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { SECOND } from "../../platform";
import { env } from "../../platform/env";
import { checkMailServer } from "../../platform/mail/send-email";

/** What is asked from outside, as a customer would. */
export interface Probes {
  /** The status and how long it took; throws when nothing answers in time. */
  get(path: string): Promise<{ status: number; ms: number }>;
  /** Throws when the mail server does not take our connection. */
  mailServer(): Promise<void>;
}

export const PROBE_MS = 5 * SECOND;
/** A process that is just starting, or a connection that broke once, is no minute's outage. */
const SECOND_TRY_AFTER_MS = 5 * SECOND;

/** Through the address that customers use: what stands before the process is a part of what is measured. */
export const probes: Probes = {
  async get(path) {
    const first = await ask(path).catch(() => undefined);
    if (first !== undefined && first.status < 500) return first;
    await sleep(SECOND_TRY_AFTER_MS);
    return await ask(path);
  },
  mailServer: checkMailServer,
};

async function ask(path: string): Promise<{ status: number; ms: number }> {
  const started = performance.now();
  const { statusCode, body } = await request(new URL(path, env().APP_URL), {
    signal: AbortSignal.timeout(PROBE_MS),
    headers: { "user-agent": "AgathaAI-Status" },
  });
  await body.dump();
  return { status: statusCode, ms: performance.now() - started };
}
