import type { Figures } from "./figures";
import { median, number, table } from "./tables";

/** What this gateway wants to reach beside the others, and whether it did in this run: the medians of its rounds. */
export function targetsTable(figures: ReadonlyMap<string, readonly Figures[]>): string {
  const named = (word: string) => [...figures].find(([name]) => name.includes(word))?.[1] ?? [];
  const [direct, bare, ours, portkey, lite] = ["nothing", "dispatch", "AgathaAI", "Portkey", "LiteLLM"].map(
    named,
  );
  const of = (rounds: readonly Figures[] | undefined, pick: (one: Figures) => number | undefined) =>
    median((rounds ?? []).map(pick));
  const ratio = (left: number | undefined, right: number | undefined) =>
    left === undefined || !right ? undefined : left / right;
  const over = (pick: (one: Figures) => number | undefined) => (rounds: readonly Figures[] | undefined) => {
    const [own, base] = [of(rounds, pick), of(direct, pick)];
    return own === undefined || base === undefined ? undefined : own - base;
  };
  const cpu = (kind: "whole" | "streams") => (one: Figures) => one[kind]?.own;
  const rate = (one: Figures) => one.streams?.perSecond;
  const [p50, p99] = [over((one) => one.rate?.p50), over((one) => one.rate?.p99)];
  const portkeyP99 = p99(portkey);

  const least = (what: string, found: number | undefined, target: number) => row(what, found, target, "≥");
  const most = (what: string, found: number | undefined, target: number) => row(what, found, target, "≤");
  return table(
    ["target", "measured", ""],
    [
      most("CPU of an answer, bare dispatch = 1", ratio(of(ours, cpu("whole")), of(bare, cpu("whole"))), 2.2),
      least(
        "answers a CPU second, Portkey = 1",
        ratio(of(portkey, cpu("whole")), of(ours, cpu("whole"))),
        12,
      ),
      most(
        "CPU of a stream, bare dispatch = 1",
        ratio(of(ours, cpu("streams")), of(bare, cpu("streams"))),
        2.5,
      ),
      least("streams a second, bare dispatch = 1", ratio(of(ours, rate), of(bare, rate)), 0.4),
      least("streams a second, Portkey = 1", ratio(of(ours, rate), of(portkey, rate)), 5),
      most("added p50 at 200 a second (ms)", p50(ours), 3),
      most("added p99 at 200 a second (ms)", p99(ours), 10),
      portkeyP99 === undefined
        ? ["added p99 at 200 a second below Portkey's", "–", "not measured"]
        : most("added p99 at 200 a second below Portkey's (ms)", p99(ours), portkeyP99),
      information("answers a CPU second, LiteLLM = 1", ratio(of(lite, cpu("whole")), of(ours, cpu("whole")))),
      information(
        "streams a CPU second, LiteLLM = 1",
        ratio(of(lite, cpu("streams")), of(ours, cpu("streams"))),
      ),
    ],
  );
}

function row(what: string, found: number | undefined, target: number, sign: "≤" | "≥"): string[] {
  const said = `${what} ${sign} ${number(target, Number.isInteger(target) ? 0 : 1)}`;
  if (found === undefined) return [said, "–", "not measured"];
  const isMet = sign === "≤" ? found <= target : found >= target;
  return [said, number(found, found < 1 ? 2 : 1), isMet ? "met" : "**missed**"];
}

function information(what: string, found: number | undefined): string[] {
  return [what, number(found, 1), found === undefined ? "not measured" : "no target"];
}
