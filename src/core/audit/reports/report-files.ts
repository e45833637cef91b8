import { csvCell, csvLine } from "../../../shared/format/csv";
import type { AuditFile } from "../schemas";
import type { AdminReport, SignInReport } from "./schemas";

type Cells = (string | number | null)[];

/** The report as CSV (RFC 4180), a line a person. */
export function signInReportFile({ from, to, data }: SignInReport): AuditFile {
  const header = ["user_id", "sign_ins", "methods", "with_second_factor", "new_devices", "failed", "last_at"];
  const lines = data.map((person): Cells => {
    const methods = Object.entries(person.by_method).map(([method, times]) => `${method} ${times}`);
    const { user_id, sign_ins, with_second_factor, new_devices, failed, last_at } = person;
    return [user_id, sign_ins, methods.join("; "), with_second_factor, new_devices, failed, last_at];
  });
  return fileOf("sign-ins", { from, to }, [header, ...lines]);
}

/** The report as CSV (RFC 4180), a line for each actor and action. */
export function adminReportFile({ from, to, data }: AdminReport): AuditFile {
  const header = ["actor_type", "actor_id", "action", "times", "first_at", "last_at"];
  const lines = data.map(
    ({ actor, action, times, first_at, last_at }): Cells => [
      actor.type,
      actor.id,
      action,
      times,
      first_at,
      last_at,
    ],
  );
  return fileOf("admin", { from, to }, [header, ...lines]);
}

function fileOf(name: string, { from, to }: { from: string; to: string }, lines: Cells[]): AuditFile {
  return {
    filename: `agathaai-${name}-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`,
    pieces: piecesOf(lines.map((cells) => csvLine(cells.map((cell) => csvCell(cell ?? ""))))),
  };
}

async function* piecesOf(lines: readonly string[]): AsyncGenerator<string, void> {
  yield lines.join("");
}
