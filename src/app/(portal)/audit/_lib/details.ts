import { capitalized } from "@/shared/format/capitalized";
import type { Entry } from "./types";

type Value = Entry["details"][string];

export interface Change {
  name: string;
  before: string;
  after: string;
}

/** What an entry recorded: fields with their values before and after, and the rest. */
export function readDetails(details: Entry["details"]): { changes: Change[]; facts: [string, string][] } {
  const changes: Change[] = [];
  const facts: [string, string][] = [];
  for (const [name, value] of Object.entries(details)) {
    if (name.endsWith("_before") && name.slice(0, -"_before".length) in details) continue;
    if (`${name}_before` in details) {
      changes.push({ name: nameOf(name), before: textOf(details[`${name}_before`]), after: textOf(value) });
    } else if (value !== null && value !== "") facts.push([nameOf(name), textOf(value)]);
  }
  return { changes, facts };
}

const names: Record<string, string> = {
  address: "IP address (fingerprint)",
  ip_ranges: "IP ranges",
  ms: "Milliseconds",
};

function nameOf(name: string): string {
  return capitalized(names[name] ?? name.replaceAll("_", " "));
}

function textOf(value: Value | undefined): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

/** The facts of an entry in one line. */
export function summaryOf(details: Entry["details"]): string {
  const { changes, facts } = readDetails(details);
  return [
    ...changes.map(({ name, before, after }) => `${name}: ${before} → ${after}`),
    ...facts.filter(([name]) => name !== names.address).map(([name, value]) => `${name}: ${value}`),
  ].join(" · ");
}
