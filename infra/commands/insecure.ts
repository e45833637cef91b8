import { parseEnv } from "../../src/core/platform/env";
import {
  findInsecureTransports,
  innerTargetVariables,
} from "../../src/core/platform/network/insecure-transports";

/**
 * What production must not have without `ALLOW_INSECURE` naming it: connections that are, or may become, plaintext, and
 * customers' targets inside the network. Nothing where there is none.
 * @throws EnvError when the environment itself is not valid.
 */
export function insecureProblem(environment: Record<string, string | undefined>): string | undefined {
  const env = parseEnv(environment);
  const allowed: readonly string[] = env.ALLOW_INSECURE;
  const plaintext = findInsecureTransports(env).filter(({ variable }) => !allowed.includes(variable));
  const open = innerTargetVariables.filter((variable) => env[variable] && !allowed.includes(variable));
  const problems = [
    ...(plaintext.length === 0
      ? []
      : [
          "These addresses are not encrypted:",
          ...plaintext.map(({ variable, remedy }) => `  ${variable}: ${remedy}`),
        ]),
    ...(open.length === 0
      ? []
      : [
          "These let customers reach what is inside the network:",
          ...open.map((variable) => `  ${variable}: leave it out`),
        ]),
  ];
  if (problems.length === 0) return undefined;
  const names = [...plaintext.map(({ variable }) => variable), ...open].join(",");
  return `${problems.join("\n")}\nWhere that is meant, set ALLOW_INSECURE=${names}`;
}
