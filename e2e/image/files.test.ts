import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collectImage } from "./run-image";

/** An image of 300 MB, of which Node.js takes 124 and the base 24. */
const FILES_MB = 152;

let image: ReturnType<typeof collectImage>;
beforeAll(() => {
  image = collectImage();
});
afterAll(() => {
  image.remove();
});

/** What `encodeLogo` (core/oauth/apps/logo.ts) does with an upload. */
const ENCODE = `
  const { default: sharp } = await import("sharp");
  const drawn = await sharp({ create: { width: 300, height: 200, channels: 3, background: "teal" } }).webp().toBuffer();
  const { format } = await sharp(drawn).metadata();
  const png = await sharp(drawn).rotate().resize(128, 128, { fit: "contain" }).png().toBuffer();
  console.log(format, png.subarray(1, 4).toString());
`;

it("an app's logo is encoded by the image's own files", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", ENCODE], {
    cwd: image.app,
    env: { NODE_ENV: "production" },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(stdout).toBe("webp PNG\n");
});

it("the image's files leave it below 300 MB", () => {
  const bytes = readdirSync(image.app, { recursive: true, encoding: "utf8" })
    .map((file) => statSync(join(image.app, file), { throwIfNoEntry: false }))
    .reduce((sum, stat) => sum + (stat?.isFile() ? stat.size : 0), 0);
  console.log(`${(bytes / 1e6).toFixed(1)} MB`);
  expect(bytes / 1e6).toBeLessThan(FILES_MB);
});
