import type { LocalSecrets } from "../../local/data/secrets";

/** What all test files of a run share. Databases, queues, mailbox and simulators are each file's own. */
export type SharedTestServices = {
  postgresPort: number;
  /** An address in which `DATABASE` stands for the database's name. */
  databaseUrl: string;
  awsPort: number;
  secrets: LocalSecrets;
  region: string;
  /** Where this run keeps the bundles of server and worker. */
  bundles: string;
};

declare module "vitest" {
  export interface ProvidedContext {
    sharedServices: SharedTestServices;
  }
}

/** Migrated once a run; each test file's database is a copy of it. */
export const TEMPLATE_DATABASE = "agathaai_template";
