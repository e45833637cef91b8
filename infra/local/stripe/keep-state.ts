import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { emptyState, type State } from "./objects";

const WRITE_EVERY_MS = 250;

export type KeptState = { state: State; changed(): void; flush(): void };

/** The stand-in's whole memory, in one JSON file that survives restarts; without a file, in memory alone. */
export function keepState(file: string | undefined): KeptState {
  const state: State =
    file !== undefined && existsSync(file)
      ? { ...emptyState(), ...JSON.parse(readFileSync(file, "utf8")) }
      : emptyState();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    state,
    changed: () => {
      timer ??= setTimeout(flush, WRITE_EVERY_MS).unref();
    },
    flush,
  };
}
