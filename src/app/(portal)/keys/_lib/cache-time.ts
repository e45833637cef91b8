/** Offered in the form; a key may have any other number of seconds through the API. */
const offered = [300, 3_600, 86_400, 604_800, 2_592_000] as const;

const units = [
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3_600 },
  { name: "minute", seconds: 60 },
  { name: "second", seconds: 1 },
] as const;

/** In the largest unit that counts it whole: "1 hour", "90 seconds". */
export function describeSeconds(seconds: number): string {
  const unit = units.find((one) => seconds % one.seconds === 0) ?? units[3];
  const count = seconds / unit.seconds;
  return `${count} ${unit.name}${count === 1 ? "" : "s"}`;
}

/** The form's choices, with the key's current time among them. */
export function cacheChoices(current: string): { value: string; label: string }[] {
  const seconds = [...offered, ...(current === "" ? [] : [Number(current)])];
  const known = [...new Set(seconds)].toSorted((a, b) => a - b);
  return [
    { value: "", label: "Off unless a request asks" },
    ...known.map((value) => ({ value: String(value), label: describeSeconds(value) })),
  ];
}
