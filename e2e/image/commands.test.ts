import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../../infra/commands/build";
import { systemPort } from "../../infra/local/process/ports";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { collectImage, runImage } from "./run-image";
import { killAll } from "./running";
import { containerEnvironment, untilHealthy, untilReady } from "./until-serves";

const stack = await useTestStack();
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const compose = composeSchema.parse(
  parse(readFileSync(join(ROOT, "infra/docker/box/compose.yaml"), "utf8"), { merge: true }),
);
const commandOf = (service: string) => compose.services[service]?.command ?? [];

let image: ReturnType<typeof collectImage>;
beforeAll(() => {
  image = collectImage();
});
afterAll(() => {
  killAll();
  image.remove();
});

const environment = (more: Record<string, string> = {}) => containerEnvironment(stack.env, more);

/** As the image's HEALTHCHECK asks. */
const health = (env: Record<string, string>) => runImage(image.app, ["health"], env);

it("the commands of the compose file's product services are those of the image", () => {
  expect(["migrate", "server", "worker"].map(commandOf)).toEqual([["migrate"], ["server"], ["worker"]]);
});

it("migrate brings the database up to date as its owner, and ends", async () => {
  const env = environment({ MIGRATION_DATABASE_URL: stack.databaseUrl });
  const program = runImage(image.app, commandOf("migrate"), env);
  expect(await program.exited, program.logs()).toBe(0);
  expect(program.logs()).toContain("the database is up to date");
});

it("server answers its health check, the API and the portal from files it cannot write, and drains on SIGTERM", async () => {
  const PORT = String(await systemPort());
  const env = environment({ PORT, SERVE: "all", MIGRATION_DATABASE_URL: stack.databaseUrl });
  const program = runImage(image.app, commandOf("server"), env);
  await untilHealthy(program, () => health(env));
  const get = (path: string) => fetch(`http://127.0.0.1:${PORT}${path}`, { headers: { host: "localhost" } });
  await untilReady(program, `http://127.0.0.1:${PORT}/api/ready`);
  const page = await get("/sign-in");
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain("Sign in");
  const [script] = /\/_next\/static\/[^"]+\.js/.exec(html) ?? [];
  expect((await get(script ?? "/no-script")).status).toBe(200);
  expect((await get("/api/openapi.json")).status).toBe(200);
  expect(program.logs()).not.toMatch(/EROFS|EACCES/);
  expect(await program.stop(), program.logs()).toBe(0);
});

it("server with SERVE=api answers the API alone", async () => {
  const PORT = String(await systemPort());
  const env = environment({ PORT, SERVE: "api" });
  const program = runImage(image.app, ["server"], env);
  await untilHealthy(program, () => health(env));
  await untilReady(program, `http://127.0.0.1:${PORT}/api/ready`);
  expect((await fetch(`http://127.0.0.1:${PORT}/sign-in`)).status).toBe(404);
  expect(await program.stop(), program.logs()).toBe(0);
});

it("worker is healthy by its metrics, and drains on SIGTERM", async () => {
  expect(compose.services.worker?.environment).toHaveProperty("WORKER_METRICS_PORT");
  const env = environment({ WORKER_METRICS_PORT: String(await systemPort()) });
  const program = runImage(image.app, commandOf("worker"), env);
  await untilHealthy(program, () => health(env));
  expect(await program.stop(), program.logs()).toBe(0);
});

it("a container that would speak plaintext without being told so does not start", async () => {
  const program = runImage(image.app, ["server"], { ...stack.env, NODE_ENV: "production" });
  expect(await program.exited).toBe(1);
  expect(program.logs()).toContain("not encrypted");
});
