import pg from "pg";
import { z } from "zod";

export interface Statement {
  text: string;
  values: unknown[];
  /** The connection that it was sent on: concurrent reads use several. */
  on: pg.Client;
}

/** Statements that set a transaction up: its role decides how the others are planned (ADR 77). */
const SETTING = /^\s*(BEGIN|COMMIT|ROLLBACK|SELECT set_config)\b/i;

/** The SELECTs that `work` sends, with their transactions, whichever client sends them. One recording at a time. */
export async function record(work: () => Promise<unknown>): Promise<Statement[]> {
  const seen: Statement[] = [];
  const original = pg.Client.prototype.query;
  const statementSchema = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) });
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...args: unknown[]) {
      const [asked] = args;
      const statement = statementSchema.safeParse(typeof asked === "string" ? { text: asked } : asked);
      if (
        statement.success &&
        (/^\s*(SELECT|WITH)\b/i.test(statement.data.text) || SETTING.test(statement.data.text))
      )
        seen.push({ ...statement.data, on: this });
      return Reflect.apply(original, this, args);
    },
  });
  try {
    await work();
  } finally {
    Object.assign(pg.Client.prototype, { query: original });
  }
  return seen;
}

export interface Touched {
  /** Partitions that were read, by name. Those the executor pruned, or never came to, do not count. */
  partitions: string[];
  /** Rows that came out of them. */
  rows: number;
  /** The plan's lines that read partitions. */
  lines: string[];
}

const planSchema = z.looseObject({
  "Node Type": z.string(),
  Schema: z.string().optional(),
  "Relation Name": z.string().optional(),
  "Index Name": z.string().optional(),
  "Actual Loops": z.number(),
  "Actual Rows": z.number().default(0),
  "Rows Removed by Filter": z.number().default(0),
  get Plans() {
    return z.array(planSchema).optional();
  },
});
type Plan = z.output<typeof planSchema>;
const explainSchema = z.tuple([z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: planSchema })]) })]);

/** Runs the statements under EXPLAIN ANALYZE and says which partitions they read. */
export async function explain(client: pg.Client, statements: readonly Statement[]): Promise<Touched> {
  const touched = { partitions: new Set<string>(), rows: 0, lines: [] as string[] };
  const connections = [...new Set(statements.map(({ on }) => on))];
  const byConnection = statements.toSorted(
    (left, right) => connections.indexOf(left.on) - connections.indexOf(right.on),
  );
  for (const { text, values } of byConnection) {
    if (SETTING.test(text)) {
      await client.query(text, values);
      continue;
    }
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, VERBOSE, TIMING OFF, FORMAT JSON) ${text}`,
      values,
    );
    walk(explainSchema.parse(rows)[0]["QUERY PLAN"][0].Plan, touched);
  }
  return { ...touched, partitions: [...touched.partitions].sort() };
}

function walk(plan: Plan, touched: { partitions: Set<string>; rows: number; lines: string[] }): void {
  const relation = plan["Relation Name"];
  if (plan.Schema === "partitions" && relation !== undefined && plan["Actual Loops"] > 0) {
    const rows = (plan["Actual Rows"] + plan["Rows Removed by Filter"]) * plan["Actual Loops"];
    touched.partitions.add(relation);
    touched.rows += rows;
    const index = plan["Index Name"] === undefined ? "" : ` by ${plan["Index Name"]}`;
    touched.lines.push(`${plan["Node Type"]} on ${relation}${index}: ${Math.round(rows)} rows`);
  }
  for (const child of plan.Plans ?? []) walk(child, touched);
}
