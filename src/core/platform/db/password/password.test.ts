import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeAuthority } from "../../../../../infra/testing/certificates";
import { addressOf } from "./address";
import { connectTo, PasswordPool } from "./connect";
import { iamTokens } from "./iam-tokens";
import { type LocalLogin, startLogin } from "./testing/start-login";
import { type LocalSecrets, startSecrets } from "./testing/start-secrets";

const json = (password: string) => JSON.stringify({ username: "agathaai_app", password });

let secrets: LocalSecrets;
let login: LocalLogin | undefined;
const pools: PasswordPool[] = [];

beforeEach(async () => {
  secrets = await startSecrets(json("first"));
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIATEST");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  login?.stop();
  await secrets.stop();
});

/** Each question over a connection of its own, so that each needs the password. */
function poolTo(parameters: string, { port }: LocalLogin): PasswordPool {
  const pool = new PasswordPool({
    ...connectTo(`postgresql://agathaai_app@127.0.0.1:${port}/agathaai?${parameters}`),
    max: 4,
    maxUses: 1,
  });
  pools.push(pool);
  return pool;
}

describe("a password in Secrets Manager", () => {
  it("is read once for all connections, from JSON as RDS writes it or from the whole text", async () => {
    login = await startLogin("first");
    const pool = poolTo("passwordFrom=secretsmanager:database", login);
    for (let n = 0; n < 5; n++) await pool.query("SELECT 1");
    expect(secrets.calls()).toBe(1);
    secrets.versions.current = "in plain";
    login.password = "in plain";
    await pool.query("SELECT 1");
    expect(login.heard.at(-1)).toBe("in plain");
  });

  it("is rotated under load without one failed question, also between PostgreSQL's change and the secret's", async () => {
    login = await startLogin("first");
    const server = login;
    const pool = poolTo("passwordFrom=secretsmanager:database", server);
    let running = true;
    let asked = 0;
    const load = Array.from({ length: 6 }, async () => {
      while (running) {
        await pool.query("SELECT 1");
        asked += 1;
      }
    });
    const more = async (count: number) => {
      const until = asked + count;
      while (asked < until) await Promise.race([...load, new Promise((next) => setTimeout(next, 5))]);
    };
    for (const next of ["second", "third", "fourth"]) {
      secrets.versions.pending = json(next);
      server.password = next;
      await more(12);
      secrets.versions.current = json(next);
      secrets.versions.pending = undefined;
      await more(12);
    }
    running = false;
    await Promise.all(load);
    expect(new Set(server.heard)).toEqual(new Set(["first", "second", "third", "fourth"]));
  });

  it("that PostgreSQL does not take in any version is an error, after three tries", async () => {
    login = await startLogin("something else");
    const pool = poolTo("passwordFrom=secretsmanager:database", login);
    await expect(pool.query("SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(login.heard.length).toBeLessThanOrEqual(3);
  });

  it("that was read once opens connections while Secrets Manager is away", async () => {
    let now = Date.now();
    const { secretPassword } = await import("./secret-password");
    const source = secretPassword("database", { clock: { now: () => new Date(now) } });
    expect(await source.read()).toBe("first");
    now += 3_600_000;
    secrets.fail(true);
    expect(await source.read()).toBe("first");
    await expect(secretPassword("database").read()).rejects.toThrow();
  });
});

describe("a token of RDS's IAM sign-in", () => {
  it("is signed for this login, used for ten of its fifteen minutes, and signed anew after a failure", async () => {
    let now = Date.now();
    const source = iamTokens(
      { hostname: "db.eu-central-1.rds.amazonaws.com", port: 5432, username: "agathaai_app" },
      { now: () => new Date(now) },
    );
    const first = await source.read();
    const { host, searchParams } = new URL(`https://${first}`);
    expect(host).toBe("db.eu-central-1.rds.amazonaws.com:5432");
    expect(Object.fromEntries(searchParams)).toMatchObject({
      Action: "connect",
      DBUser: "agathaai_app",
      "X-Amz-Expires": "900",
    });
    const version = source.version();
    now += 9 * 60_000;
    expect(await source.read()).toBe(first);
    expect(source.version()).toBe(version);
    now += 2 * 60_000;
    await source.read();
    expect(source.version()).toBe(version + 1);

    let signed = 0;
    const failing = iamTokens({ hostname: "h", port: 1, username: "u" }, undefined, async () => {
      signed += 1;
      if (signed === 1) throw new Error("no credentials yet");
      return "token";
    });
    await expect(failing.read()).rejects.toThrow("no credentials yet");
    expect(await failing.read()).toBe("token");
  });

  it("is what the connection says, with the address's user and port", async () => {
    login = await startLogin("none");
    const pool = poolTo("passwordFrom=iam", login);
    await expect(pool.query("SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(login.heard[0]).toContain(`127.0.0.1:${login.port}/?Action=connect&DBUser=agathaai_app`);
  });
});

describe("an address", () => {
  it("with a password of its own is left as it is, and a source that nobody knows stops the start", () => {
    const url = "postgresql://owner:secret@db/agathaai?sslmode=verify-full";
    expect(connectTo(url)).toEqual({ connectionString: url });
    for (const from of ["vault", "secretsmanager:", ""])
      expect(() => addressOf(`postgresql://u@db/a?passwordFrom=${from}`)).toThrow("passwordFrom");
  });

  it("with verify-full says its password to nobody but the host that the certificate names", async () => {
    const directory = await mkdtemp(join(tmpdir(), "rds-ca-"));
    try {
      const authority = await makeAuthority();
      const file = join(directory, "rds-ca.pem");
      await writeFile(file, authority.certificate);
      const secure = `sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`;
      const from = "passwordFrom=secretsmanager:database";

      login = await startLogin("first", await authority.issue({ ip: "127.0.0.1" }));
      await poolTo(`${secure}&${from}`, login).query("SELECT 1");
      expect(login.heard).toEqual(["first"]);
      await expect(poolTo(`sslmode=verify-full&${from}`, login).query("SELECT 1")).rejects.toThrow();
      expect(login.heard).toEqual(["first"]);
      login.stop();

      for (const certificate of [await authority.issue({ ip: "127.0.0.9" }), undefined]) {
        login = await startLogin("first", certificate);
        await expect(poolTo(`${secure}&${from}`, login).query("SELECT 1")).rejects.toThrow();
        expect(login.heard).toEqual([]);
        login.stop();
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
