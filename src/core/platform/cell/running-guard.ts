import pg from "pg";
import { singleton } from "../concurrency/singleton";
import { withTimeout } from "../concurrency/with-timeout";
import { connectTo, withRenewal } from "../db/password/connect";
import { env } from "../env";
import { log } from "../observability/log";
import { EpochGuard } from "./epoch-guard";
import { openEpochStore } from "./epoch-store";
import type { CellRow } from "./judge";
import { mayWrite, onStanding, type Standing, setStanding, standing } from "./standing";

/** So many looks within the time that a process goes on without a sign. */
const LOOKS = 5;

const running = singleton("cell guard", () => {
  const { CELL_EPOCH_TTL_MS: ttlMs } = env();
  const everyMs = ttlMs / LOOKS;
  const store = openEpochStore();
  const guard = new EpochGuard({
    ttlMs,
    decided: (next, epoch, validUntil) => {
      const from = standing();
      setStanding(next, epoch, validUntil);
      if (next !== from) log().warn({ from, to: next, epoch }, "this process’s standing in its cell");
    },
    row: () => asked(everyMs, readRow),
    newest: store && (() => withTimeout(store.newest(), everyMs)),
    decidesAlone: store?.decidesAlone,
    supersede: (by) =>
      asked(everyMs, (client) => client.query("SELECT cell_supersede($1)", [by]).then(() => {})),
  });
  return { guard, everyMs, timer: undefined as NodeJS.Timeout | undefined };
});

/** Looks once and then again and again, where this installation is a cell. To be called before the first statement. */
export async function startCellGuard(): Promise<Standing> {
  if (env().CELL === undefined) return standing();
  const now = running();
  const first = await now.guard.check();
  now.timer ??= setInterval(() => {
    now.guard
      .check()
      .catch((error: unknown) => log().error({ err: error }, "the cell's epoch could not be checked"));
  }, now.everyMs).unref();
  return first;
}

export function stopCellGuard(): void {
  clearInterval(running.clear()?.timer);
}

/** Resolves once this process may write; false when aborted before. */
export async function untilMayWrite(signal: AbortSignal): Promise<boolean> {
  while (!mayWrite() && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const done = () => {
        off();
        signal.removeEventListener("abort", done);
        clearTimeout(again);
        resolve();
      };
      const off = onStanding(done);
      // Keeps a process alive that has nothing else to do.
      const again = setTimeout(done, 60_000);
      signal.addEventListener("abort", done);
    });
  }
  return !signal.aborted;
}

/** On a connection of its own: the pools may be busy, and their sessions may write. */
async function asked<T>(withinMs: number, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const { source, ...address } = connectTo(env().DATABASE_URL);
  return await withRenewal(source, async () => {
    const client = new pg.Client({
      ...address,
      application_name: "agathaai-epoch",
      connectionTimeoutMillis: withinMs,
      query_timeout: withinMs,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return await ask(client);
    } finally {
      void client.end().catch(() => undefined);
    }
  });
}

async function readRow(client: pg.Client): Promise<CellRow> {
  const { rows } = await client.query<CellRow>(`
    SELECT epoch, superseded_by AS "supersededBy", pg_is_in_recovery() AS follows, cell_is_followed() AS "isFollowed"
    FROM cell_epoch`);
  const [row] = rows;
  if (row === undefined) throw new Error("the cell's epoch is missing");
  return row;
}
