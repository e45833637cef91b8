/** The most named statements per process; each connection prepares the ones it uses once. */
const MAX_NAMES = 300;
/** A statement is named after this many executions, so that one made for a single call never uses up a name. */
const WORTH_NAMING = 5;
/** PostgreSQL's name for a statement that is not kept. */
const UNNAMED = "";
/**
 * For a statement whose good plan depends on its values. PostgreSQL soon plans a named statement once for all values if
 * it estimates that to be no worse, and a wrong estimate costs seconds for the connection's lifetime.
 */
export const PLANNED_EACH_TIME = "/* planned each time */";
/** The most statements that are counted but not named yet. */
const MAX_COUNTED = 2_000;

/**
 * Names the statements that are executed again and again: a connection parses and plans each once, and is then sent only
 * its name (ADR 14). Bounded, so that a server which builds statements of many shapes does not fill its database with
 * prepared ones.
 */
export function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= MAX_NAMES) return known ?? UNNAMED;
    if (sql.includes(PLANNED_EACH_TIME)) return UNNAMED;
    const count = (counts.get(sql) ?? 0) + 1;
    if (count < WORTH_NAMING) {
      if (counts.size >= MAX_COUNTED) counts.clear();
      counts.set(sql, count);
      return UNNAMED;
    }
    counts.delete(sql);
    const name = `agatha_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
