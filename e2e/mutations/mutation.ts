/** What takes one protection away, and the test that has to notice. */
interface Taken {
  /** Its number in docs/SECURITY_POLICIES.md. */
  statement: number;
  /** What is taken away, in words. */
  protection: string;
  test: {
    file: string;
    /** As the test's source has it, placeholders included. */
    title: string;
    /** What the first placeholder stands for, where one row of the test's table is meant; else any may notice. */
    row?: string;
  };
}

/** One small edit of a file. */
export interface Edit {
  file: string;
  /** Stands once in the file. */
  find: string;
  replace: string;
}

/** An edit of the code, or statements that its owner runs in the test's database after the migrations. */
export type Mutation = Taken & (Edit | { sql: string });

/** Where every test gets its database. */
const SEAM = "infra/testing/run/test-database.ts";
const MADE = "    return url(name);";

/** What is edited in the copy; for a rule of the database the place at which tests get theirs. */
export function editOf(mutation: Mutation): Edit {
  if (!("sql" in mutation)) return mutation;
  const lines = [
    "    const taken = new pg.Client({ connectionString: url(name) });",
    "    await taken.connect();",
    `    await taken.query(${JSON.stringify(mutation.sql)}).finally(() => taken.end());`,
  ];
  return { file: SEAM, find: MADE, replace: [...lines, MADE].join("\n") };
}

const PLACEHOLDER = /%[sdijofc]|\$[\w.]+/g;

/** Matches the names of the tests that a title stands for, and no other's. */
export function namesOf({ title, row }: Mutation["test"]): RegExp {
  let first = true;
  const parts = title.split(PLACEHOLDER);
  const pattern = parts.map(escaped).reduce((before, part) => {
    const filled = first && row !== undefined ? escaped(row) : ".*";
    first = false;
    return before + filled + part;
  });
  return new RegExp(`(^| )${pattern}$`, "s");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
