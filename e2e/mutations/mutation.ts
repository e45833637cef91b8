/** One small edit that takes a protection away, and the test that has to notice. */
export interface Mutation {
  /** Its number in docs/SECURITY_POLICIES.md. */
  statement: number;
  /** What the edit takes away, in words. */
  protection: string;
  file: string;
  /** Stands once in the file. */
  find: string;
  replace: string;
  test: {
    file: string;
    /** As the test's source has it, placeholders included. */
    title: string;
    /** What the first placeholder stands for, where one row of the test's table is meant; else any may notice. */
    row?: string;
  };
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
