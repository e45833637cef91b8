import { setTimeout as sleep } from "node:timers/promises";
import { HttpLine } from "./http-lines";
import type { Load, LoadResult } from "./load";

// A process of its own, so that what the load costs is not mistaken for what serving it costs.
process.once("message", (load: Load) => {
  run(load).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(load: Load): Promise<LoadResult> {
  await fire(load, load.warmupSeconds, new Map(), []);
  process.send?.("measuring");
  const [statuses, latencies] = [new Map<number, number>(), [] as number[]];
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await fire(load, load.seconds, statuses, latencies);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds,
    statuses: Object.fromEntries(statuses),
    latencies: latencies.sort((left, right) => left - right),
    cpuSeconds: (user + system) / 1e6,
  };
}

type Ask = (line: HttpLine, due: number) => Promise<void>;

async function fire(
  load: Load,
  seconds: number,
  statuses: Map<number, number>,
  latencies: number[],
): Promise<void> {
  const lines = Array.from({ length: load.connections }, () => new HttpLine("127.0.0.1", load.port));
  let next = Math.floor(Math.random() * load.requests.length);
  const ask: Ask = async (line, due) => {
    const request = load.requests[next++ % load.requests.length];
    if (request === undefined) throw new Error("There is nothing to ask.");
    const status = await line.ask(request);
    latencies.push(performance.now() - due);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  if (load.rate === undefined) await closedLoop(lines, seconds, ask);
  else await openLoop(lines, seconds, load.rate, ask);
  for (const line of lines) line.close();
}

/** As many as can be: each connection asks again as soon as it is answered. */
async function closedLoop(lines: readonly HttpLine[], seconds: number, ask: Ask): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  await Promise.all(
    lines.map(async (line) => {
      while (performance.now() < end) await ask(line, performance.now());
    }),
  );
}

/**
 * At a rate, whatever the answers do. An answer's time counts from when its request was due, not from when it was
 * sent: a server that stalls is charged for all who would have come meanwhile (no coordinated omission).
 */
async function openLoop(lines: readonly HttpLine[], seconds: number, rate: number, ask: Ask): Promise<void> {
  const free = [...lines];
  const waiting: number[] = [];
  const asked = new Set<Promise<void>>();
  const take = () => {
    while (free.length > 0 && waiting.length > 0) {
      const [line, due] = [free.pop(), waiting.shift()];
      if (line === undefined || due === undefined) return;
      const answered = ask(line, due).finally(() => {
        asked.delete(answered);
        free.push(line);
        take();
      });
      asked.add(answered);
    }
  };
  const began = performance.now();
  const total = Math.round(rate * seconds);
  for (let due = 0; due < total; ) {
    const nextAt = began + (due * 1_000) / rate;
    if (performance.now() >= nextAt) {
      waiting.push(nextAt);
      due += 1;
      take();
    } else await sleep(1);
  }
  while (asked.size > 0) await Promise.all(asked);
}
