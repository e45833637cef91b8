import { expect, it } from "vitest";
import { connectionsOf, profiles } from "../spec/profiles";
import { spec } from "../spec/spec";

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

it.each(Object.values(profiles))("$name: the database has the memory for its connections", ({ database }) => {
  // PostgreSQL's own default on RDS: a connection for each 9.5 MB, 5,000 at most.
  const memory = (database.memoryGiB * 1_024 ** 3) / 9_531_392;
  expect(database.maxConnections).toBeLessThanOrEqual(Math.min(memory, 5_000));
});
