import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { buildApp } from "fauxqs";
import { z } from "zod";

type App = ReturnType<typeof buildApp>;

const storedSchema = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });

/**
 * fauxqs keeps objects in memory. This writes each object to disk when it is stored and restores all of them at start,
 * so that local exports and archives survive a restart. One object is two files: `<hash>.json` (address and headers)
 * and `<hash>.bin` (content).
 */
export async function keepObjects(app: App, dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let restoring = true;

  app.addHook(
    "onResponse",
    async (request: { method: string; raw: { url?: string } }, reply: { statusCode: number }) => {
      if (restoring || reply.statusCode >= 300) return;
      const { pathname, searchParams } = new URL(request.raw.url ?? "/", "http://localhost");
      if (pathname === "/" || pathname.startsWith("/_fauxqs")) return; // SQS and inspection
      if (request.method === "PUT" && !searchParams.has("partNumber")) await keep(app, dir, pathname);
      if (request.method === "POST" && searchParams.has("uploadId")) await keep(app, dir, pathname);
      if (request.method === "DELETE" && !searchParams.has("uploadId")) forget(dir, pathname);
      if (request.method === "POST" && searchParams.has("delete")) await forgetMissing(app, dir, pathname);
    },
  );

  await app.ready();
  for (const { url, headers, body } of stored(dir)) {
    await app.inject({ method: "PUT", url: `/${url.split("/")[1]}`, headers: { host: "localhost" } });
    await app.inject({ method: "PUT", url, headers: { ...headers, host: "localhost" }, payload: body });
  }
  restoring = false;
}

/** After a write the object is read back, so that every way of storing one (put, copy, multipart) is handled alike. */
async function keep(app: App, dir: string, url: string): Promise<void> {
  if (url.split("/").filter(Boolean).length < 2) return;
  const answer = await app.inject({ method: "GET", url, headers: { host: "localhost" } });
  if (answer.statusCode !== 200) return;
  const headers = Object.fromEntries(
    Object.entries(answer.headers)
      .filter(([name]) => name === "content-type" || name.startsWith("x-amz-meta-"))
      .map(([name, value]) => [name, String(value)]),
  );
  const base = join(dir, hash(url));
  replace(`${base}.bin`, answer.rawPayload);
  replace(`${base}.json`, JSON.stringify({ url, headers }));
}

function forget(dir: string, url: string): void {
  for (const end of [".json", ".bin"]) rmSync(join(dir, hash(url)) + end, { force: true });
}

async function forgetMissing(app: App, dir: string, bucketUrl: string): Promise<void> {
  const bucket = `/${bucketUrl.split("/")[1]}/`;
  for (const { url } of stored(dir)) {
    if (!url.startsWith(bucket)) continue;
    const answer = await app.inject({ method: "HEAD", url, headers: { host: "localhost" } });
    if (answer.statusCode === 404) forget(dir, url);
  }
}

function* stored(dir: string): Generator<{ url: string; headers: Record<string, string>; body: Buffer }> {
  for (const file of readdirSync(dir)) {
    if (!file.endsWith(".json")) continue;
    const entry = storedSchema.parse(JSON.parse(readFileSync(join(dir, file), "utf8")));
    yield { ...entry, body: readFileSync(join(dir, file.replace(/json$/, "bin"))) };
  }
}

function replace(file: string, content: string | Buffer): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const hash = (url: string) => createHash("sha256").update(url).digest("hex");
