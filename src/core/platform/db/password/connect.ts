import pg from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { addressOf } from "./address";
import type { PasswordSource } from "./password-source";

/** invalid_password, and what RDS says of a token that it does not take. */
const REFUSED = new Set(["28P01", "28000"]);

export type ConnectTo = pg.ClientConfig & { source?: PasswordSource };

/** What `pg` needs to connect: with a source, an own function for the password of each connection. */
export function connectTo(url: string): ConnectTo {
  const { connectionString, source } = addressOf(url);
  if (source === undefined) return { connectionString };
  // Given as an address, its empty password would go before the function.
  const { password: _, ...config } = parseIntoClientConfig(connectionString);
  return { ...config, password: () => source.read(), source };
}

/** Tries again with another password, where PostgreSQL refuses one that was changed meanwhile. */
export async function withRenewal<T>(
  source: PasswordSource | undefined,
  connect: () => Promise<T>,
): Promise<T> {
  if (source === undefined) return await connect();
  // A rotation has at most two steps: the version that is pending, and the one that is current in the end.
  for (let tries = 0; ; tries++) {
    await source.read();
    const version = source.version();
    try {
      return await connect();
    } catch (error) {
      if (!isRefused(error) || tries === 2 || !(await source.renew(version))) throw error;
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && REFUSED.has(String(error.code));
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** Whose connections survive a change of their password without anybody who waits for one noticing. */
export class PasswordPool extends pg.Pool {
  readonly #source: PasswordSource | undefined;

  constructor({ source, ...config }: pg.PoolConfig & ConnectTo) {
    super(config);
    this.#source = source;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): unknown {
    if (callback === undefined) return withRenewal(this.#source, () => super.connect());
    if (this.#source === undefined) return super.connect(callback);
    return withRenewal(this.#source, () => super.connect()).then(
      (client) => callback(undefined, client, (release) => client.release(release === true)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }
}
