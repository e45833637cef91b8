import { type Db, environments, toPublicId } from "../../platform";
import type { Pace } from "../../platform/concurrency/pace";
import { asOrganization } from "../../platform/db/as-organization";
import { Prisma } from "../../platform/db/client";
import { decryptTexts, type Subject, type TextToDecrypt } from "../../privacy";
import type { Column, Row, Rows, TableExport } from "../tables/table-export";

/** The page size for prompts and answers, which can be large: so few rows fit in memory together. */
export const ROWS_A_PAGE = 200;
/** After a table's last page. Most tables are small, and there are dozens of them: an export should take seconds where the database is slow. */
const REST_AFTER_TABLE_MS = 50;
export type Cell = string | number | boolean | null | object;
export type ExportedRow = Readonly<Record<string, Cell>>;

export interface RowsToRead {
  table: string;
  spec: Pick<TableExport, "columns" | "file">;
  rows: Rows;
  subject: Subject;
  /** Of the whole export: it rests after each page, a table's only one too, since there are dozens of tables. */
  pace: Pace;
}

/** The columns that an export has, by the names it gives them. */
export function exportedColumns({
  columns,
  file,
}: Pick<TableExport, "columns" | "file">): [name: string, column: string][] {
  if (file !== undefined) return Object.keys(file.columns).map((name) => [name, name]);
  return Object.entries(columns).flatMap(([column, { kind }]): [string, string][] =>
    kind === "left out"
      ? []
      : [[kind === "text" ? column.replace(/_?cipher$/, "") || "text" : column, column]],
  );
}

/** A subject's rows of one table, decrypted, a page at a time. @throws AppError `not_found` when the subject was erased. */
export async function* readRows(db: Db, read: RowsToRead): AsyncGenerator<ExportedRow[], void> {
  const { file } = read.spec;
  if (file !== undefined) {
    const named = Object.entries(file.columns);
    const readFile = read.subject.type === "user" ? (file.readOfPerson ?? file.read) : file.read;
    for await (const rows of readFile(db, read.subject.id)) {
      yield rows.map((row) =>
        Object.fromEntries(named.map(([name, spec]) => [name, cellOf(spec, row[name], row)])),
      );
      await read.pace.rest();
    }
    return;
  }
  for (const environment of read.rows.byEnvironment ? environments : [undefined]) {
    let last: Row | undefined;
    do {
      const page = await readPage(db, read, { environment, after: last });
      if (page.length > 0) yield await exportPage(db, read, page);
      last = page.length < ROWS_A_PAGE ? undefined : page.at(-1);
      await read.pace.rest(last === undefined ? REST_AFTER_TABLE_MS : undefined);
    } while (last !== undefined);
  }
}

/** Tables that an organization's export reads in the role of its tenant (ADR 77): whatever a condition forgets, no other organization's rows come. */
export const walledTables: ReadonlySet<string> = new Set([
  "memberships",
  "custom_roles",
  "invitations",
  "api_keys",
  "service_accounts",
  "inference_requests",
  "usage_ledger",
  "usage_statistics_history",
  "generations",
  "open_calls",
  "audit_logs",
  "audit_calls",
  "webhook_endpoints",
  "webhook_deliveries",
  "oauth_grants",
  "data_exports",
]);

interface Position {
  environment: string | undefined;
  after: Row | undefined;
}

export async function readPage(db: Db, read: Omit<RowsToRead, "pace">, position: Position): Promise<Row[]> {
  const { table, rows, subject } = read;
  const theirs = rows.found === undefined ? rows.where(subject.id) : await rows.found(db, subject.id);
  const page = (client: Pick<Db, "$queryRaw">) => client.$queryRaw<Row[]>(pageSql(read, theirs, position));
  if (subject.type !== "org" || !walledTables.has(table)) return await page(db);
  return await asOrganization(db, subject.id, page);
}

export function pageSql(
  { table, spec, rows: { key } }: Pick<RowsToRead, "table" | "spec" | "rows">,
  theirs: Prisma.Sql,
  { environment, after }: Position,
): Prisma.Sql {
  const keyNames = key.map(([column]) => column);
  const selected = new Set([
    ...exportedColumns({ columns: spec.columns }).map(([, column]) => column),
    ...keyNames,
  ]);
  const list = (names: Iterable<string>) => Prisma.raw([...names].map((name) => `"${name}"`).join(", "));
  const ofEnvironment =
    environment === undefined ? Prisma.empty : Prisma.sql`AND environment = ${environment}::environment`;
  const behind =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`AND (${list(keyNames)}) > (${Prisma.join(key.map(([column, type]) => parameter(after[column], type)))})`;
  return Prisma.sql`
    SELECT ${list(selected)} FROM ${list([table])}
    WHERE ${theirs} ${ofEnvironment} ${behind}
    ORDER BY ${list(keyNames)} LIMIT ${ROWS_A_PAGE}`;
}

function parameter(value: unknown, type: string): Prisma.Sql {
  const given =
    value instanceof Date ? value.toISOString() : typeof value === "bigint" ? String(value) : value;
  // Cast to text first, because a number or an enum value has no type of its own here.
  const through = type === "bytea" || type === "int" ? Prisma.empty : Prisma.raw("::text");
  return Prisma.sql`${given}${through}${Prisma.raw(`::${type}`)}`;
}

async function exportPage(
  db: Db,
  { spec, subject }: Pick<RowsToRead, "spec" | "subject">,
  page: readonly Row[],
): Promise<ExportedRow[]> {
  const columns = exportedColumns(spec);
  const encrypted: TextToDecrypt[] = [];
  const places = new Map<string, number>();
  page.forEach((row, at) => {
    for (const [name, column] of columns) {
      const spec_ = spec.columns[column];
      const blob = row[column];
      if (spec_?.kind !== "text" || !(blob instanceof Uint8Array)) continue;
      places.set(`${at} ${name}`, encrypted.length);
      encrypted.push({ subject: spec_.subject(row, subject), field: spec_.field(row), blob });
    }
  });
  const texts = await decryptTexts(db, encrypted);
  return page.map((row, at) =>
    Object.fromEntries(
      columns.map(([name, column]) => {
        const place = places.get(`${at} ${name}`);
        return [
          name,
          place === undefined ? cellOf(spec.columns[column], row[column], row) : (texts[place] ?? null),
        ];
      }),
    ),
  );
}

function cellOf(column: Column | undefined, value: unknown, row: Row): Cell {
  if (value === null || value === undefined) return null;
  if (column?.kind === "id" && typeof value === "string") {
    const prefix = column.prefix(row);
    return prefix === undefined ? value : toPublicId(prefix, value);
  }
  return plain(value);
}

/** As JSON can hold it. Whole numbers beyond 2^53 become text. */
function plain(value: unknown): Cell {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return value;
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}
