import { PrismaPg } from "@prisma/adapter-pg";
import { env } from "./env";
import { Prisma, PrismaClient } from "./generated/prisma/client";

export type Db = PrismaClient;
/** A transaction's client. Functions that take `Db | Tx` may run alone or as part of a larger commit. */
export type Tx = Prisma.TransactionClient;
export type DbOrTx = Db | Tx;
export { Prisma };

export interface DbOptions {
  url: string;
  poolMax: number;
}

/** How long a caller waits for a free connection before it is told 503; adapter-pg alone would wait for ever. */
const CONNECTION_TIMEOUT_MS = 5_000;

export function createDb({ url, poolMax }: DbOptions): Db {
  const adapter = new PrismaPg({
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // The adapter writes and reads times without their offset: the session's zone must be the one it assumes.
    options: "-c TimeZone=UTC",
  });
  return new PrismaClient({ adapter, errorFormat: "minimal", log: [] });
}

// Next bundles its own copy of this module beside the API server's: both must share one pool.
const shared = globalThis as typeof globalThis & { agathaDb?: Db };

export function db(): Db {
  shared.agathaDb ??= createDb({ url: env().DATABASE_URL, poolMax: env().DATABASE_POOL_MAX });
  return shared.agathaDb;
}

export async function closeDb(): Promise<void> {
  const open = shared.agathaDb;
  delete shared.agathaDb;
  await open?.$disconnect();
}
