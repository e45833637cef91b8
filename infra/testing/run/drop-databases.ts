import { afterAll, inject } from "vitest";
import { dropOwnDatabases } from "./test-database";

// Setup of every integration test file: its databases end with it, after everything that the file itself closes.
afterAll(() => dropOwnDatabases(inject("sharedServices")));
