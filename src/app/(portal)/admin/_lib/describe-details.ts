type Details = Readonly<Record<string, string | number | boolean | null>>;

/** "plan plus · monthly tokens 7,000,000": an entry's facts in one line; what is not set is left out. */
export function describeDetails(details: Details): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${wordOf(value)}`)
    .join(" · ");
}

function wordOf(value: Details[string] | undefined): string {
  if (typeof value === "number") return value.toLocaleString("en-US");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
