import { csvCell, csvLine } from "../../shared/format/csv";
import { toDay } from "../../shared/time";
import { type Clock, type Db, systemClock, type UserPrincipal } from "../platform";
import { reviewAccess } from "./review-access";
import type { AccessReview } from "./schemas";

type Entry = AccessReview["data"][number];

const yes = (is: boolean) => (is ? "yes" : "no");

const columns: Record<string, (entry: Entry) => string | null> = {
  kind: ({ kind }) => kind,
  id: ({ id }) => id,
  name: ({ name }) => name,
  email: (entry) => (entry.kind === "member" ? entry.email : entry.created_by),
  role: (entry) => (entry.kind === "member" ? (entry.custom_role ?? entry.role) : null),
  base_role: (entry) => (entry.kind === "member" ? entry.role : null),
  environment: (entry) => ("environment" in entry ? entry.environment : null),
  permissions: ({ permissions }) => permissions.join(" "),
  second_factor: (entry) => (entry.kind === "member" ? yes(entry.second_factor) : null),
  suspended: (entry) => (entry.kind === "app" ? null : yes(entry.suspended)),
  disabled: (entry) => (entry.kind === "service_account" ? yes(entry.disabled) : null),
  since: ({ since }) => since,
  last_used_at: ({ last_used_at }) => last_used_at,
  expires_at: (entry) => ("expires_at" in entry ? entry.expires_at : null),
};

/** The result of `reviewAccess` as CSV: `email` is the member's, or of whoever answers for the key or connected the app. */
export async function accessReviewFile(
  db: Db,
  { principal }: { principal: UserPrincipal },
  clock: Clock = systemClock,
): Promise<{ filename: string; pieces: AsyncIterable<string> }> {
  const { data } = await reviewAccess(db, { principal, format: "csv" }, clock);
  return { filename: `agathaai-access-${toDay(clock.now())}.csv`, pieces: linesOf(data) };
}

async function* linesOf(entries: readonly Entry[]): AsyncGenerator<string, void> {
  yield csvLine(Object.keys(columns));
  for (const entry of entries) {
    yield csvLine(Object.values(columns).map((read) => csvCell(read(entry) ?? "")));
  }
}
