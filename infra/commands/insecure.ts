import { parseEnv } from "../../src/core/platform/env";
import { findInsecureTransports } from "../../src/core/platform/network/insecure-transports";

/**
 * Which connections are, or may become, plaintext without `ALLOW_INSECURE` naming them; nothing where all are encrypted.
 * @throws EnvError when the environment itself is not valid.
 */
export function insecureProblem(environment: Record<string, string | undefined>): string | undefined {
  const env = parseEnv(environment);
  const allowed: readonly string[] = env.ALLOW_INSECURE;
  const insecure = findInsecureTransports(env).filter(({ variable }) => !allowed.includes(variable));
  if (insecure.length === 0) return undefined;
  const lines = insecure.map(({ variable, remedy }) => `  ${variable}: ${remedy}`);
  const names = insecure.map(({ variable }) => variable).join(",");
  return `These addresses are not encrypted:\n${lines.join("\n")}\nWhere that is meant, set ALLOW_INSECURE=${names}`;
}
