const MICROS_PER_DOLLAR = 1_000_000;
const DOLLARS = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{0,2}))?$/;

/** "25", "$1,250.50" → micro-dollars; undefined for what is no amount in dollars and cents. */
export function parseDollars(text: string): number | undefined {
  const [, whole, cents = ""] = DOLLARS.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const dollars = Number(whole.replaceAll(",", ""));
  return dollars * MICROS_PER_DOLLAR + Number(cents.padEnd(2, "0")) * (MICROS_PER_DOLLAR / 100);
}

/** Micro-dollars as a person would type them: "25", "1250.50". What is below a cent is kept. */
export function typedDollars(micros: number): string {
  const dollars = micros / MICROS_PER_DOLLAR;
  if (Number.isInteger(dollars)) return String(dollars);
  return micros % (MICROS_PER_DOLLAR / 100) === 0 ? dollars.toFixed(2) : String(dollars);
}
