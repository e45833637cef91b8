import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";

export interface Answered {
  at: number;
  read: boolean;
  status: number;
  host: string;
}

export interface Load {
  answers: Answered[];
  /** Requests that were answered 2xx, and when they were sent and answered. */
  accepted: Map<string, { sentAt: number; at: number }>;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** So many calls a second, half of them reads, at the host that names lead to at the moment; never waits for answers. */
export function startLoad(host: () => string, key: string, perSecond: number): Load {
  const stopping = new AbortController();
  const answers: Answered[] = [];
  const accepted: Load["accepted"] = new Map();
  const running = new Set<Promise<void>>();
  let known: string | undefined;

  async function call(read: boolean): Promise<void> {
    const [sentAt, to] = [Date.now(), host()];
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const url = `${to}/api/v1/inference${read ? `/${known}` : ""}`;
    const body = JSON.stringify({ model: "gpt-4o", max_tokens: 16, prompt: "A region is lost." });
    const init = read ? { headers } : { method: "POST", headers, body };
    const status = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
      async (response) => {
        const reply = (await response.json()) as { id?: string };
        if (response.status === 202 && reply.id !== undefined) {
          accepted.set(fromPublicId("inf", reply.id), { sentAt, at: Date.now() });
          known ??= reply.id;
        }
        return response.status;
      },
      () => 0,
    );
    answers.push({ at: Date.now(), read, status, host: to });
  }

  const looping = (async () => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const one = call(n % 2 === 1 && known !== undefined).finally(() => running.delete(one));
      running.add(one);
      await sleep(1_000 / perSecond);
    }
  })();
  return {
    answers,
    accepted,
    stop: async () => {
      stopping.abort();
      await looping;
      await Promise.all(running);
    },
  };
}
