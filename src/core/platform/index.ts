/**
 * What nearly every function of the domain names: who asks, database and clock, ids and errors. The larger parts (queue,
 * storage, logs, a database client) are imported by their own modules, so that a file loads only what it uses.
 */
export * from "./clock";
export type { Db, DbOrTx, Tx } from "./db/client";
export * from "./environment";
export * from "./errors";
export * from "./ids/ids";
export * from "./principal";
