import type { ComponentProps, ReactNode } from "react";
import { cn } from "../cn";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableRowHeader } from "../ui/table";

const from = {
  sm: "hidden sm:table-cell",
  md: "hidden md:table-cell",
  lg: "hidden lg:table-cell",
} as const;

const kinds = {
  text: { header: undefined, cell: undefined },
  /** Says what its row is about. */
  heading: { header: undefined, cell: undefined },
  number: { header: "text-right", cell: "num text-right" },
  /** Buttons and menus: as narrow as they are, their header for screen readers only. */
  actions: { header: undefined, cell: "w-px text-right" },
} as const;

/** Says how one column's header and cells look, once for both. */
export interface Column<Row> {
  name: string;
  kind?: keyof typeof kinds;
  /** The window width from which the column is shown; always, if left out. */
  from?: keyof typeof from;
  /** Of its cells. */
  className?: string;
  cell: (row: Row) => ReactNode;
}

interface ListTableProps<Row> extends Omit<ComponentProps<"table">, "rows" | "children"> {
  /** For screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Further attributes of a row: its ID, its look. */
  rowProps?: (row: Row) => ComponentProps<"tr">;
}

/** A list of like things, one a row. */
export function ListTable<Row>({ caption, columns, rows, rowKey, rowProps, ...table }: ListTableProps<Row>) {
  return (
    <Table {...table}>
      <caption className="sr-only">{caption}</caption>
      <TableHead>
        <tr>
          {columns.map(({ name, kind = "text", from: width }) => (
            <TableHeader key={name} className={cn(kinds[kind].header, width && from[width])}>
              {kind === "actions" ? <span className="sr-only">{name}</span> : name}
            </TableHeader>
          ))}
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={rowKey(row)} {...rowProps?.(row)}>
            {columns.map(({ name, kind = "text", from: width, className, cell }) => {
              const Cell = kind === "heading" ? TableRowHeader : TableCell;
              return (
                <Cell key={name} className={cn(kinds[kind].cell, width && from[width], className)}>
                  {cell(row)}
                </Cell>
              );
            })}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
