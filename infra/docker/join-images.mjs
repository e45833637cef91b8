import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// `node infra/docker/join-images.mjs image.tar image-amd64.tar image-arm64.tar`: one image of several processors. Each was
// built on a machine of its own kind, as an OCI archive; what is joined is their list, whose digest it prints. The same
// parts give the same list, so the digest can be worked out again by whoever has them.
const INDEX = "application/vnd.oci.image.index.v1+json";
const [, , target, ...parts] = process.argv;
if (target === undefined || parts.length < 2) {
  console.error("Usage: node infra/docker/join-images.mjs <image.tar> <part.tar> <part.tar>…");
  process.exit(64);
}

const work = mkdtempSync(join(tmpdir(), "agathaai-join-"));
try {
  const joined = join(work, "joined");
  mkdirSync(join(joined, "blobs/sha256"), { recursive: true });
  const manifests = parts
    .map((part, at) => addPart(part, join(work, String(at)), joined))
    .sort((a, b) => a.platform.architecture.localeCompare(b.platform.architecture));
  const seen = manifests.map(({ platform }) => platform.architecture);
  if (new Set(seen).size !== seen.length)
    throw new Error(`two parts are for one processor: ${seen.join(", ")}`);

  const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
  const digest = sha256(index);
  writeFileSync(blob(joined, digest), index);
  writeFileSync(join(joined, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(joined, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [{ mediaType: INDEX, digest, size: Buffer.byteLength(index) }],
    }),
  );
  execFileSync("tar", [
    "--create",
    "--file",
    target,
    "--directory",
    joined,
    "blobs",
    "index.json",
    "oci-layout",
  ]);
  console.log(digest);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Copies a part's blobs, and says under which digest and for which processor its one manifest stands there. */
function addPart(part, folder, joined) {
  mkdirSync(folder);
  execFileSync("tar", ["--extract", "--file", part, "--directory", folder]);
  const { manifests } = readJson(join(folder, "index.json"));
  if (manifests.length !== 1) throw new Error(`${part} has ${manifests.length} images, and not one`);
  const [{ mediaType, digest, size }] = manifests;
  const bytes = readFileSync(blob(folder, digest));
  if (sha256(bytes) !== digest) throw new Error(`${part} is not what its digest says`);
  const { config } = JSON.parse(bytes);
  if (config === undefined) throw new Error(`${part} is a list of images, and not one`);
  const { os, architecture } = readJson(blob(folder, config.digest));
  cpSync(join(folder, "blobs"), join(joined, "blobs"), { recursive: true });
  return { mediaType, digest, size, platform: { architecture, os } };
}

function blob(folder, digest) {
  return join(folder, "blobs", ...digest.split(":"));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function sha256(content) {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
