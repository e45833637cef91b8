import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemPort } from "../../infra/local/process/ports";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { type BuiltImage, buildImage } from "./built-image";
import { engine } from "./engine";
import { killAll } from "./running";
import { containerEnvironment, untilHealthy, untilReady } from "./until-serves";

const stack = await useTestStack();
const environment = (more: Record<string, string>) => containerEnvironment(stack.env, more);

/** Installing, building and collecting, on whatever machine this is. */
const BUILD_MS = 45 * 60_000;

describe.skipIf(engine === undefined)(
  `the image, as ${engine ?? "buildah (as root) or docker, where one is there,"} builds and starts it`,
  () => {
    let image: BuiltImage;
    beforeAll(() => {
      image = buildImage();
      console.log(`${(image.bytes / 1e6).toFixed(1)} MB`);
    }, BUILD_MS);
    afterAll(() => {
      killAll();
      image?.remove();
    });
    const health = (env: Record<string, string>) => () => image.run(["health"], env);

    it("is smaller than 300 MB, is nobody's, and serves when nobody says otherwise", () => {
      expect(image.bytes / 1e6).toBeLessThan(300);
      expect(image.config).toMatchObject({ User: "10001:10001", WorkingDir: "/app", Cmd: ["server"] });
    });

    it("migrate brings the database up to date as its owner, and ends", async () => {
      const program = image.run(["migrate"], environment({ MIGRATION_DATABASE_URL: stack.databaseUrl }));
      expect(await program.exited, program.logs()).toBe(0);
      expect(program.logs()).toContain("the database is up to date");
    });

    it("server answers its health check, the API and the portal, writes nowhere, and drains on SIGTERM", async () => {
      const PORT = String(await systemPort());
      const env = environment({ PORT, SERVE: "all" });
      const program = image.run(image.config.Cmd, env);
      await untilHealthy(program, health(env));
      await untilReady(program, `http://127.0.0.1:${PORT}/api/ready`);
      const page = await fetch(`http://127.0.0.1:${PORT}/sign-in`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain("Sign in");
      expect(program.logs()).not.toMatch(/EROFS|EACCES/);
      expect(await program.stop(), program.logs()).toBe(0);
    });

    it("worker is healthy by its metrics, and drains on SIGTERM", async () => {
      const env = environment({ WORKER_METRICS_PORT: String(await systemPort()) });
      const program = image.run(["worker"], env);
      await untilHealthy(program, health(env));
      expect(await program.stop(), program.logs()).toBe(0);
    });

    it("a container that would speak plaintext without being told so does not start", async () => {
      const program = image.run(["server"], { ...stack.env, NODE_ENV: "production" });
      expect(await program.exited).toBe(1);
      expect(program.logs()).toContain("not encrypted");
    });
  },
);
