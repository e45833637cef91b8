const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a day of the calendar: "2026-11-23", but not "2026-02-30". */
export function isDate(text: string | null): text is string {
  if (text === null || !DATE.test(text)) return false;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
