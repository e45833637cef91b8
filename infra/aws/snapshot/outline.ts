import { createHash } from "node:crypto";
import { z } from "zod";
import type { Synthesized } from "../tests/support/synthesized";

/** What changes without a change of the stacks: hashes of code and images, and names made of them. */
const NOISE: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{64}\b/g, "<hash>"],
  [/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}\b/g, "$1"],
];
/** Short plain values are written out, so that a diff shows what changed; any other value as a digest. */
const FITS = /^[\w .:/*@-]{1,40}$/;

const resource = z
  .object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) })
  .loose();
const template = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

type Deployed = z.output<typeof template> & { name: string };

/**
 * What is deployed: a line for each resource with all of its properties, so that no property changes without a change of its line.
 * A stack that several regions or cells have is written once; a digest covers what differs between them.
 */
export function outlineOf({ stacks, config }: Synthesized): string {
  const kinds = new Map<string, Deployed[]>();
  for (const { name, region, text } of [...stacks].sort((a, b) => a.name.localeCompare(b.name))) {
    const kind = kindOf(name.replace(`${config.profile.name}-${region}-`, ""));
    const deployed = { name, ...template.parse(JSON.parse(withoutNoise(text))) };
    kinds.set(kind, [...(kinds.get(kind) ?? []), deployed]);
  }
  return [...kinds]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([kind, same]) => `${kind}: ${same.map(({ name }) => name).join(", ")}\n${linesOf(same).join("\n")}\n`,
    )
    .join("\n");
}

/** `home worker` of `use1-home-worker`; what a region has once is as it is. */
function kindOf(name: string): string {
  const [, role, kind] = /^[a-z0-9]+-(home|standby)-(.+)$/.exec(name) ?? [];
  return role === undefined ? `region ${name}` : `${role} ${kind}`;
}

const withoutNoise = (text: string) =>
  NOISE.reduce((cleaned, [noise, instead]) => cleaned.replaceAll(noise, instead), text);

function linesOf(same: readonly Deployed[]): string[] {
  const ids = new Set(same.flatMap(({ Resources }) => Object.keys(Resources)));
  const resources = [...ids].sort().map((id) => {
    const found = same.flatMap(({ Resources }) => Resources[id] ?? []);
    const types = [...new Set(found.map(({ Type }) => Type.replace(/^AWS::/, "")))].join("|");
    const count = found.length === same.length ? "" : ` × ${found.length}`;
    // What is said of the resource beside its properties: what it waits for, what becomes of it when it goes.
    const rest = found.map(({ Type: _, Properties: __, Metadata: ___, ...attributes }) => attributes);
    const words = [...wordsOf(rest, "@"), ...wordsOf(found.map(({ Properties }) => Properties))];
    return `  ${[`${id} ${types}${count}`, ...words].join(" ")}`;
  });
  const outputs = same.map(({ Outputs }) => Outputs);
  return Object.keys(outputs[0] ?? {}).length === 0
    ? resources
    : [...resources, `  outputs: ${wordsOf(outputs).join(" ")}`];
}

function wordsOf(records: readonly Record<string, unknown>[], mark = ""): string[] {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return [...names].sort().map((name) => `${mark}${name}${saidOf(records.map((record) => record[name]))}`);
}

function saidOf(values: readonly unknown[]): string {
  const texts = values.map(canonical);
  const [value] = values;
  const isOne = new Set(texts).size === 1;
  if (isOne && ["string", "number", "boolean"].includes(typeof value) && FITS.test(String(value)))
    return `=${String(value).replaceAll(" ", "_")}`;
  return `#${createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 6)}`;
}

/** The same whatever the order in which the keys were written. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? "absent"
  );
}
