import { afterAll, expect, it } from "vitest";
import { startTcpProxy } from "../../infra/testing/tcp-proxy";
import { until } from "../../infra/testing/until";
import { EpochStore } from "../../src/core/platform/cell/epoch-store";
import { createStorage } from "../../src/core/platform/storage";
import { startReader } from "./support/start-reader";
import { useOwnPostgres } from "./support/use-own-postgres";

const { stack, processes, connected } = await useOwnPostgres(0);
const objects = new URL(stack.env["S3_ENDPOINT"] ?? "");
const bucket = stack.env["S3_BUCKET"] ?? "";
const regions = ["us-east-1", "us-west-2", "us-east-2"];
/** The way to each witness, which can be cut. They keep one bucket: what is tried here is who is heard. */
const ways = await Promise.all(regions.map(() => startTcpProxy(Number(objects.port))));
const cut = async (...which: number[]) => {
  for (const [index, way] of ways.entries()) {
    await way.stop().catch(() => undefined);
    if (!which.includes(index)) await way.start();
  }
};
const reader = await startReader(
  await connected(async (sql) => `postgresql://${sql.user}:${sql.password}@127.0.0.1:${sql.port}/postgres`),
);
afterAll(async () => {
  await reader.stop();
  await Promise.all(ways.map((way) => way.stop().catch(() => undefined)));
});

const isFollowed = () =>
  connected(async (sql) => {
    const { rows } = await sql.query<{ followed: boolean }>("SELECT cell_is_followed() AS followed");
    return rows[0]?.followed === true;
  });
const supersededBy = () =>
  connected(async (sql) => (await sql.query("SELECT superseded_by AS by FROM cell_epoch")).rows[0]?.by);
const isReady = async () => (await fetch(`${processes.url}/api/ready`)).status === 200;

it("a region that is cut off with a reader of its own stops by itself, the loss of one witness stops nobody, and a promotion fences it for good", async () => {
  await until(isFollowed);
  await processes.server?.kill();
  await cut(0);
  await processes.restartServer({
    CELL: "use1",
    CELL_EPOCH_TTL_MS: "3000",
    CELL_EPOCH_WITNESSES: regions
      .map((region, index) => `${bucket}@${region}=http://127.0.0.1:${ways[index]?.port}`)
      .join(","),
  });
  await until(isReady);

  await cut(0, 2);
  await until(async () => !(await isReady()));
  const refused = await fetch(`${processes.url}/api/v1/models`);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  // Its database lives, and is followed: that is no sign that nobody else was promoted.
  expect(await isFollowed()).toBe(true);
  expect(await supersededBy()).toBeNull();

  await cut(2);
  await until(isReady);

  const storage = createStorage({ region: "us-east-1", endpoint: objects.origin, bucket });
  await new EpochStore(storage, "use1").raise(2, {
    at: new Date().toISOString(),
    database: "there",
    timeline: 1,
  });
  storage.close();
  await until(async () => !(await isReady()));
  await until(async () => (await supersededBy()) === 2);
});
