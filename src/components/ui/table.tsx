import type { ComponentProps } from "react";
import { cn } from "../cn";
import { ScrollArea } from "./scroll-area";

/** A table in a hairline card that scrolls sideways by itself, never the page. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    <ScrollArea className="overflow-x-auto rounded-lg border bg-surface">
      <table className={cn("w-full border-collapse text-left text-sm", className)} {...props} />
    </ScrollArea>
  );
}

export function TableHead({ className, ...props }: ComponentProps<"thead">) {
  return <thead className={cn("border-b text-[13px] text-muted", className)} {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody className={cn("[&>tr:not(:last-child)]:border-b", className)} {...props} />;
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return <tr className={cn("transition-colors", className)} {...props} />;
}

export function TableHeader({ className, ...props }: ComponentProps<"th">) {
  return <th scope="col" className={cn("h-10 whitespace-nowrap px-4 font-medium", className)} {...props} />;
}

const cellClasses = "px-4 py-3 align-middle";

export function TableCell({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn(cellClasses, className)} {...props} />;
}

/** The cell that says what its row is about, read out before each of the others. */
export function TableRowHeader({ className, ...props }: ComponentProps<"th">) {
  return <th scope="row" className={cn(cellClasses, "font-normal", className)} {...props} />;
}
