import { expect, it } from "vitest";
import { crossing, recordRedis } from "../../../infra/testing/redis/redis-recorder";
import { newId } from "../platform";
import { bytesInRedis, inRedis } from "./redis-entries";

it("every script and command of the response cache names keys of one hash tag, so that a cluster can place it", async () => {
  let evals = 0;
  const { client, sent } = recordRedis((name) => {
    if (name === "eval") return evals++ === 0 ? [1, 0, 3, "0"] : 0;
    return name === "hgetall" ? { [newId()]: "1 0" } : null;
  });
  const store = inRedis(client);
  const entry = { orgId: newId(), name: new Uint8Array([1, 2, 3]) };
  await store.read(entry);
  await store.write(entry, { cipher: new Uint8Array(3), expiresAt: new Date(), maxBytes: 9 });
  await store.deleteAll(entry.orgId);
  await bytesInRedis(client);
  expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(["get", "eval", "hset", "hdel", "hgetall"]));
  expect(sent.filter(({ tags }) => tags.length > 1)).toHaveLength(2);
  expect(crossing(sent)).toEqual([]);
});
