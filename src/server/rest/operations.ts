import type { AnyTRPCProcedure, TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import type { Meta, Operation } from "../trpc/meta";
import { appRouter } from "../trpc/root";
import { queryCoercion } from "./input/coerce-query";

export interface RestProcedure {
  /** The procedure's name in tRPC: `keys.create`. */
  name: string;
  meta: Meta;
  operation: Operation;
  /** As routers, logs and metrics write its path: `/api/v1/keys/:id`. */
  route: string;
  input: z.ZodType | undefined;
  /** Types a query by the input schema. */
  coerceQuery: ReturnType<typeof queryCoercion>;
  procedure: AnyTRPCProcedure;
}

/** Every procedure with a REST operation, read from the router: the routes and the API document both come from here. */
export function restProcedures(): RestProcedure[] {
  return walk(appRouter._def.record);
}

function walk(record: TRPCRouterRecord, prefix = ""): RestProcedure[] {
  return Object.entries(record).flatMap(([key, item]) => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (!isProcedure(item)) return walk(item, name);
    const meta = item._def.meta as Meta | undefined;
    if (meta?.operation === undefined) return [];
    const [first] = item._def.inputs;
    const input = first instanceof z.ZodType ? first : undefined;
    return [
      {
        name,
        meta,
        operation: meta.operation,
        route: meta.operation.path.replaceAll(/\{(\w+)\}/g, ":$1"),
        input,
        coerceQuery: queryCoercion(input),
        procedure: item,
      },
    ];
  });
}

function isProcedure(item: TRPCRouterRecord[string]): item is AnyTRPCProcedure {
  return typeof item === "function";
}

/** The status of an operation that has one. */
export function onlyStatus(responses: Operation["responses"]): number {
  const statuses = Object.keys(responses);
  if (statuses.length !== 1) throw new Error("an operation with several responses must pick one by status()");
  return Number(statuses[0]);
}
