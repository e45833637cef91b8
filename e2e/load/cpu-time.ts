import { readdirSync, readFileSync } from "node:fs";

const TICKS_A_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on.

interface Stat {
  pid: number;
  name: string;
  parent: number;
  /** Seconds, those of ended children that were waited for included. */
  own: number;
}

/** CPU seconds of a process and all its children, ended ones too. Zero where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const all = readAll();
  const tree = new Set([pid]);
  for (let grown = true; grown; ) {
    const before = tree.size;
    for (const stat of all) if (tree.has(stat.parent)) tree.add(stat.pid);
    grown = tree.size > before;
  }
  return all.filter((stat) => tree.has(stat.pid)).reduce((sum, stat) => sum + stat.own, 0);
}

/** This process's own child of that name; -1 when there is none. */
export function childNamed(name: string): number {
  return readAll().find((stat) => stat.parent === process.pid && stat.name === name)?.pid ?? -1;
}

function readAll(): Stat[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readStat(Number(name)));
  } catch {
    return [];
  }
}

function readStat(pid: number): Stat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in brackets, may hold anything.
    const [from, to] = [text.indexOf("(") + 1, text.lastIndexOf(")")];
    const fields = text.slice(to + 2).split(" ");
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
    return [{ pid, name: text.slice(from, to), parent: Number(fields[1]), own: ticks / TICKS_A_SECOND }];
  } catch {
    return []; // It ended meanwhile.
  }
}
