import { AppError } from "../../platform";
import { catalogue } from "../catalogue";

/** Names the models with a similar id. */
export function modelNotFound(id: string, param: string): AppError {
  const near = nearestNames(
    id,
    catalogue.map((model) => model.id),
  );
  const hint = near.length === 0 ? "GET /api/v1/models lists the models." : `Did you mean ${orList(near)}?`;
  return new AppError("model_not_found", {
    public: `Model "${printable(id)}" not found. ${hint}`,
    param,
  });
}

/** `gpt-4, gpt-4o or gpt-4.1` */
function orList(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" or ");
}

/** The name comes from outside and goes into a message: short, and without control characters. */
function printable(id: string): string {
  const clean = id.replace(/[^\x20-\x7e]/g, "?");
  return clean.length > 64 ? `${clean.slice(0, 64)}…` : clean;
}

/** The names (at most three, best first) that a mistyped one probably meant. */
function nearestNames(typed: string, names: readonly string[]): string[] {
  const wanted = typed.slice(0, 64).toLowerCase();
  const tolerance = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const [above = 0, diagonal = 0, before = 0] = [row[column + 1], row[column], next[column]];
      next.push(Math.min(above + 1, before + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
