import { afterAll, inject } from "vitest";
import { endTestProcesses } from "../processes/start-test-processes";
import { dropOwnDatabases } from "./test-database";

// Setup of every integration test file: its processes and databases end with it, after everything that the file itself
// closes. Here and not where they are started: Vitest runs no hook that is registered within another one.
afterAll(async () => {
  await endTestProcesses();
  await dropOwnDatabases(inject("sharedServices"));
});
