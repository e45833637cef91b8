/** Who processes personal data for us. */
export interface SubProcessor {
  /** Names it in what has been announced; never changed. */
  id: string;
  name: string;
  purpose: string;
  /** Where it processes. */
  place: string;
  /** What it receives. */
  data: string;
  /** The UTC day from which it is in use. */
  from: string;
  /** The UTC day from which it no longer is. */
  until?: string;
}

/**
 * The one table of sub-processors: the public page shows it, and whoever asked for it is emailed 30 days before a row's `from` or
 * `until`. So a change is a row, or an `until`, at least 30 days ahead. The operator completes it: host and mail service are theirs.
 */
export const subProcessors: readonly SubProcessor[] = [
  {
    id: "openai",
    name: "OpenAI",
    purpose: "Answers requests to its models",
    place: "United States; EU for organizations with data residency",
    data: "Prompts and answers of its models",
    from: "2026-11-27",
  },
  {
    id: "google-gemini",
    name: "Google (Gemini API)",
    purpose: "Answers requests to its models",
    place: "United States and other regions of Google",
    data: "Prompts and answers of its models",
    from: "2026-11-27",
  },
  {
    id: "deepseek",
    name: "DeepSeek",
    purpose: "Answers requests to its models",
    place: "China; never for organizations with data residency",
    data: "Prompts and answers of its models",
    from: "2026-11-27",
  },
  {
    id: "stripe",
    name: "Stripe",
    purpose: "Payments and invoices",
    place: "United States and Ireland",
    data: "Name, email address, plan, amounts, payment details",
    from: "2026-11-27",
  },
  {
    id: "aws",
    name: "Amazon Web Services",
    purpose: "Hosting, storage and email",
    place: "The region of the installation",
    data: "All data, encrypted; email addresses and emails",
    from: "2026-11-27",
  },
];

export const NOTICE_DAYS = 30;
const DAY_MS = 86_400_000;

export interface SubProcessorChange {
  /** Unique for ever: it is what a mail was sent for. */
  id: string;
  kind: "added" | "removed";
  /** The UTC day on which it takes effect. */
  on: string;
  subProcessor: SubProcessor;
}

/** Changes to come, soonest first. */
export function changesAfter(at: Date, table = subProcessors): SubProcessorChange[] {
  const today = at.toISOString().slice(0, 10);
  const changes = table.flatMap((subProcessor): SubProcessorChange[] => {
    const { id, from, until } = subProcessor;
    return [
      ...(from > today
        ? [{ id: `${id} added ${from}`, kind: "added" as const, on: from, subProcessor }]
        : []),
      ...(until !== undefined && until > today
        ? [{ id: `${id} removed ${until}`, kind: "removed" as const, on: until, subProcessor }]
        : []),
    ];
  });
  return changes.sort((left, right) => left.on.localeCompare(right.on));
}

/** Those that are to be announced by now: 30 days ahead, or less where the row came late. */
export function changesToAnnounce(at: Date, table = subProcessors): SubProcessorChange[] {
  return changesAfter(at, table).filter(({ on }) => Date.parse(on) - at.getTime() <= NOTICE_DAYS * DAY_MS);
}

/** In use on a day. */
export function subProcessorsOf(at: Date, table = subProcessors): SubProcessor[] {
  const today = at.toISOString().slice(0, 10);
  return table.filter(({ from, until }) => from <= today && (until === undefined || until > today));
}
