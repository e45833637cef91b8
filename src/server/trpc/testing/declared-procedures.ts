import type { AnyTRPCProcedure, TRPCRouterRecord } from "@trpc/server";
import type { Meta } from "../meta";
import { appRouter } from "../root";

interface Declared {
  name: string;
  type: string;
  meta: Meta;
}

const isProcedure = (item: TRPCRouterRecord[string]): item is AnyTRPCProcedure => typeof item === "function";

function walk(record: TRPCRouterRecord, prefix = ""): Declared[] {
  return Object.entries(record).flatMap(([key, item]): Declared[] => {
    if (!isProcedure(item)) return walk(item, `${prefix}${key}.`);
    return [{ name: `${prefix}${key}`, type: item._def.type, meta: (item._def.meta ?? {}) as Meta }];
  });
}

/** Every procedure of the router with what it declares. */
export const declaredProcedures = walk(appRouter._def.record);
