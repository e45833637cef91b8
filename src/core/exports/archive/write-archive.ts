import { PassThrough, Readable } from "node:stream";
import yazl from "yazl";
import { csvCell, csvLine } from "../../../shared/format/csv";
import { type Clock, type Db, toPublicId } from "../../platform";
import { Pace } from "../../platform/concurrency/pace";
import type { Subject } from "../../privacy";
import { everyTable, rowsFor } from "../tables/every-table";
import {
  type Cell,
  type ExportedRow,
  exportedColumns,
  ROWS_A_PAGE,
  type RowsToRead,
  readRows,
} from "./read-rows";

/** Of a core and of the database: the export of a large organization must not slow down the calls of others. */
const SHARE = 0.05;

export interface ExportSubject extends Subject {
  type: "user" | "org";
}

/**
 * A ZIP file of everything we hold about a subject: each table as JSON and as CSV, and a list of them. It is made while it is
 * read: a page of rows is in memory, however many there are. Each file holds the rows of the moment it is written.
 */
export async function* writeArchive(
  db: Db,
  { subject, signal }: { subject: ExportSubject; signal: AbortSignal },
  clock: Clock,
): AsyncGenerator<Uint8Array, void> {
  const zip = new yazl.ZipFile();
  const output = zip.outputStream;
  if (!(output instanceof PassThrough)) throw new Error("the ZIP file’s stream is not the library’s own");
  const options = { mtime: clock.now(), mode: 0o600 };
  const pace = new Pace(SHARE);
  const contents: Contents = { files: [], left_out: [] };
  const add = (name: string, pieces: () => AsyncIterable<string>) =>
    zip.addReadStreamLazy(name, options, (done) => {
      const stream = Readable.from(encoded(pieces(), signal), { objectMode: false });
      // The library does not pass on errors of its sources.
      stream.once("error", (error) => output.destroy(error));
      done(null, stream);
    });
  for (const [table, spec] of Object.entries(everyTable)) {
    const rows = rowsFor(spec, subject.type);
    if (typeof rows === "string") {
      contents.left_out.push({ table, because: rows });
      continue;
    }
    const read = { table, spec, rows, subject, pace };
    const small = new SmallTable();
    add(`json/${table}.json`, () => asJson(small.keepOf(readRows(db, read)), read, contents));
    add(`csv/${table}.csv`, () => asCsv(small.take() ?? readRows(db, read), read));
  }
  add("contents.json", async function* () {
    yield `${JSON.stringify(describe(subject, contents, clock.now()), null, 2)}\n`;
  });
  zip.end();
  // The reader gets the error. Without a reader it must not end the process.
  output.on("error", () => {});
  try {
    yield* output;
  } finally {
    output.destroy();
  }
}

interface Contents {
  files: { table: string; rows: number; without: Record<string, string> }[];
  left_out: { table: string; because: string }[];
}

function describe({ type, id }: ExportSubject, { files, left_out }: Contents, at: Date) {
  return {
    object: "export",
    subject: type === "user" ? "person" : "organization",
    subject_id: toPublicId(type === "user" ? "usr" : "org", id),
    made_at: at.toISOString(),
    files,
    left_out,
  };
}

/** Most tables have a page of rows or none: these are kept between their two files, and read once. */
class SmallTable {
  #rows: ExportedRow[] | undefined = [];

  async *keepOf(pages: AsyncIterable<ExportedRow[]>): AsyncGenerator<ExportedRow[], void> {
    for await (const page of pages) {
      if (this.#rows !== undefined)
        this.#rows = this.#rows.length + page.length > ROWS_A_PAGE ? undefined : [...this.#rows, ...page];
      yield page;
    }
  }

  /** Its rows, once; undefined when they were too many to keep. */
  take(): ExportedRow[][] | undefined {
    const rows = this.#rows;
    this.#rows = undefined;
    return rows && [rows];
  }
}

type Pages = AsyncIterable<ExportedRow[]> | Iterable<ExportedRow[]>;

async function* asJson(pages: Pages, read: RowsToRead, contents: Contents): AsyncGenerator<string, void> {
  let rows = 0;
  yield "[";
  for await (const page of pages) {
    yield page.map((row, at) => `${rows + at === 0 ? "\n" : ",\n"}${JSON.stringify(row)}`).join("");
    rows += page.length;
  }
  yield rows === 0 ? "]\n" : "\n]\n";
  const without = Object.entries(read.spec.columns).flatMap(([column, spec]) =>
    spec.kind === "left out" ? [[column, spec.because]] : [],
  );
  contents.files.push({ table: read.table, rows, without: Object.fromEntries(without) });
}

async function* asCsv(pages: Pages, read: RowsToRead): AsyncGenerator<string, void> {
  const names = exportedColumns(read.spec).map(([name]) => name);
  yield csvLine(names);
  for await (const page of pages) yield page.map((row) => lineOf(row, names)).join("");
}

function lineOf(row: ExportedRow, names: readonly string[]): string {
  return csvLine(names.map((name) => csvCell(inCell(row[name] ?? null))));
}

function inCell(cell: Cell): string | number {
  if (cell === null) return "";
  if (typeof cell === "number" || typeof cell === "string") return cell;
  return JSON.stringify(cell);
}

async function* encoded(pieces: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield Buffer.from(piece, "utf8");
  }
}
