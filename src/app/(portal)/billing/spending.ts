import type { Outputs } from "../../client/trpc";

export type Spending = Outputs["billing"]["spending"];

const MICROS_PER_CENT = 10_000;

/** "25", "$1,250.50": dollars as people type them, in micro-dollars. Undefined for anything else. */
export function readDollars(text: string): number | undefined {
  const plain = text
    .trim()
    .replace(/^\$\s*/, "")
    .replace(/,(?=\d{3}(?:\D|$))/g, "");
  if (!/^\d{1,9}(?:\.\d{0,2})?$/.test(plain)) return undefined;
  return Math.round(Number(plain) * 100) * MICROS_PER_CENT;
}

/** As it stands in the field: "25.00". */
export function writeDollars(micros: number): string {
  return (micros / 1_000_000).toFixed(2);
}

/** Whether the cap lets nothing more through: what is set aside may still turn out smaller. */
export function isCapReached({ cap_micros, spent_micros }: Spending): boolean {
  return cap_micros !== null && spent_micros >= cap_micros;
}
