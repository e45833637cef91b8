import { DAY } from "@/shared/time";

interface Report {
  from: string;
  to: string;
  data: readonly { start: string; requests: number }[];
}

/** Requests per day of the report. Days without requests, which the report leaves out, are zero. */
export function countsByDay({ from, to, data }: Report): number[] {
  const counts = new Map(data.map(({ start, requests }) => [Date.parse(start), requests]));
  const first = Date.parse(from);
  const days = Math.round((Date.parse(to) - first) / DAY);
  return Array.from({ length: days }, (_, day) => counts.get(first + day * DAY) ?? 0);
}
