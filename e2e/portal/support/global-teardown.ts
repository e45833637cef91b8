import { rmSync } from "node:fs";
import { tmpdir } from "node:os";

export default function removeData(): void {
  const dir = process.env.PORTAL_TEST_DATA_DIR;
  if (dir?.startsWith(tmpdir())) rmSync(dir, { recursive: true, force: true });
}
