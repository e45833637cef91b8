/** Named statements a process keeps at most; each connection prepares those it uses once. */
const MAX_NAMES = 300;
/** A text is named when it has come this often: one made for a single call never takes a place. */
const WORTH_NAMING = 5;
/** PostgreSQL's own name for a statement that is not kept. */
const UNNAMED = "";
/**
 * In the text of a statement whose good plan depends on its values. Under a name PostgreSQL soon plans it once for all
 * values, when its estimates call that no worse: a wrong estimate then costs seconds, for as long as the connection lives.
 */
export const PLANNED_EACH_TIME = "/* planned each time */";
/** Texts that are counted but not named yet. */
const MAX_COUNTED = 2_000;

/**
 * Names for the statements that come again and again, so that a connection parses and plans each once and is then sent
 * its name alone. Bounded whatever texts come: a server that builds statements of many shapes must not fill its
 * database with prepared ones.
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
