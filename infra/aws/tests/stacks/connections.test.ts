import { expect, it } from "vitest";
import { connectionsOf, profiles } from "../../spec/profiles";
import { spec } from "../../spec/spec";
import { synthesized } from "../support/synthesized";
import { variablesOf } from "../support/variables-of";

it.each(Object.values(profiles))(
  "$name: every process at its most, two deployments at once, opens at most 80 % of the database's connections",
  (profile) => {
    const most = connectionsOf(profile);
    console.log(`${profile.name}: ${most} of ${profile.database.maxConnections} connections`);
    expect(most).toBeLessThanOrEqual(
      (spec.capacity.connectionsPercent / 100) * profile.database.maxConnections,
    );
  },
);

it.each(Object.values(profiles))(
  "$name: an API task runs a process on each of its cores, and the budget counts each one's connections",
  ({ name, api }) => {
    const tasks = variablesOf(synthesized(name)).filter((task) => task.name === "api");
    expect(tasks.length).toBeGreaterThan(0);
    for (const { open } of tasks) {
      expect(open["SERVER_PROCESSES"]).toBe(String(Math.max(1, api.cpu / 1_024)));
      expect(open["DATABASE_POOL_MAX"]).toBe(String(api.connections.pool));
    }
    const one = { ...profiles[name], api: { ...api, cpu: 1_024 } };
    expect(connectionsOf({ ...one, api: { ...api, cpu: 2_048 } }) - connectionsOf(one)).toBe(
      2 * api.max * (api.connections.pool + api.connections.beside),
    );
  },
);

it.each(Object.values(profiles))("$name: the database has the memory for its connections", ({ database }) => {
  // PostgreSQL's own default on RDS: a connection for each 9.5 MB, 5,000 at most.
  const memory = (database.memoryGiB * 1_024 ** 3) / 9_531_392;
  expect(database.maxConnections).toBeLessThanOrEqual(Math.min(memory, 5_000));
});
