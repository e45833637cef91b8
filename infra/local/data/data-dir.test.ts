import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockDataDir, prepareDataDir, resetDataDir } from "./data-dir";

const freshDir = () => {
  const dir = join(mkdtempSync(join(tmpdir(), "agathaai-data-")), "deep", "data");
  prepareDataDir(dir);
  return dir;
};

test("only its owner can read the data folder, and a folder that cannot be created is reported with what to do", () => {
  const dir = freshDir();
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  writeFileSync(join(dir, "file"), "");
  expect(() => prepareDataDir(join(dir, "file", "below"))).toThrow(/AGATHA_DATA_DIR/);
});

test("a data folder in use is neither started on nor deleted until its lock is released", () => {
  const dir = freshDir();
  const giveBack = lockDataDir(dir);
  expect(() => lockDataDir(dir)).toThrow(`process ${process.pid}`);
  expect(() => resetDataDir(dir)).toThrow(/already running/);
  giveBack();
  lockDataDir(dir)();
  resetDataDir(dir);
  expect(() => statSync(dir)).toThrow();
  resetDataDir(dir);
});

test("a lock of a process that has ended, or that another program's number repeats, is taken over", () => {
  const dir = freshDir();
  writeFileSync(join(dir, "lock"), JSON.stringify({ pid: 2 ** 22 - 1, started: "1" }));
  lockDataDir(dir)();
  if (process.platform === "linux") {
    writeFileSync(join(dir, "lock"), JSON.stringify({ pid: process.pid, started: "1" }));
    lockDataDir(dir)();
  }
  writeFileSync(join(dir, "lock"), "half a li");
  lockDataDir(dir)();
});
