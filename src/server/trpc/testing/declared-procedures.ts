import type { AnyTRPCProcedure, TRPCRouterRecord } from "@trpc/server";
import type { Meta } from "../meta";
import { appRouter } from "../root";

interface Declared {
  name: string;
  type: string;
  meta: Meta;
  /** The schema of its input. */
  input: unknown;
}

const isProcedure = (item: TRPCRouterRecord[string]): item is AnyTRPCProcedure => typeof item === "function";

function walk(record: TRPCRouterRecord, prefix = ""): Declared[] {
  return Object.entries(record).flatMap(([key, item]): Declared[] => {
    if (!isProcedure(item)) return walk(item, `${prefix}${key}.`);
    const { type, meta, inputs } = item._def as typeof item._def & { inputs?: readonly unknown[] };
    return [{ name: `${prefix}${key}`, type, meta: (meta ?? {}) as Meta, input: inputs?.[0] }];
  });
}

/** Every procedure of the router with what it declares. */
export const declaredProcedures = walk(appRouter._def.record);
