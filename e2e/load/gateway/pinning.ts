import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/**
 * Keeps this process and what it starts (load, provider, database) off the first core, and gives the command that puts a
 * gateway alone on it.
 */
export function pinning(): { prefix: readonly string[]; said: string } {
  const cores = cpus().length;
  if (cores < 2) return { prefix: [], said: "One core: gateway, load and provider share it." };
  try {
    execFileSync("taskset", ["-acp", `1-${cores - 1}`, String(process.pid)], { stdio: "ignore" });
    return {
      prefix: ["taskset", "-c", "0"],
      said: `Each gateway runs on core 0; load, provider and database on ${cores === 2 ? "the other" : `the other ${cores - 1}`}.`,
    };
  } catch {
    return { prefix: [], said: "There is no taskset here: gateway, load and provider share all cores." };
  }
}
