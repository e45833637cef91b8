import { type Bounds, boundsOf } from "./bounds";
import { decodeCursor, encodeCursor, type ListIdentity } from "./cursor";
import type { ListQuery } from "./query";

export interface Page<Row> {
  rows: Row[];
  next_cursor: string | null;
}

/**
 * Reads one page of rows whose ids carry their time. `read` gets the bounds and reads one row more than the page holds,
 * which tells whether there is a next page.
 * @throws AppError `invalid_cursor`.
 */
export async function readPage<Row extends { id: string }>(
  identity: ListIdentity,
  query: ListQuery,
  read: (bounds: Bounds) => Promise<Row[]>,
): Promise<Page<Row>> {
  const rows = await read(boundsOf(query, decodeCursor(identity, query)));
  return cut(identity, query, rows, ({ id }) => id);
}

/** An item of a list short enough to be read as a whole. */
export interface Listed {
  id: string;
  created_at: string;
}

/**
 * A page of a list that was read as a whole.
 * @throws AppError `invalid_cursor`.
 */
export function pageOf<Item extends Listed>(
  identity: ListIdentity,
  query: ListQuery,
  items: readonly Item[],
): { data: Item[]; next_cursor: string | null } {
  const after = decodeCursor(identity, query);
  const { gte, lt } = query.created ?? {};
  const first = gte === undefined ? Number.NEGATIVE_INFINITY : Date.parse(gte);
  const end = lt === undefined ? Number.POSITIVE_INFINITY : Date.parse(lt);
  const sign = query.order === "asc" ? 1 : -1;
  const rest = items
    .filter(({ created_at }) => Date.parse(created_at) >= first && Date.parse(created_at) < end)
    .sort((left, right) => sign * compare(keyOf(left), keyOf(right)))
    .filter((item) => after === undefined || sign * compare(keyOf(item), after) > 0);
  const { rows, next_cursor } = cut(identity, query, rest, keyOf);
  return { data: rows, next_cursor };
}

function keyOf({ id, created_at }: Listed): string {
  return `${new Date(created_at).toISOString()} ${id}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function cut<Row>(
  identity: ListIdentity,
  query: ListQuery,
  found: readonly Row[],
  key: (row: Row) => string,
): Page<Row> {
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const more = found.length > query.limit && last !== undefined;
  return { rows, next_cursor: more ? encodeCursor(identity, query, key(last)) : null };
}
