import { modelIdOfUpstream } from "../../models";

/** What both a provider and the ledger count: tokens, where input includes cached tokens and cache writes, and micro-dollars. */
export const usageClasses = ["input", "cached_input", "cache_write", "output", "cost"] as const;
type UsageClass = (typeof usageClasses)[number];

/** The service tier of what is not told apart by it. */
export const ALL_TIERS = "all";

/** A sum of one day. */
export interface UsageLine {
  /** As its provider names it. */
  model: string;
  serviceTier: string;
  class: UsageClass;
  amount: bigint;
  /** The amount is of calls that were billed by an estimate. */
  isEstimate?: boolean;
}

/** The ledger and the provider about one class of one model at one tier. */
export interface ComparedLine {
  /** The public id, or the provider's name of what is not in the catalogue. */
  model: string;
  serviceTier: string;
  class: UsageClass;
  /** Without what was billed by an estimate. */
  ledger: bigint;
  estimated: bigint;
  counted: bigint;
  /** The ledger's deviation as a share of the provider's number; negative where the ledger is lower. */
  drift: number;
}

/** Keeps calls that end around midnight from looking like drift: a difference this small does not count. */
const TOLERANCE = 0.001;
/** A cent: costs are rounded for each call here, and for the day there. */
const COST_TOLERANCE = 10_000n;
const LONGEST_NAME = 128;

export function isDrift({ drift }: Pick<ComparedLine, "drift">): boolean {
  return Math.abs(drift) > TOLERANCE;
}

/** Every sum that either of them has. */
export function compareUsage(ours: readonly UsageLine[], theirs: readonly UsageLine[]): ComparedLine[] {
  const compared = new Map<string, ComparedLine>();
  const lineOf = ({ model: name, serviceTier, class: kind }: UsageLine): ComparedLine => {
    // OpenAI reports usage under the dated model name, also for requests that used the short one.
    const model = modelIdOfUpstream(name) ?? (name.slice(0, LONGEST_NAME) || "unnamed");
    const key = JSON.stringify([model, serviceTier, kind]);
    const found = compared.get(key);
    if (found !== undefined) return found;
    const line = {
      ...{ model, serviceTier, class: kind },
      ...{ ledger: 0n, estimated: 0n, counted: 0n, drift: 0 },
    };
    compared.set(key, line);
    return line;
  };
  for (const line of ours) lineOf(line)[line.isEstimate ? "estimated" : "ledger"] += line.amount;
  for (const line of theirs) lineOf(line).counted += line.amount;
  const lines = [...compared.values()].filter(
    ({ ledger, estimated, counted }) => ledger + estimated + counted > 0n,
  );
  for (const line of lines) line.drift = driftOf(line);
  return lines;
}

/**
 * The provider counted the calls that we estimated too, and nobody here knows how: anything up to twice the estimates is
 * theirs, and no drift.
 */
function driftOf({ class: kind, ledger, estimated, counted }: ComparedLine): number {
  const slack = kind === "cost" ? COST_TOLERANCE : 0n;
  const most = ledger + 2n * estimated;
  const nearest = counted < ledger ? ledger : counted > most ? most : counted;
  const difference = nearest - counted;
  if (difference <= slack && -difference <= slack) return 0;
  return Number(difference) / Math.max(Number(counted), 1);
}
