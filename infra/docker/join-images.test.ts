import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { ROOT } from "../commands/build";

const work = mkdtempSync(join(tmpdir(), "agathaai-join-test-"));
afterAll(() => rmSync(work, { recursive: true }));
const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** An OCI archive of one image, as BuildKit and buildah write it. */
function part(name: string, architecture: string, corrupt = false): string {
  const folder = join(work, name);
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const add = (text: string) => {
    const digest = sha256(text);
    writeFileSync(join(folder, "blobs/sha256", digest.slice(7)), text);
    return { digest, size: text.length };
  };
  const config = add(JSON.stringify({ os: "linux", architecture, rootfs: { type: "layers", diff_ids: [] } }));
  const layer = add(`files of ${architecture}`);
  const manifest = add(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
    }),
  );
  if (corrupt) writeFileSync(join(folder, "blobs/sha256", manifest.digest.slice(7)), "{}");
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: MANIFEST, ...manifest }] }),
  );
  const file = join(work, `${name}.tar`);
  execFileSync("tar", ["-cf", file, "-C", folder, "blobs", "index.json", "oci-layout"]);
  return file;
}

const joinImages = (target: string, ...parts: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "infra/docker/join-images.mjs"), join(work, target), ...parts], {
    encoding: "utf8",
  });
const amd64 = part("amd64", "amd64");
const arm64 = part("arm64", "arm64");

it("two images of one commit become one list for both processors, under the digest that is printed", () => {
  const { stdout, stderr, status } = joinImages("image.tar", amd64, arm64);
  expect(status, stderr).toBe(0);
  const folder = join(work, "seen");
  mkdirSync(folder);
  execFileSync("tar", ["-xf", join(work, "image.tar"), "-C", folder]);
  const top = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  const digest = stdout.trim();
  expect(top.manifests).toMatchObject([{ digest, mediaType: "application/vnd.oci.image.index.v1+json" }]);
  const list = readFileSync(join(folder, "blobs/sha256", digest.slice(7)), "utf8");
  expect(sha256(list)).toBe(digest);
  const { manifests } = JSON.parse(list);
  expect(manifests.map(({ platform }: { platform: unknown }) => platform)).toEqual([
    { architecture: "amd64", os: "linux" },
    { architecture: "arm64", os: "linux" },
  ]);
  // Everything that a manifest names is there.
  for (const one of manifests) {
    const manifest = JSON.parse(readFileSync(join(folder, "blobs/sha256", one.digest.slice(7)), "utf8"));
    for (const named of [manifest.config, ...manifest.layers])
      expect(readFileSync(join(folder, "blobs/sha256", named.digest.slice(7))).length).toBe(named.size);
  }
});

it("the same parts in another order have the same digest", () => {
  expect(joinImages("one.tar", amd64, arm64).stdout).toBe(joinImages("two.tar", arm64, amd64).stdout);
});

it("two parts for one processor, a part alone and a part that was changed are refused", () => {
  expect(joinImages("x.tar", amd64, part("again", "amd64")).stderr).toContain(
    "two parts are for one processor",
  );
  expect(joinImages("x.tar", amd64).status).toBe(64);
  expect(joinImages("x.tar", amd64, part("broken", "arm64", true)).stderr).toContain(
    "is not what its digest says",
  );
});

const skopeo = spawnSync("skopeo", ["--version"]).status === 0;

it.skipIf(!skopeo)("skopeo, where it is installed, reads the list, by the digest that is printed", () => {
  const { stdout } = joinImages("read.tar", amd64, arm64);
  const raw = execFileSync("skopeo", ["inspect", "--raw", `oci-archive:${join(work, "read.tar")}`], {
    encoding: "utf8",
  });
  expect(sha256(raw)).toBe(stdout.trim());
});
