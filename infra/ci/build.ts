import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPortal, buildServer, generateClient } from "../local/build/build-product";

// The production build as `npm start` makes it, so that a browser test right after it does not build once more.
const logs = mkdtempSync(join(tmpdir(), "agathaai-build-"));
try {
  await generateClient(console.log, logs);
  await buildServer(console.log);
  await buildPortal(console.log, logs, {});
} finally {
  rmSync(logs, { recursive: true, force: true });
}
