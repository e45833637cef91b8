import { until } from "../../infra/testing/until";
import { parseEnv } from "../../src/core/platform/env";
import { findInsecureTransports } from "../../src/core/platform/network/insecure-transports";
import type { Running } from "./running";

/** The environment of a container: the stack's addresses, with each plaintext one allowed by its name. */
export function containerEnvironment(
  addresses: Record<string, string>,
  more: Record<string, string>,
): Record<string, string> {
  const env = { ...addresses, NODE_ENV: "production", LOG_LEVEL: "info", ...more };
  const insecure = findInsecureTransports(parseEnv(env)).map(({ variable }) => variable);
  return { ...env, ALLOW_INSECURE: [...new Set(insecure)].join(",") };
}

/** A healthy process runs; it is ready to serve when erasures have been repeated. */
export async function untilReady(program: Running, url: string): Promise<void> {
  let answer = "";
  await until(async () => {
    const response = await fetch(url);
    answer = `${response.status} ${await response.text()}`;
    return response.ok;
  }).catch(() => {
    throw new Error(`it is not ready, ${answer}:\n${program.logs()}`);
  });
}

/** `health`: a run of the image's own command, as its HEALTHCHECK asks. */
export async function untilHealthy(program: Running, health: () => Running): Promise<void> {
  let ended: number | null | undefined;
  void program.exited.then((code) => {
    ended = code;
  });
  await until(async () => {
    if (ended !== undefined) throw new Error(`it ended with ${ended}:\n${program.logs()}`);
    return (await health().exited) === 0;
  }, 120_000);
}
