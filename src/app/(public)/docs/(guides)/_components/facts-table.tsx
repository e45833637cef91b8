import type { ReactNode } from "react";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  TableRowHeader,
} from "@/components/ui/table";

interface FactsTableProps {
  /** For screen readers. */
  caption: string;
  columns?: readonly [string, string];
  rows: readonly (readonly [ReactNode, ReactNode])[];
}

/** Two columns: a name, and what it means. */
export function FactsTable({ caption, columns, rows }: FactsTableProps) {
  return (
    <Table>
      <caption className="sr-only">{caption}</caption>
      {columns && (
        <TableHead>
          <tr>
            <TableHeader>{columns[0]}</TableHeader>
            <TableHeader>{columns[1]}</TableHeader>
          </tr>
        </TableHead>
      )}
      <TableBody>
        {rows.map(([name, meaning], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a fixed table
          <TableRow key={index}>
            <TableRowHeader className="min-w-28 align-top font-medium">{name}</TableRowHeader>
            <TableCell className="align-top">{meaning}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
