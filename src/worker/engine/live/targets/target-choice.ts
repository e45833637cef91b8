import type { Target } from "../generation";

export interface ChoiceParts {
  /** A number in [0, 1). */
  random(): number;
  /** Milliseconds that a target lately took; undefined where that is not known. */
  latencyOf(target: Target): number | undefined;
}

/**
 * The order in which targets are tried. Models stay in the caller's order; the upstreams of one model, which stand beside
 * each other, are put in the order that its row in the catalogue asks for.
 */
export function inOrderOfChoice(
  targets: readonly [Target, ...Target[]],
  parts: ChoiceParts,
): readonly [Target, ...Target[]] {
  if (targets.every(({ model }) => model.routing === undefined)) return targets;
  const ordered = groupsOf(targets).flatMap((group) => ordering(group, parts));
  const [first = targets[0], ...others] = ordered;
  return [first, ...others];
}

function groupsOf(targets: readonly Target[]): Target[][] {
  const groups: Target[][] = [];
  for (const target of targets) {
    const group = groups.at(-1);
    if (group?.[0]?.model.id === target.model.id) group.push(target);
    else groups.push([target]);
  }
  return groups;
}

function ordering(group: Target[], { random, latencyOf }: ChoiceParts): Target[] {
  switch (group[0]?.model.routing?.choice) {
    case "weighted":
      // Drawing without putting back, each draw by weight: the smallest of exponential waiting times comes first.
      return sortedBy(group, (target) => -Math.log(1 - random()) / weightOf(target));
    case "least_latency":
      // A target without a recent measurement goes first: otherwise it would never get one.
      return sortedBy(group, (target) => latencyOf(target) ?? -1);
    default:
      return group;
  }
}

function weightOf({ model }: Target): number {
  const row = model.routing?.upstreams.find(({ upstreamModel }) => upstreamModel === model.upstreamModel);
  return row?.weight ?? 1;
}

/** Equal ones keep their order. */
function sortedBy(group: readonly Target[], value: (target: Target) => number): Target[] {
  return group
    .map((target) => ({ target, at: value(target) }))
    .sort((left, right) => left.at - right.at)
    .map(({ target }) => target);
}
